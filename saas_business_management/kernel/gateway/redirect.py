"""Whether a visitor of one host name is sent to the primary one of the same tenant.

Owns: who is sent and who is served where he is. Does not own: the address and the bytes of the
answer (`gateway/pages.py`), which name is primary (control plane).
"""

from .kind import Kind
from .route import Route, RouteMap

METHODS = ("GET", "HEAD")
# Asked for by pages, programs and providers that came by the other name; nobody reads its address.
_KEPT = ("/web/assets/", "/web/image", "/web/content", "/web/webhook/", "/saas/", "/.well-known/")


def redirect_of(routes: RouteMap, route: Route, kind: Kind, method: str, path: str) -> str:
    """Return the host name to send a visitor to, or an empty text to serve him here.

    Only a name of the same database that serves and sends nobody on: no chain and no circle,
    whatever the rows say.
    """
    if not route.redirect or kind is not Kind.PAGE or method not in METHODS:
        return ""
    if path.startswith(_KEPT):
        return ""
    target = routes.by_host.get(route.redirect)
    if target is None or target is route or target.database != route.database:
        return ""
    return target.host if target.serving and not target.redirect else ""
