"""A running tenant copied and masked: the double beside real servers, then what only those show."""

import json

import pytest

from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.adapters.fakes.copying import FakeCopies
from saas_business_management.adapters.fakes.filestore import FakeFilestore
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.adapters.postgres.copying import Copies
from saas_business_management.adapters.postgres.tenant_login import TenantLogins
from saas_business_management.kernel.errors import Broken, Refused
from saas_business_management.kernel.migration.masking import Rule, is_iban
from tests.contract.test_cluster import BIRTH, IDENTITY, code_of, subject
from tests.helpers.postgres import VERSIONS, new_name, pg, server_of

assert subject and pg  # the fixtures
RULES = [
    Rule("res_partner", "name", "name"),
    Rule("res_partner", "complete_name", "text"),
    Rule("res_partner", "email", "email"),
    Rule("res_users", "login", "email", "portal"),
    Rule("res_users", "signature", "text"),
    Rule("res_company", "email", "email"),
    Rule("mail_message", "body", "text"),
    Rule("res_country", "name", "name"),
    Rule("ir_attachment", "", "files"),
    Rule("bus_bus", "", "rows"),
    Rule("hr_employee", "birthday", "date"),
    Rule("not_there", "name", "name"),
    Rule("res_partner", "not_there", "name"),
]


def copying(server, folder):
    """The port on a real server, with its own client programs."""
    programs = Programs(str(server.private.binaries.tool("pg_dump").parent))
    return Copies(TenantLogins(server.provisioner, server.secret), programs, folder)


@pytest.fixture
def copies(subject, tmp_path):
    """The copying port of the subject's cluster."""
    if isinstance(subject.port, FakeCluster):
        return FakeCopies(subject.port, FakeFilestore())
    (server,) = [server_of(one) for one in VERSIONS if server_of(one).golden == subject.golden]
    return copying(server, tmp_path)


def live(subject):
    name = subject.born()
    subject.port.give_birth(name, 1, BIRTH)
    subject.port.settle(name, 1, IDENTITY)
    subject.port.mark_role(name, "claimed")
    return name


def empty(subject, extensions):
    name = new_name()
    subject.port.ensure_role(name, 1)
    login = subject.port.lend_login(name)
    subject.port.make_anew(name, extensions)
    return name, login


def test_a_running_tenant_is_copied_whole_while_its_files_stay(subject, copies):
    source, calls = live(subject), []
    told = copies.look(source, 1)
    assert "pg_trgm" in told["extensions"]
    name, login = empty(subject, told["extensions"])
    poured = copies.pour(source, 1, name, login, lambda: calls.append("files"))
    assert calls == ["files"] and poured["tables"] >= 30 and poured["taken_at"]
    assert subject.port.address_of(name, login) == IDENTITY.base_url
    assert code_of(Refused, copies.pour, source, 1, name, login, list) == "database_not_empty"


def test_a_copy_is_masked_by_its_own_role_and_what_is_not_there_is_left_out(subject, copies):
    source = live(subject)
    name, login = empty(subject, ["pg_trgm"])
    copies.pour(source, 1, name, login, list)
    before = copies.preview(name, login, RULES[:3])
    assert before["res_partner.name"] >= 1
    counts, files = copies.mask(name, login, RULES[:3])
    assert counts == before and isinstance(files, list)
    assert code_of(Broken, copies.mask, name, 1, RULES) == "login_refused"


# On real servers alone


@pytest.fixture
def place(pg, tmp_path):
    """A tenant with people in it, a way to ask its database, the port."""
    port = pg.port()
    name = pg.born(port)
    login = pg.tenant(name)

    def ask(statement, values=None):
        return pg.rows(statement, values, server=login)

    for statement in PEOPLE:
        ask(statement)
    yield ask, name, copying(pg, tmp_path)
    pg.forget(name)
    port.close()


PEOPLE = [
    "ALTER TABLE res_partner ADD COLUMN phone varchar(8), ADD COLUMN note text",
    "INSERT INTO res_partner (name, complete_name, email, type, phone) SELECT"
    " 'Anna Canary' || n, 'Acme, Anna Canary' || n, 'anna.canary' || n || '@acme.example',"
    " 'contact', '555' || n FROM generate_series(1, 40) n",
    "INSERT INTO res_partner (name, email, type) VALUES ('', NULL, 'contact'),"
    " ('Élodie \t Çelik\\', 'elodie@acme.example', 'contact')",
    "INSERT INTO res_users (company_id, partner_id, login, password, share, notification_type)"
    " SELECT (SELECT min(id) FROM res_company), max(id), 'anna.canary7@acme.example', 'x', true,"
    " 'email' FROM res_partner",
    "INSERT INTO mail_message (body) VALUES ('<p>Call Anna Canary7 today</p>'), ('')",
    "INSERT INTO ir_attachment (name, type, store_fname, url, res_model) VALUES"
    " ('passport of Anna Canary7.pdf', 'binary', 'ab/passport', NULL, 'res.partner'),"
    " ('bundle', 'binary', 'cd/bundle', '/web/assets/1/x.js', 'ir.ui.view')",
    "INSERT INTO bus_bus (channel, message) VALUES ('x', 'Anna Canary7 wrote')",
    "CREATE TABLE hr_employee (id serial PRIMARY KEY, birthday date)",
    "INSERT INTO hr_employee (birthday) VALUES ('1990-02-28'), (NULL)",
    "CREATE TABLE res_partner_bank (id serial PRIMARY KEY, acc_number varchar UNIQUE)",
    "INSERT INTO res_partner_bank (acc_number) VALUES ('DE89 3704 0044 0532 0130 00')",
]


