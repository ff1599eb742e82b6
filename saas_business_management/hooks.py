"""What happens when Odoo loads the addon into a process.

Owns: keeping our routes out of every database but the control database, and switching the gateway
on where `saas_node` is configured. Does not own: the gateway itself (`gateway/install.py`).
"""

import logging

ADDON = "saas_business_management"
_logger = logging.getLogger(__name__)


def post_load() -> None:
    """Take the addon off the list of server-wide modules; on a node, install the gateway.

    May run twice. A node whose gateway cannot be installed ends here: without it tenants would
    share one role and every host name.
    """
    from odoo.tools import config

    from .gateway.json_log import install as speak_json

    _stay_stripped(config)
    speak_json(config)
    if not config.get("saas_node"):
        return
    from .gateway.install import install

    installed = False
    try:
        install(config)
        installed = True
    finally:
        if not installed:  # Odoo goes on without a server-wide module that failed; a node must not.
            _logger.critical("the node does not start", exc_info=True)
            raise SystemExit("saas_node: the gateway could not be installed, see the log")


def strip(config) -> None:
    """Take our name off the list: Odoo serves the routes of server-wide modules on every database.

    The list is replaced, as Odoo may be walking along it.
    """
    modules = config["server_wide_modules"]
    if ADDON in modules:
        config["server_wide_modules"] = [name for name in modules if name != ADDON]


def _stay_stripped(config) -> None:
    """Strip now and whenever the configuration is read again."""
    strip(config)
    if getattr(config, "saas_stripped", False):
        return
    read_again = config._parse_config

    def parse_config(args=None):
        result = read_again(args)
        strip(config)
        return result

    config._parse_config = parse_config
    config.saas_stripped = True
