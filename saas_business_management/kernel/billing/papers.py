"""One paper or two for a credit and a charge of the same day.

Owns: the choice. Does not own: which document an amount becomes (`document.py`), taxes.
"""

from __future__ import annotations

from ..errors import Refused
from ..money import Currency, Number, not_negative
from .document import Document, document_for

SEPARATE, NET = "separate", "net"
PAPERS = (SEPARATE, NET)


def documents(
    credit: Number, charged: Number, unit: Currency, papers: str = SEPARATE
) -> tuple[Document, ...]:
    """Return the documents for what is given back and what is charged, both zero or more.

    By default a credit note on the old invoice and a new invoice, which leaves a legal trace;
    `net` puts both into one invoice where their sum is not negative, since none such can be posted.

    Raises: Refused (`number_invalid`, `number_negative`, `papers_unknown`).
    """
    if papers not in PAPERS:
        raise Refused("papers_unknown", papers=papers)
    back, new = not_negative(credit, "credit"), not_negative(charged, "charge")
    parts = (new - back,) if papers == NET and new >= back else (-back, new)
    made = [document_for(unit.round(one)) for one in parts]
    return tuple(one for one in made if one is not None)
