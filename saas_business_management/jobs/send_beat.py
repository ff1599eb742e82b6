"""Send the sign of life to an outside watcher: its absence is the alarm for a dead control plane.

An answer that does not come is written down; the operation does not fail for it, the next one is a
minute away.
"""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step
from .posting import post


def _send(ctx: Context) -> Mapping[str, Any]:
    order = ctx.records.call("watch", "beat_due")
    answer = post(ctx, order, b"{}")
    ctx.records.call("watch", "beat_answered", answer=answer)
    return {"received": answer.received}


SEND_BEAT = Job(
    kind="send_beat",
    label="Send Sign of Life",
    steps=(Step("send", "Send it", _send),),
    give_up_seconds=60,
    exclusive=False,
)
