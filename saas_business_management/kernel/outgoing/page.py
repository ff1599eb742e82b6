"""The address of a page that people type in and the platform calls: an endpoint, a path, a query.

Owns: its form. Does not own: the form of the endpoint and where it may lead (`address.py`).
"""

import re
from dataclasses import dataclass

from ..errors import Refused
from .address import Endpoint, parse_endpoint

MOST_CHARACTERS = 2000
PAGE = re.compile(
    r"(?P<endpoint>https?://[^/?#@\\\s]+)(?P<path>/[\x21\x24-\x3b\x3d\x3f-\x5b\x5d-\x7e]*)?"
)


@dataclass(frozen=True)
class Page:
    """Where a request goes; `path` begins with a slash and may hold a query."""

    endpoint: Endpoint
    path: str

    @property
    def url(self) -> str:
        """The same as programs take it."""
        return self.endpoint.url + self.path

    @property
    def host_header(self) -> str:
        """What the request says it asks for."""
        return self.endpoint.url.partition("://")[2]


def parse_page(text: str, inside_allowed: bool = False) -> Page:
    """Return the page a person typed: without user, fragment, spaces or other than ASCII.

    Raises: Refused (`page_form`, `address_without_tls`, `address_port`).
    """
    found = PAGE.fullmatch(text.strip())
    if not found or len(text) > MOST_CHARACTERS:
        raise Refused("page_form")
    try:
        endpoint = parse_endpoint(found["endpoint"], inside_allowed)
    except Refused as error:
        if error.code == "address_form":
            raise Refused("page_form") from None
        raise
    return Page(endpoint, found["path"] or "/")
