"""The limits of tenants of the cluster in memory.

Owns: numbers and defects (`limits`, `defects` of a database). Does not own: databases and roles
(`cluster.py`).
"""

from collections.abc import Callable
from typing import Any

from ...kernel.errors import Broken
from ...kernel.provisioning.naming import checked
from ...kernel.quota.enforced import NOT_MENDED, Enforced, Seen
from ...kernel.quota.share import Share


class FakeEnforcing:
    """The part of `ClusterPort` that has limits enforced; mixed into `FakeCluster`.

    Of a database, `limits` are users, given room and room that is left, None before they were ever
    put; `defects` are what a tenant did to them; `share` is what the server gives it.
    """

    _about_to: Callable[[str], None]
    _existing: Callable[[str], Any]
    _login: Callable[[str, int], Any]

    def look_at_limits(self, name: str) -> Seen:
        """Tell what stands there."""
        self._about_to("look_at_limits")
        found = self._existing(checked(name))
        if found.limits is None:
            return Seen(("schema_missing",))
        return Seen(tuple(sorted(found.defects)), *found.limits)

    def put_limits(self, name: str, generation: int, wanted: Enforced) -> None:
        """Write the numbers and mend what can be mended."""
        self._about_to("put_limits")
        found = self._existing(checked(name))
        lasting = NOT_MENDED.intersection(found.defects)
        if not lasting and (found.defects or found.limits is None):
            self._login(name, generation)
        room = wanted.storage_room
        kept = found.limits and not found.defects and found.limits[1] == room
        found.limits = (wanted.users, room, found.limits[2] if kept else room)
        found.defects = tuple(sorted(lasting))
        if lasting:
            raise Broken("table_replaced")

    def share_stands(self, name: str, share: Share) -> bool:
        """Compare with what was put last."""
        self._about_to("share_stands")
        return self._existing(checked(name)).share == share

    def put_share(self, name: str, share: Share) -> None:
        """Remember it."""
        self._about_to("put_share")
        self._existing(checked(name)).share = share
