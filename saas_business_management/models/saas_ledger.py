"""Rows that only the product writes, and that stay: they say what was done, or what was found.

Owns: the refusal of what anybody else creates, changes or deletes, and the way in for the methods
of such a model. Does not own: the sentences and which rows may go (each model its own), who may
read (access rows).

A superuser is refused as well: the right is an object of this file in the context, one for each
model, and no request can bring it along.
"""

from odoo import api, models
from odoo.exceptions import UserError

# Only who holds this very object may write.
_AT_WORK = object()


class SaasLedger(models.AbstractModel):
    _name = "saas.ledger"
    _description = "Rows That Only the Product Writes"

    # What each model says and allows

    def _by_hand_text(self):
        """Return what somebody reads who tries to write by hand."""
        return self.env._("These rows are written by operations, never by hand.")

    def _stays_text(self):
        """Return what somebody reads who tries to delete."""
        return self.env._("These rows cannot be deleted.")

    def _may_go(self):
        """Tell whether all of these may be deleted."""
        return False

    # The way in

    def _at_work(self):
        """Return these, or the empty model, with the right to write; for the model's own
        methods.
        """
        return self.sudo()._with_right(_AT_WORK)

    def _hands_off(self):
        """Return these without the right again, for whoever gets them next."""
        return self._with_right(False)

    def _is_at_work(self):
        return self.env.context.get(self._right()) is _AT_WORK

    def _with_right(self, right):
        return self.with_context(**{self._right(): right})

    def _right(self):
        return f"at work on {self._name}"

    @api.private
    def _put(self, vals):
        """Write; for operations and the buttons of the model."""
        self._at_work().write(vals)

    @api.private
    def _drop(self):
        """Forget rows whatever `_may_go` says; for the rule of retention."""
        return super().unlink()

    # Nobody else writes

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_others()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_others()
        return super().write(vals)

    def unlink(self):
        if not self._may_go():
            raise UserError(self._stays_text())
        return super().unlink()

    def _refuse_others(self):
        if not self._is_at_work():
            raise UserError(self._by_hand_text())
