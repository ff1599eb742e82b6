"""Write the pages that are made from code: `python -m tests.architecture.regenerate`."""

from collections.abc import Callable
from pathlib import Path

from tests import bare

from .routes import routes
from .scan import ADDON


def pages() -> dict[Path, Callable[[], str]]:
    """Return every generated page with what makes its text."""
    bare.install()
    from saas_business_management.kernel.lifecycle import diagram
    from saas_business_management.kernel.portal import openapi

    from . import alert_rules

    return {
        ADDON / "docs" / "lifecycle.md": diagram.document,
        ADDON / "docs" / "alert_rules.md": alert_rules.document,
        ADDON / "static" / "api" / "openapi.json": lambda: openapi.document(
            openapi.Page(**route) for route in routes()
        ),
    }


def main() -> None:
    """Write all pages."""
    for path, make in pages().items():
        path.write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
