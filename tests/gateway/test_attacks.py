"""What a tenant's administrator tries with code actions and templates.

Each attack on the process is first shown to work in an Odoo without the gateway.
"""

from __future__ import annotations

import psycopg2
import pytest

from saas_business_management.kernel.secret import derive_password
from tests.helpers.node import NodeProcess, until

PLANTED = "planted-master-password"
# From a method's globals through a module to the configuration: how a format reaches memory.
STEPS = "_notifydb.__func__.__globals__[sql_db].tools.config.options[admin_passwd]"
TEXT = "'{0." + STEPS + "}'"
NAMED = "'{a." + STEPS + "}'"
CRON = "env['ir.cron']"
SAY = "raise UserError(str({}))"

FORMATS = {
    "format": f"{TEXT}.format({CRON})",
    "format_map": f"{NAMED}.format_map({{'a': {CRON}}})",
    "by the class": f"str.format({TEXT}, {CRON})",
    "handed on": f"list(map({TEXT}.format, [{CRON}]))[0]",
    "kept": f"[f({CRON}) for f in [{TEXT}.format]][0]",
    "in a function": f"(lambda text: text.format({CRON}))({TEXT})",
    "look-alike letters": f"{TEXT}.\uff46ormat({CRON})",
    "in a width": f"'{{0:{{1.{STEPS}}}}}'.format('', {CRON})",
    "in an f-string": f'f"{{{TEXT}.format({CRON})}}"',
    "put together": f"('{{0.' + '{STEPS}' + '}}').format({CRON})",
}
TEMPLATES = {
    "t-out": """<t t-out="{}"/>""",
    "t-esc": """<t t-esc="{}"/>""",
    "t-att": """<a t-att-x="{}"/>""",
    "t-attf": """<a t-attf-x="{{{{ {} }}}}"/>""",
    "t-set": """<t t-set="x" t-value="{}"/><t t-out="x"/>""",
    "t-if": """<t t-if="env['ir.config_parameter'].set_param('test.leak', {})"/>""",
    "t-foreach": """<t t-foreach="[{}]" t-as="x"><t t-out="x"/></t>""",
}
REACHES = {
    "connection of the cursor": "env.cr._cnx.dsn",
    "cursor of the driver": "env.cr._obj.connection.dsn",
    "connection by name": "env.cr.connection.dsn",
    "pool of the registry": "env.registry._db.dsn",
    "registries of all": "env.registry.delete_all() or 'emptied'",
    "a registry by name": "env.registry.delete('x') or 'deleted'",
    "lock of all": "env.registry._lock.acquire(False) and env.registry._lock.release() or 'held'",
}


def render(template: str) -> str:
    """Code that renders a template made on the spot and tells what came out."""
    arch = f"<t t-name='x'>{template}</t>"
    return (
        f"view = env['ir.ui.view'].create({{'type': 'qweb', 'arch': {arch!r}, 'name': 'x'}})\n"
        "text = env['ir.qweb']._render(view.id, {})\n"
        "leak = env['ir.config_parameter'].get_param('test.leak') or ''\n"
        "raise UserError(str(text) + leak)"
    )


def mail(expression: str) -> str:
    """Code that renders the subject of a mail template."""
    return (
        "made = env['mail.template'].create({'name': 'x', 'model_id':"
        " env['ir.model']._get_id('res.partner'), "
        f"'subject': {'{{ ' + expression + ' }}'!r}}})\n"
        "raise UserError(made._render_field('subject', [1])[1])"
    )


def escaped(expression: str) -> str:
    """An expression as it stands in an attribute."""
    return expression.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


@pytest.fixture(scope="module")
def plain(fleet, acme):
    """An Odoo without the gateway on the same database, under one strong role as usual."""
    node = NodeProcess(
        fleet,
        "plain",
        saas_node=None,
        saas_secret_file=None,
        server_wide_modules="base,rpc,web",
        db_user=fleet.strong_role(),
        db_password=fleet.strong_role(),
        db_name=acme.name,
        admin_passwd=PLANTED,
        max_cron_threads=0,
    ).start(wait=False)

    def answers():
        try:
            return node.get("/web/login", "any.host").status_code == 200
        except OSError:
            return False

    until(answers, 60, node.process.log_tail)
    yield node.visitor(acme).log_in()
    node.stop()


