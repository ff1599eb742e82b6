"""Sentences about wallets and their accounts."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "no_wallet_account": _lt(
        "%(company)s has no account of prepaid money, so no top-up was made. Choose one in the "
        "settings of SaaS Management, under Wallets."
    ),
    "no_wallet_journal": _lt(
        "%(company)s has no journal of wallets, so nothing was booked. Choose one in the settings "
        "of SaaS Management, under Wallets."
    ),
    "no_breakage_account": _lt(
        "%(company)s has no account of expired prepaid money, so what has expired stays in the "
        "wallets. Choose one in the settings of SaaS Management, under Wallets."
    ),
    "topup_incomplete": _lt(
        "A scheduled top-up needs an amount above zero and its first day. Enter both."
    ),
}
