"""After all that dying: every tenant that was opened got one mail, the others none."""

import re
from collections import Counter

from tests.helpers.crash import REAL

# Those who are closed or deleted later get mails of their own.
WELCOME = re.compile(r"^Subject: .* is ready$", re.MULTILINE)
# A sandbox keeps the administrator of the tenant that it was made from, and is told to nobody; who
# works in an adopted database knows it already.
ADDRESSES = """
SELECT t.admin_email, max(CASE WHEN e.id IS NULL THEN 0 ELSE 1 END)
  FROM saas_tenant t
  LEFT JOIN saas_adoption a ON a.tenant_id = t.id
  LEFT JOIN saas_tenant_event e ON e.tenant_id = t.id AND e.event = 'provisioned'
 WHERE a.id IS NULL
 GROUP BY t.admin_email
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
    wanted = dict(crash.control(ADDRESSES))
    assert {address: caught[address] for address in wanted} == wanted
