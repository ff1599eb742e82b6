"""Audit A5: which rights and settings are findings, and which the product puts right by itself."""

from dataclasses import replace

import pytest

from saas_business_management.kernel.provisioning.privileges import (
    Baseline,
    DatabaseRights,
    Inside,
    Privileges,
    RoleRights,
    ServerRights,
    TenantKnown,
    judge,
)

OWN, OTHER = "t_" + "a" * 26, "t_" + "b" * 26
URL = "https://acme.example"
BASELINE = Baseline(
    "saas_prov", "saas_node", "saas_tenant", "saas_builder", 10, 2, "1GB", frozenset({"dba"})
)
SERVER = ServerRights(18, 0, "scram-sha-256")
ROLE = RoleRights(
    OWN, (), True, True, 12, "1GB", member_of=("saas_tenant",), lent_to=("saas_prov",)
)
DATABASE = DatabaseRights(OWN, "saas_prov", (), (OWN,), False, 10)
INSIDE = Inside(True, False, URL, True, 450)
KNOWN = TenantKnown(OWN, 1, addresses=frozenset({URL}))
PROVISIONER = RoleRights(
    "saas_prov", ("createdb", "createrole"), member_of=("saas_tenant", "saas_builder")
)


def found(role=ROLE, database=DATABASE, server=SERVER, inside=INSIDE, known=KNOWN, more=()):
    seen = Privileges(server, (database,), (role, PROVISIONER, *more))
    return [(one.kind, one.mend) for one in judge(seen, BASELINE, [known], {OWN: inside})]


def test_a_cluster_as_it_should_be_has_no_findings():
    assert found() == []


@pytest.mark.parametrize(
    ("kind", "mend", "changes"),
    [
        ("tenant_strong", True, {"strong": ("createdb",)}),
        ("tenant_strong", False, {"strong": ("superuser",)}),
        ("tenant_strong", False, {"strong": ("createdb", "replication")}),
        ("tenant_noinherit", True, {"inherits": False}),
        ("tenant_member", True, {"member_of": ("saas_tenant", "pg_read_server_files")}),
        ("tenant_unmarked", True, {"member_of": ()}),
        ("tenant_lent", True, {"lent_to": ("saas_prov", "somebody")}),
        ("role_limit", True, {"connection_limit": -1}),
        ("temp_files", True, {"temp_file_limit": ""}),
    ],
)
def test_roles_of_tenants(kind, mend, changes):
    assert found(role=replace(ROLE, **changes)) == [(kind, mend)]


@pytest.mark.parametrize(
    ("kind", "mend", "changes"),
    [
        ("open_to_public", True, {"public": ("CONNECT",)}),
        ("open_to_public", False, {"public": ("CONNECT",), "owner": "somebody"}),
        ("foreign_entry", True, {"entrants": (OWN, "saas_node")}),
        ("owned_by_tenant", False, {"owner": OWN}),
        ("owned_by_tenant", False, {"owner": "saas_builder"}),
        ("database_limit", True, {"connection_limit": -1}),
        ("database_template", True, {"is_template": True}),
    ],
)
def test_databases_of_tenants(kind, mend, changes):
    assert (kind, mend) in found(database=replace(DATABASE, **changes))


def test_what_an_interrupted_drop_left_is_another_audits_business():
    assert found(database=replace(DATABASE, connection_limit=-2)) == []


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("version_old", {"version": 15}),
        ("prepared_transactions", {"prepared_transactions": 1}),
        ("password_encryption", {"password_encryption": "md5"}),
        ("notify_queue", {"notify_queue_ratio": 0.51}),
        ("weak_logins", {"hba": ("scram-sha-256", "trust")}),
    ],
)
def test_settings_of_the_server(kind, changes):
    assert found(server=replace(SERVER, **changes)) == [(kind, False)]


