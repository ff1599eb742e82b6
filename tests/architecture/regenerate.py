"""Write the pages that are made from code: `python -m tests.architecture.regenerate`."""

from collections.abc import Callable
from pathlib import Path

from tests import bare

from .scan import ADDON


def pages() -> dict[Path, Callable[[], str]]:
    """Return every generated page with what makes its text."""
    bare.install()
    from saas_business_management.kernel.lifecycle import diagram

    return {ADDON / "docs" / "lifecycle.md": diagram.document}


def main() -> None:
    """Write all pages."""
    for path, make in pages().items():
        path.write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
