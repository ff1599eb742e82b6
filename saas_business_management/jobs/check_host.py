"""Look at the records of an own host name, have the records decide, and look at its certificate."""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import Broken, Unavailable
from ..kernel.hosts.own_host import proof_name
from .base import Context, Job, Step


def _look(ctx: Context) -> Mapping[str, Any]:
    """Ask the name servers; no answer is a result, too: it is looked at again later."""
    host, target, dns = ctx.spec["host"], ctx.spec["target"], ctx.ports.dns
    try:
        seen = {
            "aliases": list(dns.aliases(host)),
            "addresses": list(dns.addresses(host)),
            "texts": list(dns.texts(proof_name(host))),
            "target_addresses": list(dns.addresses(target)),
        }
    except Unavailable as error:
        ctx.log(f"no name server answers: {error}")
        seen = None
    return {"seen": seen}


def _judge(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call(
        "tenant", "host_judged", host_id=ctx.spec["host_id"], seen=ctx.facts["seen"]
    )


def _certificate(ctx: Context) -> None:
    """Look at the certificate as a browser would; the proxy may still be getting it."""
    try:
        look = ctx.ports.public_door.look(ctx.spec["host"])
        state = "trusted" if look.trusted else "untrusted"
        found = {"state": state, "until": look.certificate_until.isoformat()}
    except Unavailable:
        found = {"state": "unknown", "until": ""}
    except Broken as error:
        found = {"state": "none" if error.code == "certificate_refused" else "unknown", "until": ""}
    ctx.records.call("tenant", "host_certificate", host_id=ctx.spec["host_id"], **found)


def _is_served(ctx: Context) -> bool:
    return bool(ctx.spec["tls"] and ctx.facts.get("holds"))


CHECK_HOST = Job(
    kind="check_host",
    label="Check Host Name",
    steps=(
        Step("look", "Look up its records", _look),
        Step("judge", "Compare them with what they should be", _judge),
        Step("certificate", "Look at its certificate", _certificate, when=_is_served),
    ),
)
