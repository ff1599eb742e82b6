"""A person's browser reduced to links, cookies and forms.

Owns: following and submitting pages of this machine's servers. Does not own: what is filled in.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from .ports import LOOPBACK
from .say import fail

REDIRECTS = {301, 302, 303, 307, 308}


@dataclass
class Form:
    """One form of a page: where it goes and what it carries."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    passwords: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """What came back in the end."""

    url: str
    status: int
    text: str

    @property
    def forms(self) -> list[Form]:
        """The page's forms, in order."""
        reader = _FormReader()
        reader.feed(self.text)
        return reader.forms


class Visitor:
    """Keeps cookies per host; every `*.localhost` name is this machine."""

    def __init__(self) -> None:
        self._cookies: dict[str, dict[str, str]] = {}

    def get(self, url: str) -> Page:
        """Open a page, following redirects."""
        return self._go("GET", url, None)

    def submit(self, page: Page, form: Form, **values: str) -> Page:
        """Send a form with its own fields and the given ones."""
        url = urljoin(page.url, form.action or page.url)
        data = urlencode({**form.fields, **values})
        return self._go("POST", url, data) if form.method == "post" else self.get(f"{url}?{data}")

    def _go(self, method: str, url: str, body: str | None) -> Page:
        for _ in range(10):
            page, target = self._once(method, url, body)
            if target is None:
                return page
            method, url, body = "GET", urljoin(url, target), None
        fail(f"{url} sends its visitor round in circles.")

    def _once(self, method: str, url: str, body: str | None) -> tuple[Page, str | None]:
        address = urlsplit(url)
        host = address.hostname or ""
        if host != LOOPBACK and host.rpartition(".")[2] != "localhost":
            fail(f"{url} leaves this machine.")
        jar = self._cookies.setdefault(host, {})
        headers = {"Host": address.netloc, "Accept": "text/html"}
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(LOOPBACK, _port(url), timeout=60)
        try:
            path = (address.path or "/") + (f"?{address.query}" if address.query else "")
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            fail(f"{url} does not answer: {error}.")
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            jar[name.strip()] = value.strip()
        target = answer.headers.get("Location") if answer.status in REDIRECTS else None
        return Page(url, answer.status, text), target


def _port(url: str) -> int:
    try:
        return urlsplit(url).port or 80
    except ValueError:
        fail(f"{url} is no address.")


class _FormReader(HTMLParser):
    """Collects forms; tolerant of anything else."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self._open)
        elif tag in ("input", "button") and self._open and found.get("name"):
            self._take(found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _take(self, found: dict[str, str]) -> None:
        kind = found.get("type", "text").lower()
        if kind in ("checkbox", "radio") and "checked" not in found:
            return
        self._open.fields[found["name"]] = found.get("value", "on" if kind == "checkbox" else "")
        if kind == "password":
            self._open.passwords.append(found["name"])
