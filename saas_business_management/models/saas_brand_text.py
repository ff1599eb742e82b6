"""A brand's own sentences on the page of a closed tenant, in place of ours.

Owns: which page, which sentences. Does not own: the pages (`kernel/gateway/answers.py`).
"""

from odoo import api, fields, models

from ..kernel.gateway.brand import TEXT_LENGTH

PAGES = [
    ("preparing", "Being Prepared"),
    ("migrating", "Maintenance"),
    ("closed_payment", "Closed: Unpaid Invoice"),
    ("closed_quota", "Closed: Over a Limit"),
    ("closed_trial_end", "Closed: Trial Ended"),
    ("closed_security", "Closed: Security Check"),
    ("closed", "Closed by an Operator"),
    ("archived", "Archived"),
    ("deleting", "Going to Be Deleted"),
    ("unknown_host", "Unknown Address"),
]


class SaasBrandText(models.Model):
    _name = "saas.brand.text"
    _description = "Sentences of a Brand"
    _order = "page, id"
    _rec_name = "page"

    brand_id = fields.Many2one("saas.brand", required=True, index=True, ondelete="cascade")
    page = fields.Selection(PAGES, required=True)
    text = fields.Text(
        string="Sentences", required=True, help="Plain text. {name} stands for the tenant's name."
    )

    _page_uniq = models.Constraint("UNIQUE (brand_id, page)", "A brand has one text for each page.")
    _text_short = models.Constraint(
        f"CHECK (char_length(text) <= {TEXT_LENGTH})", "A text has at most 300 characters."
    )

    @api.model_create_multi
    def create(self, vals_list):
        texts = super().create(vals_list)
        texts.brand_id._tell_nodes()
        return texts

    def write(self, vals):
        done = super().write(vals)
        self.brand_id._tell_nodes()
        return done

    def unlink(self):
        brands = self.brand_id
        done = super().unlink()
        brands._tell_nodes()
        return done
