"""Deliver the messages that wait on one chat, in order, until one is not taken.

Whoever is killed between sending and writing down sends that message again: a chat may show it
twice, never lose it.
"""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step
from .posting import post


def _send(ctx: Context) -> Mapping[str, Any]:
    order = ctx.records.call("channel", "messages_due")
    sent = 0
    for one in order["messages"]:
        answer = post(ctx, order, one["body"], {"Saas-Message-Id": one["uid"]})
        ctx.records.call("channel", "message_answered", message_id=one["id"], answer=answer)
        if not answer.received:
            break
        sent += 1
    return {"sent": sent, "waiting": len(order["messages"]) - sent}


DELIVER_ALERTS = Job(
    kind="deliver_alerts",
    label="Deliver Alerts",
    steps=(Step("send", "Send what waits", _send),),
    give_up_seconds=300,
    exclusive=False,
)