def test_just_below_each_border_nothing_is_found():
    fine = replace(SERVER, version=16, notify_queue_ratio=0.5, hba=("scram-sha-256", "cert"))
    assert found(server=fine) == []
    assert found(inside=replace(INSIDE, relations=5000)) == []


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("schema_open", {"public_creates": True}),
        ("address_drift", {"base_url": "https://evil.example"}),
        ("address_drift", {"base_url": ""}),
        ("address_thawed", {"base_url_frozen": False}),
        ("many_relations", {"relations": 5001}),
    ],
)
def test_what_a_tenant_sees_inside(kind, changes):
    assert found(inside=replace(INSIDE, **changes)) == [(kind, False)]


def test_a_refused_password_is_set_again_and_an_unseen_one_is_no_finding():
    assert found(inside=Inside(opens=False)) == [("password_changed", True)]
    assert found(inside=Inside()) == []


def test_a_standby_has_no_address_to_drift_from():
    standby = replace(KNOWN, addresses=frozenset())
    assert (
        found(inside=replace(INSIDE, base_url="http://x", base_url_frozen=False), known=standby)
        == []
    )


def test_before_15_schema_and_temporary_files_are_the_superusers_business():
    old = replace(SERVER, version=14)
    role = replace(ROLE, temp_file_limit="")
    assert found(role, server=old, inside=replace(INSIDE, public_creates=True)) == [
        ("version_old", False)
    ]


def test_a_tenant_under_work_is_not_judged():
    wrong = replace(ROLE, strong=("superuser",))
    open_one = replace(DATABASE, public=("CONNECT",))
    busy = replace(KNOWN, busy=True)
    assert found(wrong, open_one, inside=Inside(opens=False), known=busy) == []


@pytest.mark.parametrize(
    ("name", "strong", "is_found"),
    [
        ("saas_node", ("createdb",), True),
        ("saas_monitor", ("superuser",), True),
        ("stranger", ("superuser",), True),
        ("dba", ("superuser", "replication"), False),
        ("harmless", (), False),
    ],
)
def test_strong_roles_are_found_unless_trusted(name, strong, is_found):
    kinds = [kind for kind, _mend in found(more=(RoleRights(name, strong),))]
    assert kinds == (["role_strong"] if is_found else [])


def test_a_provisioner_that_is_superuser_is_found():
    seen = Privileges(SERVER, (), (replace(PROVISIONER, strong=("superuser", "createdb")),))
    (one,) = judge(seen, BASELINE)
    assert (one.kind, one.facts["attributes"]) == ("role_strong", ["superuser"])


def test_a_tenant_that_may_enter_a_foreign_database_is_found():
    seen = Privileges(
        SERVER, (DatabaseRights("postgres", "postgres", (), (OWN, "saas_node")),), (ROLE,)
    )
    (one,) = [one for one in judge(seen, BASELINE, [KNOWN]) if one.what == "database"]
    assert (one.kind, one.facts["roles"], one.mend) == ("foreign_entry", [OWN], False)


def test_findings_come_in_one_order():
    wrong = replace(ROLE, strong=("createdb",), connection_limit=1)
    assert found(wrong) == found(wrong) == [("role_limit", True), ("tenant_strong", True)]


@pytest.mark.parametrize("tail", ["_r7", "_z7"])
def test_a_tenant_may_enter_what_a_restore_made_beside_its_database_and_nobody_else_may(tail):
    other = replace(ROLE, name="t_" + "b" * 26)
    beside = DatabaseRights(OWN + tail, PROVISIONER.name, (), (OWN, other.name))
    (one,) = [
        one
        for one in judge(Privileges(SERVER, (beside,), (ROLE, other)), BASELINE, [KNOWN])
        if one.what == "database"
    ]
    assert (one.kind, one.facts["roles"]) == ("foreign_entry", [other.name])


def test_a_share_of_its_own_is_what_has_to_stand():
    known = replace(KNOWN, connections=6, temp_mb=128)
    role = replace(ROLE, connection_limit=8, temp_file_limit="128MB")
    assert found(role, replace(DATABASE, connection_limit=6), known=known) == []
    kinds = {kind for kind, _mend in found(known=known)}
    assert kinds == {"role_limit", "temp_files", "database_limit"}
