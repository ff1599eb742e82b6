"""The screens' own components in a real browser."""

from odoo.addons.web.tests.test_js import HOOTCommon
from odoo.tests import tagged
from odoo.tools import file_path

MISSING = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@tagged("post_install", "-at_install")
class TestComponents(HOOTCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        try:
            file_path(MISSING)
        except (
            FileNotFoundError
        ):  # Some distributions leave this file out, and its absence fails every browser test.
            cls.env["ir.asset"].create(
                {
                    "name": "left out",
                    "bundle": "web.assets_backend",
                    "directive": "remove",
                    "path": MISSING,
                }
            )

    def test_components_of_operations(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={self._generate_hash('@saas_business_management')}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
