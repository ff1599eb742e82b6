"""Sessions: patches of `odoo.http`.

Owns: a session of another tenant is none here, and is left alone. Does not own: the session store.

Source: `odoo/http.py` (Request._get_session_and_dbname, FilesystemSessionStore.get and rotate).
"""

import threading

from odoo import http

from .context import current_database
from .node import Node

_read_ahead = threading.local()


def install(node: Node) -> None:
    """Forget the cookie of a foreign session: Odoo would log it out and remove its file."""
    http.Request._get_session_and_dbname = _own_session(http.Request._get_session_and_dbname)
    http.FilesystemSessionStore.get = _once(http.FilesystemSessionStore.get)


def _own_session(original):
    def get_session_and_dbname(self):
        sid = self.httprequest._session_id__
        store = http.root.session_store
        if sid and store.is_valid_key(sid):
            session = store.get(sid)
            if session.db and session.db != current_database():
                self.httprequest._session_id__ = None
            else:
                _read_ahead.session = session
        try:
            return original(self)
        finally:
            _read_ahead.session = None

    return get_session_and_dbname


def _once(original):
    """Give what was read a moment ago to who asks for it next, instead of reading it again."""

    def get(self, sid):
        session, _read_ahead.session = getattr(_read_ahead, "session", None), None
        if session is not None and session.sid == sid:
            return session
        return original(self, sid)

    return get
