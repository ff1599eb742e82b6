"""The pictures are taken with the browser of the acceptance tests."""

from tests.acceptance.conftest import browser

__all__ = ["browser"]
