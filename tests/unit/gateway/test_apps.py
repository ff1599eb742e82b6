"""What an app of the plan brings along, and what not."""

import pytest

from saas_business_management.kernel.gateway.apps import Module, needed, permitted


def module(*needs: str, triggers=None, **more) -> Module:
    return Module(
        needs=frozenset(needs),
        auto_install=triggers is not None,
        triggers=frozenset(triggers or ()),
        **more,
    )


APP = {"application": True}
MODULES = {
    "base": module(present=True),
    "mail": module("base", present=True, **APP),
    "resource": module("base"),
    "resource_mail": module("resource", "mail", triggers=["resource", "mail"]),
    "hr": module("resource_mail", **APP),
    "calendar": module("mail", **APP),
    "hr_holidays": module("hr", "calendar", "resource", **APP),
    "hr_calendar": module("hr", "calendar", "glue", triggers=["hr", "calendar"]),
    "glue": module("base"),
    "stray": module("base"),
    "circle": module("circle2"),
    "circle2": module("circle"),
}


@pytest.mark.parametrize(
    ("allowed", "more"),
    [
        ([], []),
        (["calendar"], ["calendar"]),
        (["hr"], ["hr", "resource", "resource_mail"]),
        # Apps have to be named; what they need may come before they are.
        (["hr_holidays"], ["hr_holidays", "resource", "resource_mail", "glue", "hr_calendar"]),
        (
            ["hr", "calendar"],
            ["hr", "calendar", "resource", "resource_mail", "glue", "hr_calendar"],
        ),
        (["circle"], ["circle", "circle2"]),
        (["unknown"], ["unknown"]),
    ],
)
def test_what_may_be_installed(allowed, more):
    assert permitted(MODULES, frozenset(allowed)) == {"base", *more}


def test_what_is_there_brings_along_what_a_new_version_of_it_needs():
    modules = {"base": module("news", present=True), "news": module()}
    assert permitted(modules, frozenset()) == {"base", "news"}


def test_an_app_that_odoo_installs_by_itself_comes_along():
    modules = {"a": module(**APP), "b": module("a", triggers=["a"], **APP)}
    assert permitted(modules, frozenset({"a"})) == {"a", "b"}
    assert permitted(modules, frozenset()) == set()


def test_needs_are_followed_to_the_end():
    assert needed(MODULES, ["hr"]) == {"hr", "resource_mail", "resource", "mail", "base"}
