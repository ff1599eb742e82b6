"""Sentences about webhooks: addresses, receivers, events, replays."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "webhook_name": _lt("Give the webhook a name, such as the system that listens."),
    "webhook_no_kind": _lt("Choose one event at least that the webhook is told."),
    "webhook_enough": _lt(
        "An account can have %(count)s webhooks of its own. Remove one before you add another."
    ),
    "webhook_tests_enough": _lt("Enough tests were sent for an hour. Look at their answers first."),
    "page_form": _lt(
        "This is no address events can be sent to: write one such as "
        "https://example.com/webhooks, without user, spaces or #."
    ),
    "header_form": _lt(
        "The header %(name)s has letters that no header may have. Nothing was sent. Look at the "
        "kind and the secret of this webhook."
    ),
    "receiver_slow": _lt(
        "The receiver took longer than 15 seconds. The event is kept and sent again by itself. It "
        "should answer at once and work afterwards."
    ),
    "receiver_silent": _lt(
        "The receiver ended the connection without an answer. The event is kept and sent again by "
        "itself."
    ),
    "receiver_garbled": _lt(
        "What the receiver answered is no HTTP. The event is kept and sent again by itself. Check "
        "the address."
    ),
    "receiver_refuses": _lt(
        "The receiver answered %(status)s. The event is kept and sent again by itself. It counts "
        "as received with an answer from 200 to 299."
    ),
    "receiver_redirects": _lt(
        "The receiver answered %(status)s and sends us elsewhere, which we never follow. Enter the "
        "address it leads to."
    ),
    "cut_off": _lt(
        "We were stopped while it was sent, so nobody knows whether it arrived. It is sent again "
        "under the same id."
    ),
    "event_kind": _lt("“%(told)s” is no kind of event, so nothing was told."),
    "event_too_long": _lt(
        "An event of %(size_bytes)s is longer than the %(most_bytes)s an event may have, so it was "
        "not told."
    ),
    "event_value": _lt(
        "An event holds a value that cannot be told (%(told)s). Nothing was told. This is a fault "
        "of the product: send us what the log says."
    ),
}
