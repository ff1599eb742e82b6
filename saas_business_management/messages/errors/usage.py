"""Sentences of errors about usage events, revenue shares, signatures."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Usage
    "batch_too_large": _lt(
        "A batch of %(items)s events was not taken: send at most %(most)s at once. Nothing of it "
        "was stored."
    ),
    "meter_kind_unknown": _lt("“%(kind)s” is no way to add up usage. Choose one of the list."),
    "meter_property_missing": _lt(
        "A meter that counts different values needs the name of the property. Enter it."
    ),
    "meter_period_missing": _lt(
        "A level weighted by time needs the period it is measured over. Nothing was computed."
    ),
    "event_void": _lt(
        "Event “%(event)s” is void, so it cannot be corrected. Send a new event with a new id."
    ),
    "correction_reused": _lt(
        "Correction “%(correction)s” was used for something else before. Nothing was changed. Use "
        "a new id for a new correction."
    ),
    # Questions of business meters
    "question_empty": _lt("The meter has no question. Enter one SELECT that returns one number."),
    "question_long": _lt("The question is too long: %(most)s characters are the most. Shorten it."),
    "question_not_select": _lt(
        "A question begins with SELECT and is that one statement. It was not stored."
    ),
    "question_mark": _lt(
        "“%(mark)s” cannot be part of a question: no semicolons, comments, double quotes or dollar "
        "signs. Correct it."
    ),
    "question_word": _lt(
        "“%(word)s” cannot stand in a question: it only reads, by one SELECT. Correct it."
    ),
    "question_function": _lt(
        "“%(function)s” cannot be called in a question. Use the functions that the help lists."
    ),
    "question_parameter": _lt(
        "A question has no parameter “%(parameter)s”. Use since, until, now or month_ago."
    ),
    "question_table": _lt(
        "“%(word)s” is no table of the tenant. Write tables as public.sale_order."
    ),
    "question_rows": _lt(
        "The question of a meter returned more than one row, so nothing was counted. Correct it."
    ),
    "question_nothing": _lt(
        "The question of a meter returned no number, so nothing was counted. Correct it."
    ),
    "counts_missing": _lt(
        "No node of the cluster has told what it counted for minutes. Look whether it runs."
    ),
    # A file of usage
    "sheet_large": _lt(
        "The file has more than %(most)s bytes, so nothing was read. Split it into smaller ones."
    ),
    "sheet_encoding": _lt(
        "The file is no text in UTF-8, so nothing was read. Save it as CSV in UTF-8."
    ),
    "sheet_empty": _lt("The file has no line below its heading. Nothing was read."),
    "sheet_columns": _lt(
        "The first line names no column %(missing)s, so nothing was read. It has to name these: "
        "%(wanted)s."
    ),
    "sheet_lines": _lt(
        "The file has more than %(most)s lines, so nothing was read. Split it into smaller ones."
    ),
    "sheet_form": _lt(
        "Line %(line)s is no CSV: a quotation mark is missing or too many. Nothing was read. "
        "Correct that line."
    ),
    "sheet_moment": _lt(
        "“%(text)s” under “%(name)s” is no day and no moment. Write 2026-03-01 or 2026-03-01 14:30."
    ),
    "sheet_reversed": _lt(
        "It is until %(end)s, which is not after %(start)s. “Until” is the first moment that is "
        "not counted."
    ),
    "sheet_quantity": _lt(
        "“%(text)s” is no quantity. Write it with a decimal point and without separators of "
        "thousands: 12400.5."
    ),
    "sheet_key": _lt("The key has more than %(most)s characters. Use a shorter one."),
    "sheet_subscription": _lt(
        "No subscription has the number “%(text)s” in this company. Copy it from Billing › "
        "Subscriptions."
    ),
    "sheet_meter": _lt(
        "No meter has the code “%(text)s”. Copy it from Configuration › Limits › Meters."
    ),
    "sheet_not_begun": _lt(
        "%(subscription)s had not begun by then. Correct the days or the subscription."
    ),
    "usage_after_end": _lt(
        "%(subscription)s ended after %(day)s, and this is later. Correct the days, or name the "
        "subscription that came after it."
    ),
    "sheet_future": _lt("It is until %(end)s, which is still to come. Import it afterwards."),
    "sheet_repeated": _lt(
        "Line %(line)s has the same key. Remove one of them, or put their quantities together."
    ),
    "sheet_known": _lt(
        "Key “%(key)s” was imported before with something else (quantity %(quantity)s). To correct "
        "it, import the difference under a new key, with a minus sign to take off."
    ),
    "sheet_wrong": _lt(
        "%(count)s lines are wrong, the first is line %(line)s. Nothing was imported. Check the "
        "file and correct them."
    ),
    # Partners and webhooks
    "share_tiers_empty": _lt("The revenue share has no bands. Add at least one without an end."),
    "share_tiers_open": _lt(
        "The last band of a revenue share has no end, and all others have one. Correct the bands."
    ),
    "share_tiers_order": _lt(
        "The bands of a revenue share have to grow from one to the next. Correct their ends."
    ),
    "share_credit_without_base": _lt(
        "An invoice over nothing cannot be credited, so no share was taken back. Choose another "
        "invoice."
    ),
    "backoff_seconds": _lt(
        "The first waiting time has to be above zero, not above the longest, and that not above "
        "the time of all tries. Correct them."
    ),
    "replay_times": _lt("Choose how often the event is to be sent again: once or more."),
    "signature_without_secret": _lt(
        "The endpoint has no secret, so nothing was sent to it. Make one."
    ),
}
