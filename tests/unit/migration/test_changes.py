"""What a version changes in a tenant, and that a customer's own things stay."""

from saas_business_management.kernel.migration.changes import (
    Change,
    Version,
    modules,
    parameters,
    unfinished,
)

FORMER = Version(("crm", "sale"), {"base": "1", "crm": "1", "sale": "1"}, "a")
WANTED = Version(("crm", "stock"), {"base": "1", "crm": "2", "stock": "1"}, "b")
THERE = {
    "base": ("installed", "1"),
    "crm": ("installed", "1"),
    "sale": ("installed", "1"),
    "own": ("installed", "7"),
    "stock": ("uninstalled", ""),
}


def test_modules_are_added_updated_and_removed():
    assert modules(THERE, FORMER, WANTED) == Change(("stock",), ("crm",), ("sale",))


def test_what_the_customer_installed_stays_and_is_not_touched():
    change = modules(THERE, FORMER, WANTED)
    assert "own" not in (*change.install, *change.update, *change.remove)


def test_a_second_time_there_is_nothing_to_do():
    there = {**THERE, "crm": ("installed", "2"), "stock": ("installed", "1")}
    there["sale"] = ("uninstalled", "")
    assert modules(there, WANTED, WANTED) == Change((), (), ())


def test_a_module_that_another_one_still_needs_is_not_removed():
    wanted = Version(("crm",), {"base": "1", "crm": "1", "sale": "1"}, "a")
    assert modules(THERE, FORMER, wanted) == Change((), (), ())


def test_changed_code_without_a_new_number_updates_everything_of_the_version():
    wanted = Version(("crm", "sale"), FORMER.modules, "b")
    assert modules(THERE, FORMER, wanted) == Change((), ("base", "crm", "sale"), ())


def test_without_a_former_version_nothing_is_removed():
    assert modules(THERE, None, WANTED).remove == ()


def test_half_done_modules_are_found():
    there = {"crm": ("to upgrade", "1"), "sale": ("to remove", "1"), "base": ("installed", "1")}
    assert unfinished(there) == ["crm", "sale"]


def test_only_settings_that_the_template_changed_are_written():
    former, wanted = {"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9", "d": "4"}
    assert parameters(former, wanted) == {"b": "9", "d": "4", "c": None}
    assert parameters(wanted, wanted) == {}
