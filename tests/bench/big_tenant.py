"""A tenant of some size (B): partners, orders, invoices, messages and files, out of one of each.

Owns: what is in it. Does not own: the database it is made of (`backup_peers.py`).

Odoo makes one of each by its own rules; SQL copies them with other texts, as asking Odoo for a
hundred thousand would take an hour.
"""

import hashlib
import random
from pathlib import Path

PARTNERS = ORDERS = MESSAGES = 150_000
LINES_EACH, INVOICES = 3, 30_000
FILES, FILE_BYTES = 2_922, 408_000_000
SEED = 20260301
# Of a file so much is noise, as pictures and documents are; the rest is text.
NOISE_RATIO = 0.72
WHO = ("partner_id", "partner_invoice_id", "partner_shipping_id")
SAMPLE = """
chart = env["account.chart.template"]
if not env.company.chart_template:
    chart.try_loading("generic_coa", env.company)
partner = env["res.partner"].create({"name": "Sample", "email": "one@sample.example",
    "street": "1 High Street", "city": "Sampleton", "zip": "10000", "phone": "+1 555 0100"})
product = env["product.product"].create({"name": "Sample Chair", "list_price": 10})
lines = [(0, 0, {"product_id": product.id, "product_uom_qty": 2})] * LINES
order = env["sale.order"].create({"partner_id": partner.id, "order_line": lines})
message = order.message_post(body="We have looked at it and call tomorrow.")
invoice = env["account.move"].create({"move_type": "out_invoice", "partner_id": partner.id,
    "invoice_line_ids": [(0, 0, {"product_id": product.id, "quantity": 1, "price_unit": 10})]})
env.cr.commit()
print("SAMPLE", partner.id, order.id, *order.order_line.ids, message.id, invoice.id)
"""
COLUMNS = """
SELECT string_agg(quote_ident(attname), ' ' ORDER BY attnum) FROM pg_attribute
 WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
SETTLED = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}));"


class Copies:
    """Rows of a database copied over and over, `{n}` is their number from 1 on."""

    def __init__(self, sql) -> None:
        self._sql = sql

    def make(self, table: str, sample: int, count: int, **changes: str) -> int:
        """Copy a row so often; return what is added to `{n}` for the ids of the copies."""
        base = int(self._sql(f"SELECT max(id) FROM {table}"))
        changes = {"id": f"{base} + n", **changes}
        names = self._sql(COLUMNS.format(table=table)).split()
        told = [changes.get(name.strip('"'), f"s.{name}") for name in names]
        self._sql(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(told)} "
            f"FROM {table} s, generate_series(1, {count}) n WHERE s.id = {sample}; "
            + SETTLED.format(table=table)
        )
        return base


def fill(sql, odoo_shell, files: Path) -> None:
    """Fill a database that has sales; `sql` and `odoo_shell` run there and return what is said."""
    said = odoo_shell(f"LINES = {LINES_EACH}\n{SAMPLE}")
    told = next(line for line in said.splitlines() if line.startswith("SAMPLE"))
    partner, order, *lines, message, invoice = map(int, told.split()[1:])
    copies = Copies(sql)
    partners = copies.make(
        *("res_partner", partner, PARTNERS),
        name="'Customer ' || md5(n::text)",
        complete_name="'Customer ' || md5(n::text)",
        email="md5(n::text) || '@customer.example'",
        email_normalized="md5(n::text) || '@customer.example'",
        street="(n % 900) || ' ' || md5((n * 7)::text)",
        commercial_partner_id=f"{int(sql('SELECT max(id) FROM res_partner'))} + n",
    )
    orders = copies.make(
        *("sale_order", order, ORDERS),
        name="'S' || lpad(n::text, 9, '0')",
        access_token="md5(n::text)",
        date_order="s.date_order - n * interval '3 minutes'",
        **dict.fromkeys(WHO, f"{partners} + n"),
    )
    for line in lines:
        text = "'Chair, ' || md5((n * s.id)::text)"
        copies.make("sale_order_line", line, ORDERS, order_id=f"{orders} + n", name=text)
    copies.make(
        *("mail_message", message, MESSAGES),
        res_id=f"{orders} + n",
        body="'<p>' || md5(n::text) || ' asked again; see ' || md5((n * 3)::text) || '</p>'",
        message_id="'<' || md5(n::text) || '@customer.example>'",
    )
    copies.make(
        *("account_move", invoice, INVOICES),
        partner_id=f"{partners} + n",
        commercial_partner_id=f"{partners} + n",
        access_token="md5(n::text)",
    )
    attach(sql, files, FILES, FILE_BYTES, SEED)
    sql("ANALYZE")


def attach(sql, files: Path, count: int, most: int, seed: int) -> None:
    """Store so many files of so many bytes in all, as Odoo does: on the disk, then their rows."""
    dice, rows = random.Random(seed), []
    shares = [dice.lognormvariate(0, 1.2) for _ in range(count)]
    for number, share in enumerate(shares):
        size = max(40, int(most * share / sum(shares)))
        noise = dice.randbytes(int(size * NOISE_RATIO))
        content = noise + (b"line %d of a document\n" % number * size)[: size - len(noise)]
        sha1 = hashlib.sha1(content).hexdigest()
        path = files / sha1[:2] / sha1
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        name = f"{sha1[:2]}/{sha1}"
        rows.append(f"('document {seed} {number}', 'binary', '{name}', {size}, '{sha1}')")
    sql(
        "INSERT INTO ir_attachment (name, type, store_fname, file_size, checksum) VALUES "
        + ", ".join(rows)
    )


def live_a_day(sql, files: Path, day: int) -> None:
    """Change what a day of work changes, so that the next backup has something to do."""
    sql(
        f"UPDATE res_partner SET street = md5('{day}' || id) WHERE id % 500 = {day};"
        f"UPDATE sale_order SET note = md5('{day}' || id) WHERE id % 300 = {day};"
    )
    attach(sql, files, 20, 2_800_000, SEED + day)
