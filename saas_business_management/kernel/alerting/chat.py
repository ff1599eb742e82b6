"""A message to a chat that takes what Slack takes: one JSON object with a text and one attachment.

Owns: its form, escaping, lengths. Does not own: the words (`models/`), sending.
Source: api.slack.com, "Formatting text for app surfaces" and "Reference: Secondary message
attachments".
"""

import json
from collections.abc import Sequence

COLORS = {"critical": "#b42318", "warning": "#b54708", "ended": "#067647"}
MOST_LINES = 20
MOST_LETTERS = 300


def payload(title: str, lines: Sequence[str], tone: str, url: str = "", label: str = "") -> bytes:
    """Return the body of a message; `tone` is a severity or `ended`, `label` names the link."""
    shown = [_safe(one) for one in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append("…")
    if url:
        shown.append(f"<{url}|{_safe(label or url)}>")
    head = _safe(title)
    part = {
        "color": COLORS.get(tone, COLORS["warning"]),
        "fallback": head,
        "mrkdwn_in": [],
        "text": "\n".join(shown),
    }
    return json.dumps({"text": head, "attachments": [part]}, ensure_ascii=False).encode()


def _safe(text: str) -> str:
    """Return a text in which nothing is markup, a mention or a second line."""
    line = " ".join(text.split())[:MOST_LETTERS]
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
