"""Reading modules from disk: what changes a fingerprint and what does not."""

import os
from pathlib import Path

import pytest

from saas_business_management.adapters import odoo_code
from saas_business_management.adapters.odoo_code import OdooCode
from saas_business_management.kernel.errors import Refused

RELEASE = "version_info = (19, 0, 0, FINAL, 0, '')\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def tree(tmp_path):
    """An Odoo with two folders of modules."""
    odoo = tmp_path / "odoo"
    write(odoo / "release.py", RELEASE)
    write(odoo / "http.py", "root = None\n")
    for name, depends in (("base", []), ("web", ["base"]), ("crm", ["web"]), ("note", ["web"])):
        folder = odoo / "addons" / name
        write(folder / "__manifest__.py", repr({"name": name.title(), "depends": depends}))
        write(folder / "models.py", f"# {name}\n")
    return tmp_path


def code(tree: Path) -> OdooCode:
    return OdooCode([tree / "odoo" / "addons", tree / "own"])


@pytest.mark.parametrize(
    "changed",
    ["odoo/addons/crm/models.py", "odoo/addons/crm/data/new.xml", "odoo/addons/crm/i18n/fr.po",
     "odoo/addons/web/models.py", "odoo/addons/base/models.py", "odoo/http.py", "odoo/release.py"],
)  # fmt: skip
def test_code_of_the_module_of_its_dependencies_and_of_odoo_changes_the_fingerprint(tree, changed):
    before = code(tree).fingerprint(["crm"])
    write(tree / changed, RELEASE + "# another line\n")
    assert code(tree).fingerprint(["crm"]) != before


@pytest.mark.parametrize(
    "changed",
    ["odoo/addons/note/models.py", "odoo/addons/crm/tests/test_crm.py", "odoo/addons/crm/README.md",
     "odoo/addons/crm/static/tests/crm.test.js", "odoo/addons/crm/__pycache__/models.pyc"],
)  # fmt: skip
def test_tests_texts_and_other_modules_do_not_change_the_fingerprint(tree, changed):
    before = code(tree).fingerprint(["crm"])
    write(tree / changed, "# something else\n")
    assert code(tree).fingerprint(["crm"]) == before


def test_a_moved_file_changes_the_fingerprint(tree):
    before = code(tree).fingerprint(["crm"])
    folder = tree / "odoo" / "addons" / "crm"
    (folder / "models.py").rename(folder / "crm.py")
    assert code(tree).fingerprint(["crm"]) != before


def test_unchanged_files_are_read_once_and_touched_ones_again(tree, monkeypatch):
    read = []
    original = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path.name) or original(path))
    first = code(tree).fingerprint(["crm"])
    count = len(read)
    assert count > 0
    assert code(tree).fingerprint(["crm"]) == first
    assert len(read) == count
    os.utime(tree / "odoo" / "addons" / "crm" / "models.py", (1, 1))
    assert code(tree).fingerprint(["crm"]) == first
    assert read[count:] == ["models.py"]


def test_the_first_folder_with_a_name_counts_and_our_own_addon_is_left_out(tree):
    for name, title in (("crm", "Other CRM"), ("mine", "Mine"), (odoo_code.OURS, "Ours")):
        write(tree / "own" / name / "__manifest__.py", repr({"name": title, "version": "3.1"}))
    found = {one.name: (one.title, one.version) for one in code(tree).modules()}
    assert found["crm"] == ("Crm", "19.0.1.0")
    assert found["mine"] == ("Mine", "19.0.3.1")
    assert odoo_code.OURS not in found


def test_a_manifest_that_cannot_be_read_is_no_module_and_nothing_in_it_is_run(tree):
    trap = tree / "trap"
    write(tree / "own" / "evil" / "__manifest__.py", f"open({str(trap)!r}, 'w')\n")
    write(tree / "own" / "torn" / "__manifest__.py", "{'name': 'Torn',\n")
    names = {one.name for one in code(tree).modules()}
    assert names == {"base", "web", "crm", "note"}
    assert not trap.exists()


def test_what_is_not_installable_or_lacks_a_dependency_is_refused(tree):
    write(tree / "own" / "off" / "__manifest__.py", repr({"name": "Off", "installable": False}))
    write(tree / "own" / "lost" / "__manifest__.py", repr({"name": "Lost", "depends": ["gone"]}))
    with pytest.raises(Refused) as caught:
        code(tree).fingerprint(["off", "lost"])
    assert caught.value.code == "module_unknown"
    assert caught.value.facts == {"modules": ["gone", "off"]}
