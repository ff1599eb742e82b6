"""What an answer of a payment provider means: no, no for ever, or nobody knows.

Owns: reading the words of a decline and the status of an answer. Does not own: what follows from it
(`charging.py`), calling the provider (Odoo's `payment`).

Source: https://docs.stripe.com/declines/codes; Odoo's `payment_provider.py`, `_send_api_request`.
"""

import re

from .charging import DECLINED, HARD_DECLINE

# The same means of payment will never work again, or somebody would be harmed by trying.
HARD_CODES = frozenset(
    {
        *("account_closed", "authentication_not_handled", "card_not_supported"),
        *("currency_not_supported", "expired_card", "fraudulent", "incorrect_number"),
        *("invalid_account", "invalid_expiry_month", "invalid_expiry_year", "lost_card"),
        *("merchant_blacklist", "new_account_information_available", "no_action_taken"),
        *("pickup_card", "restricted_card", "revocation_of_all_authorizations"),
        *("revocation_of_authorization", "stolen_card", "stop_payment_order"),
    }
)
_WORD = re.compile(r"[a-z][a-z_]*[a-z]")
# Asked again later, too many at once, two at the same time: the money may have moved all the same.
_UNCLEAR_STATUS = frozenset({408, 409, 425, 429})
_FIRST_SERVER_FAULT = 500


def decline_kind(message: str) -> str:
    """Return whether a decline is one for good, by a code of the provider in its message."""
    words = set(_WORD.findall(message.lower()))
    return HARD_DECLINE if words & HARD_CODES else DECLINED


def answer_unclear(status: int | None) -> bool:
    """Tell whether an HTTP status leaves open what became of a charge; None means no answer."""
    return status is None or status >= _FIRST_SERVER_FAULT or status in _UNCLEAR_STATUS
