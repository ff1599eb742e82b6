"""After all that dying: every tenant that was opened got one mail, the others none."""

import re
from collections import Counter

from tests.helpers.crash import REAL

# Those who are closed or deleted later get mails of their own.
WELCOME = re.compile(r"^Subject: .* is ready$", re.MULTILINE)
ADDRESSES = """
SELECT t.admin_email, EXISTS (
           SELECT FROM saas_tenant_event e WHERE e.tenant_id = t.id AND e.event = 'provisioned')
  FROM saas_tenant t
"""


def test_every_opened_tenant_got_one_welcome_mail(crash, count):
    count("welcome mails")
    crash.golden(REAL)
    crash.discard(crash.order("provision", template=REAL).spent)
    assert crash.run("send_mails").status == 0
    texts = [mail.read_text(errors="replace") for mail in crash.stack.settings.mails.glob("*.eml")]
    caught = Counter(
        line.partition(": ")[2]
        for text in texts
        if WELCOME.search(text)
        for line in text.splitlines()
        if line.startswith("X-Envelope-To: ")
    )
    wanted = {address: int(opened) for address, opened in crash.control(ADDRESSES)}
    assert {address: caught[address] for address in wanted} == wanted
