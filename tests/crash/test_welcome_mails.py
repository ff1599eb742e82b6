"""After all that dying: every tenant that was opened got one mail, the others none."""

from collections import Counter

from tests.helpers.crash import REAL

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
    caught = Counter(
        line.partition(": ")[2]
        for mail in crash.stack.settings.mails.glob("*.eml")
        for line in mail.read_text(errors="replace").splitlines()
        if line.startswith("X-Envelope-To: ")
    )
    wanted = {address: int(opened) for address, opened in crash.control(ADDRESSES)}
    assert {address: caught[address] for address in wanted} == wanted
