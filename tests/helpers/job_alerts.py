"""Messages about alerts and the sign of life in memory, as their jobs change them."""

from typing import Any

from saas_business_management.kernel.secret import Secret
from tests.helpers.job_rows import LinkedRecords

CHAT = "https://hooks.example.com/chat"
WATCHER = "https://watcher.example.com/ping"


class AlertRecords(LinkedRecords):
    """The part of `MemoryRecords` for alerting: what was taken waits no more."""

    def _channel_messages_due(self) -> dict[str, Any]:
        waiting = [
            {"id": number, "uid": f"msg_{number}", "body": b"{}"}
            for number, row in sorted(self._rows["messages"].items())
            if row["state"] == "waiting"
        ]
        return {"url": Secret(CHAT), "inside_allowed": False, "messages": waiting}

    def _channel_message_answered(self, message_id: int, answer: Any) -> None:
        if answer.received:
            self._rows["messages"][message_id]["state"] = "delivered"

    def _watch_beat_due(self) -> dict[str, Any]:
        return {"url": Secret(WATCHER), "inside_allowed": False}

    def _watch_beat_answered(self, answer: Any) -> None:
        self._rows["watch"]["heard"] = answer.received
