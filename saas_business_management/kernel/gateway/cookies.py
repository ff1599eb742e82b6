"""Cookies that another host of the same parent name could plant or read.

Owns: the session cookie when there are several, the attribute that widens a cookie. Does not own:
sessions.

Source: RFC 6265bis, 5.6.3 (Domain attribute) and 5.8 (order of cookies is not to be relied on).
"""

SESSION = "session_id"


def without_rival_sessions(header: str) -> str | None:
    """Return a Cookie header without session cookies when there are different ones, else None.

    Which of two is the visitor's own cannot be told, so he is nobody.
    """
    pieces = header.split(";")
    named = [(piece.partition("=")[0].strip(), piece) for piece in pieces]
    values = {piece.partition("=")[2].strip() for name, piece in named if name == SESSION}
    if len(values) < 2:
        return None
    return ";".join(piece for name, piece in named if name != SESSION).strip()


def own_host_only(header: str) -> str:
    """Return a Set-Cookie header that is for the host alone which sets it."""
    kept, *attributes = header.split(";")
    narrow = [one for one in attributes if one.partition("=")[0].strip().lower() != "domain"]
    return header if len(narrow) == len(attributes) else ";".join((kept, *narrow))