def test_planted_people_are_gone_and_everything_still_joins(place):
    ask, name, copies = place
    bank = Rule("res_partner_bank", "acc_number", "bank")
    counts, files = copies.mask(name, 1, [*RULES, bank])
    assert counts["res_partner.email"] >= 41 and counts["res_users.login"] == 1
    assert files == ["cd/bundle"]
    for table in ("res_partner", "mail_message", "ir_attachment", "bus_bus", "res_users"):
        text = json.dumps(ask(f"SELECT t::text FROM {table} t"))
        assert "anary" not in text and "acme.example" not in text.replace("alice@", "")
    joined = ask("SELECT count(*) FROM res_users u JOIN res_partner p ON p.email = u.login")
    assert joined == [(1,)]
    assert len({one for (one,) in ask("SELECT email FROM res_partner WHERE email ~ '^m'")}) >= 41
    assert ask("SELECT count(*) FROM res_partner WHERE name = ''") == [(1,)]
    assert ask("SELECT body FROM mail_message ORDER BY id DESC LIMIT 1") == [("",)]
    (account,) = ask("SELECT acc_number FROM res_partner_bank")[0]
    assert is_iban(account.replace(" ", "")) and not account.startswith("DE89 3704")
    (moved, nothing) = [one for (one,) in ask("SELECT birthday FROM hr_employee ORDER BY id")]
    assert str(moved) != "1990-02-28" and nothing is None
    names = [one for (one,) in ask("SELECT name FROM ir_attachment WHERE store_fname IS NULL")]
    assert names and all(one.startswith("file-") for one in names)


def test_what_no_rule_covers_fails_the_copy_and_nothing_is_half_masked(place):
    ask, name, copies = place
    ask("CREATE TABLE extra_notes (told text)")
    ask("INSERT INTO extra_notes SELECT 'about ' || email FROM res_partner")
    with pytest.raises(Broken) as told:
        copies.mask(name, 1, RULES)
    assert (told.value.code, told.value.facts["where"]) == ("masking_left", "extra_notes.told")
    assert ask("SELECT count(*) FROM res_partner WHERE name ~ 'Canary'") == [(40,)]
    ask("DROP TABLE extra_notes")
    copies.mask(name, 1, RULES)


def test_a_trigger_of_the_tenant_sees_nothing_and_wakes_afterwards(place):
    ask, name, copies = place
    ask("CREATE TABLE seen (told text)")
    ask(
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN INSERT INTO public.seen VALUES (OLD.name); RETURN OLD; END$$"
    )
    ask("CREATE TRIGGER keep BEFORE UPDATE ON res_partner FOR EACH ROW EXECUTE FUNCTION keep()")
    ask("CREATE TRIGGER off BEFORE UPDATE ON res_partner FOR EACH ROW EXECUTE FUNCTION keep()")
    ask("ALTER TABLE res_partner DISABLE TRIGGER off")
    copies.mask(name, 1, RULES)
    assert ask("SELECT count(*) FROM seen") == [(0,)]
    state = ask(
        "SELECT tgname, tgenabled FROM pg_trigger WHERE tgname IN ('keep', 'off') ORDER BY 1"
    )
    assert [(one, str(how)) for one, how in state] == [("keep", "O"), ("off", "D")]


def test_stored_views_and_statistics_forget(place):
    ask, name, copies = place
    ask("CREATE MATERIALIZED VIEW people AS SELECT name, email FROM res_partner")
    ask("ANALYZE res_partner")
    copies.mask(name, 1, RULES)
    assert ask("SELECT count(*) FROM people WHERE name ~ 'Canary'") == [(0,)]
    assert ask("SELECT count(*) FROM pg_stats WHERE most_common_vals::text ~ 'anary'") == [(0,)]


def test_a_rule_that_does_not_fit_its_column_is_told(place):
    _ask, name, copies = place
    for rule in (
        Rule("res_partner", "parent_id", "name"),
        Rule("res_partner", "name", "date"),
        Rule("res_users", "company_id", "clear"),
    ):
        with pytest.raises(Broken) as told:
            copies.preview(name, 1, [rule])
        assert (told.value.code, told.value.facts["rule"]) == ("masking_misfit", str(rule))


def test_a_short_column_takes_a_short_replacement(place):
    ask, name, copies = place
    copies.mask(
        name, 1, [Rule("res_partner", "phone", "phone"), Rule("res_partner", "note", "text")]
    )
    assert ask("SELECT max(length(phone)) FROM res_partner") == [(8,)]


def test_a_preview_changes_nothing(place):
    ask, name, copies = place
    told = copies.preview(name, 1, RULES)
    assert told["ir_attachment"] >= 1 and told["bus_bus"] == 2 and "not_there.name" not in told
    assert ask("SELECT count(*) FROM res_partner WHERE name ~ 'Canary'") == [(40,)]
