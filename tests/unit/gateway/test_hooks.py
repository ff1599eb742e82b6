"""Our name leaves the list of server-wide modules and stays away."""

import sys
import types

import pytest

from saas_business_management import hooks


class Config(dict):
    """As much of Odoo's configuration as the hook sees."""

    def __init__(self, **options):
        super().__init__(options)
        self.read = dict(options)

    def _parse_config(self, args=None):
        self.update(self.read)
        return "parsed"


@pytest.fixture
def loaded(monkeypatch):
    """Runs the hook with a configuration in Odoo's place."""

    def load(config):
        tools = types.ModuleType("odoo.tools")
        tools.config = config
        monkeypatch.setitem(sys.modules, "odoo", types.ModuleType("odoo"))
        monkeypatch.setitem(sys.modules, "odoo.tools", tools)
        hooks.post_load()

    return load


def config():
    return Config(server_wide_modules=["base", "rpc", "web", hooks.ADDON])


def test_the_name_is_gone_and_the_old_list_untouched(loaded):
    given = config()
    old = given["server_wide_modules"]
    loaded(given)
    assert given["server_wide_modules"] == ["base", "rpc", "web"]
    assert old[-1] == hooks.ADDON, "Odoo may be walking along it"


def test_it_stays_gone_when_the_configuration_is_read_again(loaded):
    given = config()
    loaded(given)
    loaded(given)
    assert given._parse_config(["--x"]) == "parsed"
    assert hooks.ADDON not in given["server_wide_modules"]


def test_without_our_name_nothing_changes(loaded):
    given = Config(server_wide_modules=["base", "web"])
    old = given["server_wide_modules"]
    loaded(given)
    assert given["server_wide_modules"] is old


def test_a_node_whose_gateway_fails_ends(loaded, monkeypatch, caplog):
    broken = types.ModuleType("install")

    def install(config):
        raise ValueError("no good")

    broken.install = install
    monkeypatch.setitem(sys.modules, "saas_business_management.gateway.install", broken)
    given = config()
    given["saas_node"] = "local"
    with pytest.raises(SystemExit):
        loaded(given)
    assert "the node does not start" in caplog.text
