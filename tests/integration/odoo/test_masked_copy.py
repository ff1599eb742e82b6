"""A real Odoo database with planted people is copied: nobody of them is found in the copy.

The rules are those that come with the product. What is looked at in the end is the whole dump of
the copy as a text, and every file.
"""

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dev import control, databases
from dev.config import addons_path
from dev.databases import Recipe
from dev.odoo import ensure_odoo
from dev.shell import clean_environment
from saas_business_management.adapters.filestore import LocalFilestore
from saas_business_management.adapters.odoo_code import OdooCode
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.adapters.postgres.copying import Copies
from saas_business_management.adapters.postgres.tenant_login import TenantLogins
from saas_business_management.kernel.migration.masking import Rule
from tests.helpers.postgres import new_name

pytestmark = pytest.mark.slow

RULES_FILE = Path("saas_business_management/data/masking_rules.xml")
CANARIES = ("Zipporah", "zipporah", "Canarysson", "5550199", "Planted Road", "0532013000")
PLANTED = """
INSERT INTO res_partner (name, complete_name, email, email_normalized, phone, street, city, type,
        active, comment, autopost_bills, company_name)
 SELECT 'Zipporah Canarysson ' || n, 'Firm, Zipporah Canarysson ' || n,
        'Zipporah' || n || '@firm.example', 'zipporah' || n || '@firm.example',
        '+49 30 5550199' || n, 'Planted Road ' || n, 'Zipporahville', 'contact', true,
        '<p>Met Zipporah Canarysson</p>', 'ask', 'Zipporah Firm'
   FROM generate_series(1, 50) n;
INSERT INTO res_partner_bank (acc_number, sanitized_acc_number, partner_id, active, acc_holder_name)
 SELECT 'DE89 3704 0044 0532013000', 'DE89370400440532013000', max(id), true, 'Zipporah Canarysson'
   FROM res_partner;
INSERT INTO mail_message (message_type, body, subject, email_from, reply_to, model, res_id, date)
 SELECT 'email', '<p>Call Zipporah Canarysson at +49 30 5550199</p>', 'About Zipporah',
        'Zipporah Canarysson <zipporah7@firm.example>', 'zipporah7@firm.example', 'res.partner',
        max(id), now() FROM res_partner;
INSERT INTO mail_tracking_value (mail_message_id, field_info, old_value_char, new_value_char)
 SELECT max(id), '{"name": "name"}', 'Zipporah Before', 'Zipporah Canarysson' FROM mail_message;
INSERT INTO ir_attachment (name, type, res_model, store_fname, mimetype, index_content, checksum)
 VALUES ('Passport of Zipporah Canarysson.txt', 'binary', 'res.partner', 'aa/aa00', 'text/plain',
        'Zipporah Canarysson, born somewhere', 'aa00');
INSERT INTO ir_logging (name, type, level, message, path, func, line)
 VALUES ('odoo', 'server', 'INFO', 'zipporah7@firm.example logged in', 'x', 'x', '1');
INSERT INTO res_users (login, password, partner_id, company_id, active, share, notification_type)
 SELECT 'zipporah50@firm.example', 'x', max(p.id), (SELECT min(id) FROM res_company), true, true,
        'email' FROM res_partner p;
"""


def rules():
    """The rules of the product, as an operation gets them."""
    found = []
    for record in ElementTree.parse(RULES_FILE).iter("record"):
        told = {field.get("name"): field.text for field in record}
        place = (told["table_name"], told.get("column_name", ""))
        found.append(Rule(*place, told["kind"], told.get("rows", "all")))
    return found


@pytest.fixture
def pg(own_pg):
    """A server of its own: building the template leaves a role that others would find."""
    return own_pg


@pytest.fixture
def source(pg, tmp_path):
    """A real Odoo database as a tenant's, people planted in it."""
    port, name = pg.port(), new_name()
    port.ensure_role(name, 1)
    template = databases.ensure(pg.private, Recipe(control.DEPENDENCIES))
    databases.clone(pg.private, template, name, owner=name, data_dir=tmp_path)
    pg.rows(PLANTED, server=pg.tenant(name))
    secret = tmp_path / "filestore" / name / "aa" / "aa00"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text("Zipporah Canarysson, born somewhere")
    yield name
    port.close()


def test_planted_people_are_nowhere_in_a_masked_copy(pg, source, tmp_path):
    port, copy = pg.port(), new_name()
    folder = pg.private.binaries.tool("pg_dump").parent
    logins = TenantLogins(pg.provisioner, pg.secret)
    copies = Copies(logins, Programs(str(folder)), tmp_path)
    files = LocalFilestore(tmp_path / "filestore")
    told = copies.look(source, 1)
    port.ensure_role(copy, 1)
    login = port.lend_login(copy)
    port.make_anew(copy, told["extensions"])
    # A superuser's part, as docs/restores.md says; golden databases need none.
    pg.rows("ALTER FUNCTION public.unaccent(text) IMMUTABLE", database=copy)
    copies.pour(source, 1, copy, login, lambda: files.clone(source, copy, 1))
    assert canaries_in_dump(pg, copy, login, folder) == {*CANARIES}
    code = OdooCode([Path(one) for one in addons_path(ensure_odoo()).split(",")])
    port.neutralise(copy, login, code.neutral_statements(told["modules"]))
    counts, needed = copies.mask(copy, login, rules())
    assert files.keep_only(copy, needed) == len(needed) > 0
    assert counts["res_partner.email"] >= 50 and counts["res_users.login"] >= 1
    assert canaries_in_dump(pg, copy, login, folder) == set()
    for path in (tmp_path / "filestore" / copy).rglob("*"):
        assert path.is_dir() or b"Zipporah" not in path.read_bytes()
    # The one who was copied is as before.
    assert (tmp_path / "filestore" / source / "aa" / "aa00").is_file()
    live = "SELECT count(*) FROM res_partner WHERE name ~ 'Zipporah'"
    assert pg.rows(live, server=pg.tenant(source)) == [(50,)]
    port.close()
    pg.forget(copy)


def canaries_in_dump(pg, name, generation, folder):
    """Which of the planted texts stand in a whole dump."""
    login = pg.tenant(name, generation)
    told = subprocess.run(
        [folder / "pg_dump", "-h", login.host, "-p", str(login.port), "-U", login.user, name],
        env=clean_environment(PGPASSWORD=login.password.reveal()),
        capture_output=True,
        check=True,
    )
    return {one for one in CANARIES if one.encode() in told.stdout}
