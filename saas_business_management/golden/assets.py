"""Phase `assets`: what a visitor loads first is built beforehand, and everything is looked over.

Owns: bundles, the first page, the last check, the report. Does not own: the seal (`adapters/`).
"""

import re
import shutil
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import odoo.http
import werkzeug.test
from odoo.api import Environment
from odoo.sql_db import db_connect

from .base import BASE_MODULES, active_languages
from .database import PhaseFailed, check_states, records
from .modules import installed_modules

# (bundle, style sheet, script, prefixed for old print engines): what people meet, no test bundles.
BUNDLES = (
    ("web.assets_frontend", True, False, False),
    ("web.assets_frontend_minimal", False, True, False),
    ("web.assets_frontend_lazy", False, True, False),
    ("web.assets_web", True, True, False),
    ("web.assets_web_print", True, False, False),
    ("web.assets_backend_lazy", True, True, False),
    ("web.chartjs_lib", False, True, False),
    ("web.report_assets_common", True, True, False),
    ("web.report_assets_common", True, False, True),
    ("web.report_assets_pdf", True, True, True),
    ("bus.websocket_worker_assets", False, True, False),
)
LOGIN = "/web/login"
BUNDLE_LINK = re.compile(r"""["'](/web/assets/[^"']+)["']""")


def build_assets(database: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Build the bundles, serve the login page once, check every module, report what was made."""
    check_states(database, [*BASE_MODULES, *spec.get("modules", ())])
    with records(database) as env:
        for bundle in BUNDLES:
            for right_to_left in _directions(env):
                _build(env, *bundle, right_to_left)
    login_page_bytes = check_login_page(database)
    _vacuum(database)
    with records(database) as env:
        return {**_report(env), "login_page_bytes": login_page_bytes}


def _directions(env: Environment) -> list[bool]:
    """Return the writing directions to build for; mirrored style sheets need the program rtlcss."""
    found = set(env["res.lang"].search([]).mapped("direction"))
    return [False, True] if "rtl" in found and shutil.which("rtlcss") else [False]


def _build(
    env: Environment, name: str, style: bool, script: bool, prefixed: bool, right_to_left: bool
) -> None:
    bundle = env["ir.qweb"]._get_asset_bundle(
        name, css=style, js=script, rtl=right_to_left, autoprefix=prefixed
    )
    if style and bundle.stylesheets:
        bundle.css()
        if bundle.css_errors:
            raise PhaseFailed(f"style sheet {name} cannot be built: {bundle.css_errors[0]}")
    if script and not right_to_left and bundle.javascripts:
        bundle.js()


def check_login_page(database: str) -> int:
    """Render the login page and fetch its bundles as a visitor would; return the page's size."""
    client = werkzeug.test.Client(odoo.http.root)
    page = _get(client, database, LOGIN)
    links = sorted(set(BUNDLE_LINK.findall(page.get_data(as_text=True))))
    if not links:
        raise PhaseFailed("the login page has no style sheet and no script")
    for link in links:
        _get(client, database, link)
    return len(page.get_data())


def _get(client: werkzeug.test.Client, database: str, path: str) -> Any:
    # Named by header, the request leaves no session behind.
    answer = client.get(
        path, headers={"X-Odoo-Database": database}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    )
    if answer.status_code != 200:
        raise PhaseFailed(f"{path.partition('?')[0]} answered with status {answer.status_code}")
    return answer


def _vacuum(database: str) -> None:
    """Leave no work for the autovacuum of every copy, and good statistics for its first query."""
    with closing(db_connect(database).cursor()) as cr:
        cr._cnx.autocommit = True
        cr.execute("VACUUM (FREEZE, ANALYZE)")
        cr._cnx.autocommit = False


def _report(env: Environment) -> dict[str, Any]:
    admin, company = env.ref("base.user_admin"), env.ref("base.main_company")
    return {
        "modules": installed_modules(env),
        "admin_user_id": admin.id,
        "admin_partner_id": admin.partner_id.id,
        "company_id": company.id,
        "company_partner_id": company.partner_id.id,
        "languages": active_languages(env),
    }