@pytest.fixture(scope="module")
def guarded(fleet, acme):
    """The administrator on a node with the gateway."""
    node = NodeProcess(fleet, "guarded", max_cron_threads=0, admin_passwd=PLANTED).start()
    yield node.visitor(acme).log_in()
    node.stop()


@pytest.mark.parametrize("attack", FORMATS)
def test_a_format_reads_memory_nowhere_but_in_a_plain_odoo(plain, guarded, attack):
    code = SAY.format(FORMATS[attack])
    assert PLANTED in plain.run_code(code)
    said = guarded.run_code(code)
    assert PLANTED not in said
    assert "forbidden name" in said, said


@pytest.mark.parametrize("place", TEMPLATES)
def test_a_template_reads_memory_nowhere_but_in_a_plain_odoo(plain, guarded, place):
    code = render(TEMPLATES[place].format(escaped(FORMATS["format"])))
    assert PLANTED in plain.run_code(code)
    said = guarded.run_code(code)
    assert PLANTED not in said
    assert "forbidden name" in said, said


def test_markup_in_a_template_is_guarded_as_well(plain, guarded):
    template = "<t t-set='text'>{0." + STEPS + "}</t><t t-out=\"text.format(env['ir.cron'])\"/>"
    assert PLANTED in plain.run_code(render(template))
    said = guarded.run_code(render(template))
    assert PLANTED not in said
    assert "forbidden name" in said, said


def test_a_mail_template_is_guarded_as_well(plain, guarded):
    code = mail(FORMATS["format"].replace("env[", "object.env["))
    assert PLANTED in plain.run_code(code)
    said = guarded.run_code(code)
    assert PLANTED not in said
    assert said


@pytest.mark.parametrize("reach", REACHES)
def test_what_leads_out_of_the_transaction_is_refused(plain, guarded, reach):
    code = SAY.format(REACHES[reach])
    open_said = plain.run_code(code)
    assert any(word in open_said for word in ("dbname", "database", "emptied", "deleted", "held"))
    said = guarded.run_code(code)
    assert "forbidden name" in said or "not callable" in said, said


@pytest.mark.parametrize("attack", ["connection of the cursor", "registries of all"])
def test_an_action_that_was_there_before_is_refused_when_it_runs(plain, guarded, attack):
    action = plain.make_action(SAY.format(REACHES[attack]))["result"][0]
    assert "forbidden name" in guarded.run_action(action)


def test_a_format_that_was_there_before_is_refused_when_it_runs(plain, guarded):
    action = plain.make_action(SAY.format(FORMATS["format"]))["result"][0]
    assert PLANTED in plain.run_action(action)
    said = guarded.run_action(action)
    assert "forbidden name" in said
    assert PLANTED not in said


HONEST = {
    "'{:,.2f}'.format(1234.5)": "1,234.50",
    "'{0[a]} {1.name}'.format({'a': 1}, env.company)": "1 Acme",
    "'{a}'.format_map({'a': 2})": "2",
    "env.company.currency_id.format(3)": "3.00",
    "'%s' % env.company.name": "Acme",
    "', '.join(map('{:02d}'.format, [1, 2]))": "01, 02",
}


@pytest.mark.parametrize("expression", HONEST)
def test_honest_formats_still_work(fleet, guarded, acme, expression):
    fleet.sql(acme, "UPDATE res_company SET name = 'Acme'")
    assert HONEST[expression] in guarded.run_code("env.invalidate_all()\n" + SAY.format(expression))


def test_markup_is_still_escaped(guarded):
    template = (
        "<t t-set='text'><b>{}</b></t><t t-set='raw' t-value=\"'&lt;i&gt;'\"/>"
        '<t t-out="text.format(raw)"/>'
    )
    assert guarded.run_code(render(template)) == "<b>&lt;i&gt;</b>"


