"""Usage from a file: each line looked at before anything is kept, then all of it or nothing.

Owns: which subscription and meter a line means, whether it was imported before, keeping the lines.
Does not own: the form of a file (`kernel/metering/sheet.py`), the dialog
(`wizards/saas_usage_import.py`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

from .. import messages
from ..kernel.errors import Refused
from ..kernel.metering.sheet import read_stretch, read_table, repeated
from ..kernel.period import zone

NEW, KNOWN, WRONG = "new", "known", "wrong"
AHEAD = timedelta(minutes=5)


class SaasUsageBucket(models.Model):
    _inherit = "saas.usage.bucket"

    source_key = fields.Char(
        string="Key",
        readonly=True,
        copy=False,
        help="The name of this row at its source; it counts once, however often it is sent.",
    )

    _source_key_unique = models.UniqueIndex(
        "(company_id, source, source_key) WHERE source_key IS NOT NULL",
        "This usage has been imported already.",
    )

    @api.model
    @api.private
    def _read_sheet(self, data, source, company):
        """Return what each line of a file is and becomes.

        Each row has `line` (`kernel.metering.sheet.Line`), `state` (new, known, wrong), `problem`
        (a sentence, empty unless wrong) and `values` (of a new row here).

        Raises: Refused, as `read_table`.
        """
        lines = read_table(data)
        subscriptions, meters = self._named(lines, company)
        rows = [self._read_line(line, subscriptions, meters, source) for line in lines]
        self._find_repeated(rows)
        self._find_known(rows, source, company)
        self._find_refused([row for row in rows if row["state"] == NEW])
        return rows

    @api.model
    @api.private
    def _import_sheet(self, data, source, company):
        """Keep every new line of a file, or none of it; return the new rows.

        Raises: Refused, as `read_table`, and `sheet_wrong`.
        """
        self.check_access("create")
        rows = self._read_sheet(data, source, company)
        wrong = [row for row in rows if row["state"] == WRONG]
        if wrong:
            raise Refused("sheet_wrong", count=len(wrong), line=wrong[0]["line"].number)
        return self.create([row["values"] for row in rows if row["state"] == NEW])

    def _named(self, lines, company):
        """Return subscriptions by number and meters by code, as far as a file names them."""
        numbers = {line.subscription for line in lines}
        found = self.env["saas.subscription"].search(
            [("company_id", "=", company.id), ("name", "in", list(numbers))]
        )
        codes = {line.meter for line in lines}
        meters = self.env["saas.meter"].search([("code", "in", list(codes))])
        return {one.name: one for one in found}, {one.code: one for one in meters}

    def _read_line(self, line, subscriptions, meters, source):
        try:
            values = self._line_values(line, subscriptions, meters)
        except Refused as error:
            return self._wrong({"line": line, "values": {}}, error)
        return {
            "line": line,
            "state": NEW,
            "problem": "",
            "values": values | {"source": source},
        }

    def _line_values(self, line, subscriptions, meters):
        one, meter = subscriptions.get(line.subscription), meters.get(line.meter)
        if not one:
            raise Refused("sheet_subscription", text=line.subscription[:40])
        if not meter:
            raise Refused("sheet_meter", text=line.meter[:40])
        stretch = read_stretch(line, zone(one.timezone))
        if not one.started_on or one._instant(one.started_on) > stretch.end.replace(tzinfo=None):
            raise Refused("sheet_not_begun", subscription=one.name)
        self._look_for_end(one, stretch.end.replace(tzinfo=None))
        if stretch.end > one._now() + AHEAD:
            raise Refused("sheet_future", end=line.end)
        return {
            "subscription_id": one.id,
            "meter_id": meter.id,
            "start_at": stretch.start.replace(tzinfo=None),
            "end_at": stretch.end.replace(tzinfo=None),
            "quantity": f"{stretch.quantity:f}",
            "source_key": stretch.key,
        }

    def _find_repeated(self, rows):
        good = {row["line"].number: row for row in rows if row["state"] != WRONG}
        keys = [(number, row["values"]["source_key"]) for number, row in good.items()]
        for number, first in repeated(keys).items():
            self._wrong(good[number], Refused("sheet_repeated", line=first))

    def _find_known(self, rows, source, company):
        """Mark what was imported before; the same key with something else is wrong."""
        good = {row["values"]["source_key"]: row for row in rows if row["state"] == NEW}
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("source", "=", source),
                ("source_key", "in", list(good)),
            ]
        )
        for key, (bucket, *_others) in groupby(found, lambda one: one.source_key):
            row = good[key]
            if all(bucket._agrees(name, value) for name, value in row["values"].items()):
                row["state"] = KNOWN
            else:
                error = Refused("sheet_known", quantity=bucket.quantity, key=key)
                self._wrong(row, error)

    def _find_refused(self, rows):
        """Mark what the rules of usage refuse, such as days that were invoiced long ago."""
        if rows and self._why_not([row["values"] for row in rows]):
            for row in rows:
                if why := self._why_not([row["values"]]):
                    row |= {"state": WRONG, "problem": why}

    def _why_not(self, values):
        """Return why rows cannot be kept, an empty text when they can; nothing is kept."""
        try:
            with self.env["saas.subscription"]._rolled_back():
                self.create(values)
        except UserError as error:
            return error.args[0]
        return ""

    def _agrees(self, name, value):
        kept = self[name]
        return (kept.id if isinstance(kept, models.BaseModel) else kept) == value

    def _wrong(self, row, error):
        row |= {"state": WRONG, "problem": messages.text(self.env, error)}
        return row
