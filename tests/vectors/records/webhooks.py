"""Webhooks: the signature a delivery is sent with, tries that are refused, an event sent again."""

from saas_business_management.kernel.integration import signature
from tests.helpers.webhook_stage import emitted, key_file, receiver, refuse, sent
from tests.vectors.reading import each
from tests.vectors.webhooks import secrets_of

from .registry import plays

SOME_DAY = "2027-05-01"
GIVEN = ("base_seconds", "cap_seconds", "horizon_seconds")


def parcel_of(stage, asked):
    """Return what a delivery with this body sends at its second."""
    endpoint = receiver(stage, [one.reveal() for one in secrets_of(asked)])
    body = {"payload": asked["body"]} if "body" in asked else {}
    return sent(emitted(stage, endpoint, **body).delivery_ids, asked["timestamp"])


@plays("webhook_sign")
def webhook_sign(stage, asked):
    with key_file(stage):
        return {"header": parcel_of(stage, asked).headers[signature.HEADER]}


@plays("webhook_verify")
def webhook_verify(stage, asked):
    """What the product sent is checked as a receiver does: no record of ours receives."""
    if "header" in asked:
        return None
    with key_file(stage):
        parcel = parcel_of(stage, asked)
    header, secrets = parcel.headers[signature.HEADER], secrets_of(asked)
    tolerance = asked.get("tolerance", signature.TOLERANCE_SECONDS)
    found = [
        signature.verify(header, parcel.body, secrets, now, tolerance) for now in each(asked, "now")
    ]
    return {"valid": found if isinstance(asked["now"], list) else found[0]}


@plays("webhook_backoff")
def webhook_backoff(stage, asked):
    """Webhooks have the waiting times of the product: the others are a rule alone."""
    stage.go_to(SOME_DAY)
    with key_file(stage):
        row = emitted(stage, receiver(stage, ["any"])).delivery_ids
        waits = []
        while row.state == "waiting":
            waits.append(refuse(stage, row))
    # From the longest one on they grow no more.
    growing = dict.fromkeys(one for one in waits if one)
    return {"first_delays": list(growing), "state_after_horizon": row.state}


@plays("webhook_replay")
def webhook_replay(stage, asked):
    with key_file(stage):
        endpoint = receiver(stage, ["any"])
        event = emitted(stage, endpoint, uid=asked["event_id"])
        for _time in range(asked["times"]):
            event.delivery_ids[:1].sudo()._put({"state": "delivered"})
            event.delivery_ids[:1].action_send_again()
        rows = event.delivery_ids.sorted("number")
        return {"event_ids": [sent(row).headers["Saas-Event-Id"] for row in rows]}
