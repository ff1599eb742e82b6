"""Golden phases on the real Odoo and a real PostgreSQL: what stands in the database afterwards."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from saas_business_management.kernel.errors import Broken, Unavailable

from .parts import FIXTURES, PASSWORD, PROVISIONER

pytestmark = pytest.mark.slow

PHASES = ("base", "locale", "modules", "settings", "assets")
LOGO = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FRENCH = {
    "modules": ["contacts"],
    "languages": ["en_US"],
    "language": "fr_FR",
    "country": "FR",
    "currency": "CHF",
    "time_zone": "Europe/Paris",
    "chart": "fr",
    "demo": False,
    "company": {
        "name": "Golden", "logo": LOGO, "primary_color": "#112233", "secondary_color": "#445566",
    },
    "parameters": {"sale.quote": "yes"},
}  # fmt: skip


def build(parts, database, spec, phases=PHASES):
    """Run phases one after the other and return the last report."""
    odoo, lines, report = parts.odoo(), [], {}
    for phase in phases:
        report = odoo.run_phase(phase, database, spec, lines.append)
    assert not any(PASSWORD in line for line in lines)
    return report


def fails(parts, phase, database, spec, **options):
    """Run a phase that must fail and return its error."""
    with pytest.raises((Broken, Unavailable)) as caught:
        parts.odoo(FIXTURES, **options).run_phase(phase, database, spec, lambda line: None)
    return caught.value


@pytest.fixture(scope="module")
def built(parts):
    """A golden database from nothing, every phase run twice, and its last report."""
    database = parts.empty("g_french")
    build(parts, database, FRENCH)
    return database, build(parts, database, FRENCH)


def test_the_report_names_modules_people_and_languages(built):
    report = built[1]
    assert {"base", "web", "mail", "auth_signup", "contacts"} <= set(report["modules"])
    assert all(version.startswith("19.0.") for version in report["modules"].values())
    assert (report["company_id"], report["company_partner_id"]) == (1, 1)
    assert report["languages"] == ["en_US", "fr_FR"]
    assert report["login_page_bytes"] > 3000


def test_administrator_and_company_ids_are_those_of_the_database(parts, built):
    database, report = built
    found = parts.rows(database, "SELECT id, partner_id FROM res_users WHERE login = 'admin'")
    assert found == [(report["admin_user_id"], report["admin_partner_id"])]


def test_the_company_is_what_the_template_says(parts, built):
    found = parts.rows(
        built[0],
        "SELECT c.name, p.lang, p.tz, k.code, m.name, m.active, c.primary_color, c.secondary_color,"
        " c.email_secondary_color, c.uses_default_logo FROM res_company c"
        " JOIN res_partner p ON p.id = c.partner_id JOIN res_country k ON k.id = p.country_id"
        " JOIN res_currency m ON m.id = c.currency_id",
    )
    colors = ("#112233", "#445566", "#112233")
    assert found == [("Golden", "fr_FR", "Europe/Paris", "FR", "CHF", True, *colors, False)]


def test_parameters_are_set_and_a_password_can_be_chosen_by_link(parts, built):
    query = "SELECT key, value FROM ir_config_parameter WHERE key IN %s"
    wanted = ("sale.quote", "auth_signup.reset_password", "auth_signup.invitation_scope")
    assert dict(parts.rows(built[0], query % (wanted,))) == {
        "sale.quote": "yes",
        "auth_signup.reset_password": "True",
        "auth_signup.invitation_scope": "b2b",
    }


def test_nobody_can_log_in_with_a_password_that_odoo_came_with(parts, built):
    from passlib.context import CryptContext

    context = CryptContext(["pbkdf2_sha512"])
    query = "SELECT login, password FROM res_users WHERE password IS NOT NULL"
    stored = parts.rows(built[0], query)
    assert "admin" in dict(stored)
    assert not [login for login, known in stored if context.verify(login, known)]


def test_bundles_of_the_first_pages_lie_in_the_database_and_tests_do_not(parts, built):
    query = "SELECT name FROM ir_attachment WHERE url LIKE '/web/assets/%'"
    names = {name for (name,) in parts.rows(built[0], query)}
    assert {
        "web.assets_frontend.min.css", "web.assets_frontend_minimal.min.js",
        "web.assets_frontend_lazy.min.js", "web.report_assets_common.min.css",
        "web.assets_web.min.css", "web.assets_web.min.js",
    } <= names  # fmt: skip
    assert not [name for name in names if "test" in name]


def test_building_twice_leaves_one_file_per_bundle_and_no_session(parts, built):
    name = "split_part(url, '/', 5)"
    query = f"SELECT {name}, count(*) FROM ir_attachment WHERE url LIKE '/web/assets/%' GROUP BY 1"
    counts = dict(parts.rows(built[0], query))
    assert len(counts) > 10
    assert set(counts.values()) == {1}
    assert not list((parts.data / "sessions").rglob("*"))


def test_no_module_is_left_half_done_and_the_update_notice_is_off(parts, built):
    states = parts.rows(built[0], "SELECT DISTINCT state FROM ir_module_module")
    assert {state for (state,) in states} <= {"installed", "uninstalled", "uninstallable"}
    notice = parts.rows(
        built[0],
        "SELECT active FROM ir_cron WHERE id = (SELECT res_id FROM ir_model_data"
        " WHERE name = 'ir_cron_module_update_notification')",
    )
    assert notice == [(False,)]


def test_statistics_are_fresh_so_that_copies_need_no_vacuum(parts, built):
    query = "SELECT reltuples FROM pg_class WHERE relname = 'ir_model_fields'"
    assert parts.rows(built[0], query)[0][0] > 1000


def test_a_module_that_fails_is_named_with_file_and_line_and_leaves_nothing_half_done(parts):
    database = parts.with_base("g_broken")
    error = fails(parts, "modules", database, {"modules": ["saas_broken_module"]})
    assert error.code == "odoo_phase_failed"
    assert error.facts["module"] == "saas_broken_module"
    assert error.facts["line"] == (
        "External ID not found in the system: saas_broken_module.there_is_no_such_partner"
        " (saas_broken_module/data/partner.xml:3)"
    )
    query = "SELECT state FROM ir_module_module WHERE state LIKE 'to %'"
    assert parts.rows(database, query) == []


@pytest.mark.parametrize(
    ("phase", "spec", "line"),
    [
        ("locale", {"country": "XX"}, "country XX is unknown to this Odoo"),
        ("locale", {"currency": "QQQ"}, "currency QQQ is unknown to this Odoo"),
        ("locale", {"time_zone": "Mars/Olympus"}, "time zone Mars/Olympus is unknown to this Odoo"),
        ("settings", {"company": {"logo": "no picture"}}, "Image is not encoded in base64"),
        ("assets", {"modules": ["contacts"]}, "it is uninstalled afterwards"),
    ],
)
def test_a_wrong_wish_is_told_in_one_line(parts, phase, spec, line):
    if not parts.rows("postgres", "SELECT 1 FROM pg_database WHERE datname = 'g_wishes'"):
        parts.with_base("g_wishes")
    error = fails(parts, phase, "g_wishes", spec)
    assert (error.code, error.facts["line"]) == ("odoo_phase_failed", line)


def test_a_wrong_password_is_broken_and_a_server_that_is_away_is_waited_for(parts):
    wrong = fails(parts, "base", "g_none", {}, password="not-it")
    assert (wrong.code, wrong.kind) == ("odoo_phase_failed", "broken")
    assert "password authentication failed" in wrong.facts["line"]
    parts.cluster.stop()
    try:
        away = fails(parts, "base", "g_none", {})
    finally:
        parts.cluster.start()
    assert (away.code, away.kind) == ("odoo_phase_interrupted", "unavailable")


def test_a_server_that_restarts_in_the_middle_is_waited_for_and_the_phase_goes_on(parts):
    database = parts.with_base("g_restart")
    odoo, restarted = parts.odoo(), []

    def restart(line):
        if not restarted and "Loading module crm" in line:
            restarted.append(line)
            parts.cluster.restart("immediate")

    with pytest.raises(Unavailable) as caught:
        odoo.run_phase("modules", database, {"modules": ["crm"]}, restart)
    assert caught.value.code == "odoo_phase_interrupted"
    assert "crm" in build(parts, database, {"modules": ["crm"]}, ["modules"])["modules"]


WORKER = """
import sys
sys.path.insert(0, {root!r})
from tests import bare; bare.install()
from saas_business_management.adapters.odoo_process import OdooProcess
from saas_business_management.kernel.secret import Secret
password = Secret({password!r})
odoo = OdooProcess({command!r}, {addons!r}, {data!r}, {host!r}, {port}, password=password)
spec = {{"modules": ["crm"]}}
odoo.run_phase("modules", {database!r}, spec, lambda line: print(line, flush=True))
"""


def test_when_the_worker_is_killed_odoo_dies_and_the_next_worker_finishes(parts):
    database = parts.with_base("g_killed")
    odoo = parts.odoo()
    text = WORKER.format(
        root=str(Path(__file__).resolve().parents[3]),
        command=odoo._command,
        addons=odoo._addons_path,
        data=odoo._data_dir,
        host=parts.cluster.host,
        port=parts.cluster.port,
        password=PASSWORD,
        database=database,
    )
    worker = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)
    for line in worker.stdout:
        if "Loading module crm" in line:
            break
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    assert _sessions_end(parts, database, 60), "Odoo outlived its worker"
    report = build(parts, database, {"modules": ["crm"]}, ["modules"])
    assert {"crm", "contacts"} <= set(report["modules"])


def _sessions_end(parts, database, seconds):
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'"
    query += " AND backend_type = 'client backend'"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if parts.rows("postgres", query) == [(0,)]:
            return True
        time.sleep(0.1)
    return False


def test_the_chart_of_the_template_replaces_the_one_of_the_country_and_its_currency_stays(parts):
    database = parts.with_base("g_chart")
    spec = {**FRENCH, "modules": ["account"], "chart": "be_comp", "languages": []}
    report = build(parts, database, spec, ["base", "locale", "modules", "settings"])
    assert report["chart"] == "be_comp"
    company = parts.rows(
        database,
        "SELECT c.chart_template, m.name FROM res_company c"
        " JOIN res_currency m ON m.id = c.currency_id",
    )
    assert company == [("be_comp", "CHF")]
    assert parts.rows(database, "SELECT count(*) > 100 FROM account_account") == [(True,)]
    again = build(parts, database, spec, ["settings"])
    assert again["chart"] == "be_comp"


def test_demo_data_comes_only_when_asked_for_and_demo_users_get_no_known_password(parts):
    database = parts.empty("g_demo")
    build(parts, database, {"demo": True}, ["base", "settings"])
    assert parts.rows(database, "SELECT count(*) > 10 FROM res_partner") == [(True,)]
    from passlib.context import CryptContext

    query = "SELECT password FROM res_users WHERE login = 'demo'"
    ((stored,),) = parts.rows(database, query)
    assert not CryptContext(["pbkdf2_sha512"]).verify("demo", stored)
    assert parts.rows("g_broken", "SELECT count(*) FROM res_users WHERE login = 'demo'") == [(0,)]


def test_the_role_that_builds_is_no_superuser(parts):
    query = f"SELECT rolsuper FROM pg_roles WHERE rolname = '{PROVISIONER}'"
    assert parts.rows("postgres", query) == [(False,)]