def test_the_crons_of_another_tenant_are_not_run(fleet, guarded, beta):
    fleet.sql(
        beta,
        "UPDATE ir_cron SET nextcall = '2020-01-01', active = true WHERE id ="
        " (SELECT min(id) FROM ir_cron)",
    )
    guarded.run_code(f"env['ir.cron']._process_jobs('{beta.name}')")
    due = "SELECT count(*) FROM ir_cron WHERE nextcall < '2021-01-01' AND active"
    assert int(fleet.sql(beta, due)) == 1


SQL = [
    "DROP DATABASE {other}",
    "DROP DATABASE {own}",
    "CREATE DATABASE mine",
    "ALTER DATABASE {other} RENAME TO mine",
    "ALTER DATABASE {own} RENAME TO mine",
    "ALTER DATABASE {own} CONNECTION LIMIT -1",
    "ALTER DATABASE {own} IS_TEMPLATE true",
    "ALTER DATABASE {own} OWNER TO {own}",
    "GRANT CONNECT ON DATABASE {other} TO {own}",
    "CREATE ROLE mine",
    "ALTER ROLE {own} CREATEDB",
    "ALTER ROLE {own} CONNECTION LIMIT -1",
    "ALTER ROLE {other} PASSWORD 'x'",
    "SET ROLE saas_prov",
    "SET ROLE {other}",
    "SET SESSION AUTHORIZATION saas_prov",
    "SET temp_file_limit = -1",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION postgres_fdw",
    "CREATE EXTENSION file_fdw",
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc', 'getpid'",
    "COPY res_partner (name) FROM PROGRAM 'echo x'",
    "COPY res_partner (name) TO PROGRAM 'cat'",
    "COPY res_partner (name) TO '/tmp/x'",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/x')",
    "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()",
    "SELECT pg_create_physical_replication_slot('x')",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{other}'",
    "SELECT pg_database_size('{other}')",
    "SELECT rolpassword FROM pg_authid",
    "ALTER SYSTEM SET work_mem = '1GB'",
    "SELECT pg_reload_conf()",
]


@pytest.fixture(scope="module")
def held(fleet, beta):
    """A connection of the other tenant that could be ended."""
    cnx = psycopg2.connect(**login(fleet, beta, beta.name))
    yield cnx
    cnx.close()


def login(fleet, tenant, database: str) -> dict:
    """A tenant's own login at some database."""
    password = derive_password(fleet.cluster_secret, tenant.name, tenant.generation).reveal()
    return fleet.cluster.dsn(database, tenant.name, password)


@pytest.mark.parametrize("statement", SQL)
def test_postgresql_refuses_what_is_not_the_tenants(fleet, acme, beta, held, statement):
    cnx = psycopg2.connect(**login(fleet, acme, acme.name))
    cnx.autocommit = True
    try:
        with cnx.cursor() as cursor, pytest.raises(psycopg2.Error) as refused:
            cursor.execute(statement.format(own=acme.name, other=beta.name))
        # 42501 missing right, 0LP01 grant, 55000/0A000 nothing of the kind for anybody here.
        assert refused.value.pgcode in {"42501", "0LP01", "0A000", "22023", "42939"}, refused.value
    finally:
        cnx.close()
    assert not held.closed


def test_a_tenant_enters_no_other_database(fleet, acme, beta):
    for database in (beta.name, fleet.golden, "postgres", "template1", "saas_bus"):
        with pytest.raises(psycopg2.OperationalError, match=r"permission denied|not currently"):
            psycopg2.connect(**login(fleet, acme, database))


def test_the_node_role_enters_no_tenant(fleet, acme):
    password = fleet.passwords["saas_node"].reveal()
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(**fleet.cluster.dsn(acme.name, "saas_node", password))


def test_the_routes_of_another_node_are_invisible(fleet, acme):
    fleet.control.sql(
        "INSERT INTO saas_route (node_role, host, database, generation, state)"
        " VALUES ('saas_node_paris', 'paris.localhost', 't_p', 1, 'active')",
        "control",
    )
    routes = fleet.routes
    cnx = psycopg2.connect(**fleet.control.dsn("control", routes.role, routes.password))
    with cnx, cnx.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE host = 'paris.localhost'), count(*) > 0 FROM saas_route"
        )
        assert cursor.fetchone() == (0, True)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("UPDATE saas_route SET host = 'x'")
    cnx.close()
