"""Visits of support in memory, as jobs change them."""

from typing import Any

from saas_business_management.kernel.errors import Refused
from tests.helpers.job_rows import LinkedRecords


class SupportRecords(LinkedRecords):
    """The part of `MemoryRecords` for support."""

    def _support_ready(self) -> dict[str, Any]:
        support = self._linked("support")
        if support["state"] != "allowed":
            raise Refused("support_move", state=support["state"])
        support["login"] = support["login"] or "support-000000000001"
        guest = {"login": support["login"], "name": "Support (Bob)", "email": "bob@example.com"}
        return {**self._support_place(), "guest": {**guest, "settings": False}}

    def _support_enter(self, user: int, partner: int) -> None:
        support = self._linked("support")
        if support["state"] != "allowed":
            raise Refused("support_move", state=support["state"])
        support |= {"state": "inside", "user": user, "partner": partner}
        self._rows["mails"].append(("support entered", support["login"]))

    def _support_not_entered(self) -> None:
        self._rows["events"].append(("support_not_entered", self._job["error_code"]))

    def _support_leave(self) -> dict[str, Any]:
        support = self._linked("support")
        return {**self._support_place(), "login": support["login"], "user": support["user"]}

    def _support_left(self, users_made: int) -> None:
        support = self._linked("support")
        if support["state"] == "leaving":
            support |= {"state": "over", "users_made": users_made}
            self._rows["mails"].append(("support left", support["login"]))

    def _support_place(self) -> dict[str, Any]:
        name = self._rows["tenants"][self._linked("support")["tenant"]]["database"]
        return {"database": name, "generation": self._rows["databases"][name]["generation"]}
