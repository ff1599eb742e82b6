"""What every `OdooPort` promises, on the double and on the real Odoo."""

import shutil
import tempfile
from pathlib import Path

import pytest

from saas_business_management.adapters.fakes.odoo import FakeOdoo
from saas_business_management.kernel.errors import Broken, Refused


class StopHere(Exception):
    """Raised by a listener."""


@pytest.fixture(scope="module", params=["fake", pytest.param("real", marks=pytest.mark.slow)])
def scene(request):
    """A port, and a database that has the common modules already."""
    if request.param == "fake":
        yield FakeOdoo(), "g_contract"
        return
    from tests.integration.odoo.parts import Parts

    folder = Path(tempfile.mkdtemp(prefix="saas-golden-"))
    parts = Parts(folder)
    yield parts.odoo(), parts.with_base("g_contract")
    parts.cluster.destroy()
    shutil.rmtree(folder, ignore_errors=True)


def test_modules_are_listed_by_name_without_our_own(scene):
    found = {one.name: one for one in scene[0].modules()}
    assert list(found) == sorted(found)
    assert {"base", "web", "contacts", "crm"} <= set(found)
    assert "saas_business_management" not in found
    contacts = found["contacts"]
    assert (contacts.application, contacts.installable) == (True, True)
    assert "mail" in contacts.depends
    assert contacts.version.startswith("19.0.")
    assert found["base"].depends == ()


def test_a_fingerprint_depends_on_which_modules_and_not_on_their_order(scene):
    odoo = scene[0]
    both = odoo.fingerprint(["contacts", "crm"])
    assert both == odoo.fingerprint(["crm", "contacts", "crm"])
    assert both != odoo.fingerprint(["contacts"])
    assert len(both) == 64


def test_what_a_module_depends_on_is_in_its_fingerprint_already(scene):
    odoo = scene[0]
    assert odoo.fingerprint(["crm"]) == odoo.fingerprint(["crm", "contacts", "mail"])


def test_unknown_modules_are_named_all_at_once(scene):
    with pytest.raises(Refused) as caught:
        scene[0].fingerprint(["x_pos", "contacts", "a_nothing"])
    assert caught.value.code == "module_unknown"
    assert caught.value.facts == {"modules": ["a_nothing", "x_pos"]}


def test_a_phase_tells_its_lines_and_reports_and_may_run_twice(scene):
    odoo, database = scene
    for _time in range(2):
        lines = []
        report = odoo.run_phase("base", database, {"languages": ["en_US"]}, lines.append)
        assert report == {"languages": ["en_US"]}
        assert any("odoo.modules.loading: " in line for line in lines)
        assert not any(database in line for line in lines)


def test_a_failed_phase_names_itself_and_the_reason(scene):
    odoo, database = scene
    with pytest.raises(Broken) as caught:
        odoo.run_phase("base", database, {"languages": ["xx_YY"]}, lambda line: None)
    assert caught.value.code == "odoo_phase_failed"
    assert caught.value.facts == {
        "phase": "base",
        "line": "language xx_YY is unknown to this Odoo",
        "module": "",
    }


def test_a_module_that_is_not_there_is_named(scene):
    odoo, database = scene
    with pytest.raises(Broken) as caught:
        odoo.run_phase("modules", database, {"modules": ["x_pos"]}, lambda line: None)
    assert (caught.value.code, caught.value.facts["module"]) == ("odoo_phase_failed", "x_pos")


def test_a_phase_nobody_knows_is_broken(scene):
    odoo, database = scene
    with pytest.raises(Broken) as caught:
        odoo.run_phase("nonsense", database, {}, lambda line: None)
    assert (caught.value.code, caught.value.facts["phase"]) == ("odoo_phase_failed", "nonsense")


def test_a_listener_that_raises_ends_the_phase(scene):
    odoo, database = scene

    def stop(_line):
        raise StopHere

    with pytest.raises(StopHere):
        odoo.run_phase("base", database, {}, stop)
