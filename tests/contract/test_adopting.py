"""The adopter's side of the cluster port: one suite for the double and for real servers."""

import secrets
from dataclasses import replace

import pytest

from saas_business_management.kernel.errors import Broken
from saas_business_management.kernel.migration.adoption import Place, judge
from tests.contract.test_cluster import code_of, subject
from tests.helpers.postgres import new_name, server_of

assert subject  # the fixture

PLACE = Place("19.0", ("base", "web"))
INSIDE = """
CREATE TABLE ir_module_module (id serial PRIMARY KEY, name varchar, state varchar,
    latest_version varchar);
INSERT INTO ir_module_module (name, state, latest_version) VALUES
    ('base', 'installed', '19.0.1.3'), ('web', 'installed', '19.0.1.0'), ('crm', 'uninstalled', '');
CREATE TABLE ir_config_parameter (id serial PRIMARY KEY, key varchar UNIQUE, value text,
    create_uid int, create_date timestamp, write_uid int, write_date timestamp);
CREATE TABLE orm_signaling_stable (id serial PRIMARY KEY, date timestamp DEFAULT now());
INSERT INTO ir_config_parameter (key, value) VALUES ('web.base.url', 'http://old.example'),
    ('database.secret', 'theirs');
CREATE TABLE res_users (id serial PRIMARY KEY, login varchar, active bool, share bool,
    partner_id int);
INSERT INTO res_users (login, active, share, partner_id) VALUES ('__system__', false, false, 1),
    ('admin', true, false, 3), ('carol', true, true, 4);
CREATE SEQUENCE loose;
CREATE VIEW seen AS SELECT name FROM ir_module_module;
CREATE FUNCTION told() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SCHEMA more;
CREATE TABLE more.rows (id serial PRIMARY KEY);
"""


class Theirs:
    """A database made without us, on the double or on a real server, and a look behind its back."""

    def __init__(self, subject, server, lent=True):
        self.port, self.server = subject.port, server
        self.name, self.owner = f"old-{secrets.token_hex(4)}", f"odoo_{secrets.token_hex(4)}"
        if server is None:
            self.port.put_foreign(
                self.name, self.owner, owners={self.owner: 9}, users=1, crons=[], mail_servers=0
            )
            return
        server.rows(f"CREATE ROLE \"{self.owner}\" LOGIN PASSWORD 'old'")
        if lent:
            server.rows(f'GRANT "{self.owner}" TO saas_prov')
        server.rows(f'CREATE DATABASE "{self.name}" OWNER "{self.owner}" CONNECTION LIMIT 7')
        server.rows(f'SET ROLE "{self.owner}"; {INSIDE}', database=self.name)

    @property
    def found(self):
        return next(one for one in self.port.foreign() if one.name == self.name)

    def look(self):
        found = self.found
        return {
            **self.port.look_foreign(self.name),
            **{word: getattr(found, word) for word in found.__dataclass_fields__},
            "files_found": False,
        }

    def seen(self):
        """What an undo must leave as it was."""
        if self.server is None:
            return self.port.foreign_by_name[self.name]
        told = self.port.look_foreign(self.name)
        found = replace(self.found, sessions=0, size_bytes=0)
        return found, told["rights"], told["owners"], told["modules"], told["base_url"]

    def forget(self):
        if self.server is not None:
            self.server.rows(f'DROP DATABASE IF EXISTS "{self.name}"')
            self.server.rows(f'REASSIGN OWNED BY "{self.owner}" TO postgres')
            self.server.rows(f'DROP OWNED BY "{self.owner}"; DROP ROLE "{self.owner}"')


@pytest.fixture
def theirs(subject, request):
    version = request.node.callspec.params["subject"]
    one = Theirs(subject, None if version == "double" else server_of(version))
    yield one
    one.forget()


def taken(theirs):
    own, found = new_name(), theirs.found
    theirs.port.ensure_role(own, 1)
    for _again in range(2):
        theirs.port.hold_foreign(theirs.name, found.oid, own)
    return own, found


def test_a_foreign_database_is_listed_and_read_without_a_change(theirs):
    before = theirs.seen()
    look = theirs.look()
    assert (look["odoo"], look["version"], look["users"]) == (True, "19.0.1.3", 1)
    assert look["base_url"] == "http://old.example" and look["takeable"]
    verdict = judge(look, PLACE)
    assert verdict.blockers == (), verdict.blockers
    assert theirs.seen() == before
    assert not [one for one in theirs.port.foreign() if one.name in ("postgres", "saas_bus")]


def test_one_that_lets_nobody_in_is_listed_and_says_what_mends_it(theirs):
    if theirs.server is not None:
        theirs.server.rows(f'REVOKE "{theirs.owner}" FROM saas_prov')
        theirs.server.rows(f'REVOKE CONNECT ON DATABASE "{theirs.name}" FROM PUBLIC')
        assert (theirs.found.takeable, theirs.found.size_bytes) == (False, 0)
    assert theirs.found.owner == theirs.owner


def test_it_changes_hands_and_its_new_role_enters(theirs):
    own, found = taken(theirs)
    assert theirs.port.own_foreign(own, found.owner) > 0
    assert theirs.port.own_foreign(own, found.owner) == 0
    assert theirs.port.database(own).oid == found.oid
    theirs.port.set_address(own, 1, "https://new.example")
    assert theirs.port.address_of(own, 1) == "https://new.example"
    assert theirs.port.admin_of(own, 1) == {"admin_user_id": 2, "admin_partner_id": 3}
    assert theirs.name not in [one.name for one in theirs.port.foreign()]


@pytest.mark.parametrize("owned", [False, True])
def test_an_undo_gives_back_owner_name_rights_and_limit(theirs, owned):
    before, rights = theirs.seen(), theirs.look()["rights"]
    own, found = taken(theirs)
    if owned:
        theirs.port.own_foreign(own, found.owner)
        theirs.port.set_address(own, 1, "https://new.example")
        for _again in range(2):
            theirs.port.put_address_back(own, 1, "http://old.example", "")
    for _again in range(2):
        theirs.port.give_back(own, theirs.name, found.owner, rights)
    theirs.port.drop_role(own)
    assert theirs.seen() == before
    assert theirs.port.database(own) is None


def test_another_database_under_the_same_name_is_not_taken(theirs):
    own = new_name()
    theirs.port.ensure_role(own, 1)
    oid = theirs.found.oid + 1
    assert code_of(Broken, theirs.port.hold_foreign, theirs.name, oid, own) == "database_changed"
    assert code_of(Broken, theirs.port.hold_foreign, "gone", oid, own) == "database_missing"
