"""`i18n/saas_business_management.pot` holds every text that people read, and none that is gone.

`SAAS_RECORD=1` writes the file; translations are brought in line with it by any PO editor.
"""

import os
from io import BytesIO
from pathlib import Path

import polib
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

MODULE = "saas_business_management"
FILE = Path(__file__).parent.parent / "i18n" / f"{MODULE}.pot"


@tagged("post_install", "-at_install")
class TestTexts(TransactionCase):
    def test_the_file_of_texts_holds_what_is_there(self):
        found = BytesIO()
        trans_export(False, [MODULE], found, "po", self.env)
        if os.environ.get("SAAS_RECORD"):
            FILE.write_bytes(found.getvalue())
        now, then = self._texts(found.getvalue().decode()), self._texts(FILE.read_text())
        self.assertEqual(sorted(now - then)[:20], [], "new: write them with SAAS_RECORD=1")
        self.assertEqual(sorted(then - now)[:20], [], "gone: write them with SAAS_RECORD=1")

    def _texts(self, content):
        return {(one.msgctxt or "", one.msgid) for one in polib.pofile(content)}
