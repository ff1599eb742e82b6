"""Drills take a whole installation, as the acceptance tests do."""

from tests.acceptance.conftest import browser, page, provider

__all__ = ("browser", "page", "provider")
