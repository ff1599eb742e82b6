"""Switching the gateway on in an Odoo process.

Owns: reading the node's configuration, the order of the patches. Does not own: the patches, one
file each (`install_….py`), and what they call.
"""

import logging
import sys
from pathlib import Path

from odoo.modules.module import Manifest, load_openerp_module

from ..kernel.errors import Refused
from ..kernel.gateway.decide import SPARE_CONNECTIONS
from ..kernel.gateway.host import parse_networks
from . import (
    install_apps,
    install_code,
    install_counts,
    install_cron_turns,
    install_expression_events,
    install_expressions,
    install_http,
    install_login,
    install_refusals,
    install_registry,
    install_restricted,
    install_rpc,
    install_server,
    install_sessions,
    install_sql,
    install_users,
    install_websocket,
)
from .agent import FULL_READ_SECONDS
from .journal import SLOW_SECONDS, JournalHandler
from .metrics import read_token
from .node import Node, Settings
from .secret_file import NodeSecrets, read_secret_file

_logger = logging.getLogger(__name__)
_installed: list[Node] = []
PARTS = (
    install_sql,
    install_registry,
    install_http,
    install_sessions,
    install_login,
    install_rpc,
    install_counts,
    install_cron_turns,
    install_websocket,
    install_server,
    install_expression_events,
    install_code,
    install_restricted,
    install_apps,
    install_refusals,
    install_users,
)


def install(config) -> Node:
    """Read the secret file and the last map and put every patch in place, once.

    Raises: Refused when the configuration or the secret file cannot be used.
    """
    if _installed:
        return _installed[0]
    settings = _settings(config)
    path = _required(config, "saas_secret_file")
    secrets = read_secret_file(path, settings.key)
    _warn_of_few_connections(settings, secrets)
    node = Node(settings, secrets, lambda: read_secret_file(path, settings.key))
    node.cache.load_copy()
    for part in PARTS:
        part.install(node)
    install_expressions.install()
    logging.getLogger().addHandler(JournalHandler(node.journal))
    _installed.append(node)
    preload(config.get("saas_preload") or "")
    _logger.info("node %s: the gateway is installed", settings.key)
    return node


def preload(names: str) -> None:
    """Import the code of these modules and what they need, so that no visitor waits for it."""
    for name in [word.strip() for word in names.split(",") if word.strip()]:
        _load_with_needs(name, set())


def _load_with_needs(name: str, seen: set[str]) -> None:
    manifest = Manifest.for_addon(name)
    if manifest is None:
        _logger.error("saas_preload: there is no module %s", name)
        return
    for needed in manifest["depends"]:
        if needed not in seen:
            seen.add(needed)
            _load_with_needs(needed, seen)
    if f"odoo.addons.{name}" not in sys.modules:
        load_openerp_module(name)


def _settings(config) -> Settings:
    try:
        proxies = parse_networks(config.get("saas_trusted_proxies") or "")
    except ValueError:
        raise Refused("option_invalid", option="saas_trusted_proxies") from None
    workers = int(config["workers"] or 0)
    return Settings(
        key=config["saas_node"],
        data_folder=Path(config["data_dir"]),
        # Prefork has one evented process beside its workers, and each process counts for itself.
        processes=workers + 1,
        proxy_mode=bool(config["proxy_mode"]),
        trusted_proxies=proxies,
        full_read_seconds=float(config.get("saas_full_read_seconds") or FULL_READ_SECONDS),
        slow_seconds=float(config.get("saas_slow_seconds") or SLOW_SECONDS),
        metrics_token=read_token(config.get("saas_metrics_token_file") or ""),
    )


def _warn_of_few_connections(settings: Settings, secrets: NodeSecrets) -> None:
    needed = settings.processes + SPARE_CONNECTIONS
    if secrets.connections_per_tenant < needed:
        _logger.warning(
            "%s processes may use more connections than the %s a tenant has: %s are needed",
            settings.processes,
            secrets.connections_per_tenant,
            needed,
        )


def _required(config, option: str) -> str:
    value = config.get(option)
    if not value:
        raise Refused("option_missing", option=option)
    return value
