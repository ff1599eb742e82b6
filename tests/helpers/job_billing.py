"""Periods and documents of subscriptions in memory, as the jobs of billing change them."""

from typing import Any

from tests.helpers.job_rows import LinkedRecords


class BillingRecords(LinkedRecords):
    """The part of `MemoryRecords` for billing: a period is due once, a document is made of it once.

    As in the database, a row that is there is found, and what has a document gets no other.
    """

    def _subscription_bill_close(self, subscriptions: list[int], run: int) -> dict[str, Any]:
        due = [number for number in subscriptions if number not in self._rows["periods"]]
        for number in due:
            self._rows["periods"][number] = {"state": "rating", "document": None, "run": run}
        return {"periods": len(due)}

    def _subscription_bill_draft(self, subscriptions: list[int], run: int) -> dict[str, Any]:
        documents, made = self._rows["documents"], []
        for number in subscriptions:
            period = self._rows["periods"][number]
            if period["document"] is None:
                period |= {"state": "draft", "document": len(documents) + 1}
                documents[period["document"]] = {"state": "draft", "of": number}
            made.append(period["document"])
        return {"moves": made}

    def _subscription_bill_told(self, moves: list[int], run: int) -> None:
        self._rows["handed"][run] = sorted({*self._rows["handed"].get(run, ()), *moves})

    def _subscription_bill_post(self, moves: list[int], run: int) -> dict[str, Any]:
        for number in moves:
            document = self._rows["documents"][number]
            document["state"] = "posted"
            self._rows["periods"][document["of"]]["state"] = "posted"
        return {"posted": moves}

    def _subscription_bill_posted(self, moves: list[int], run: int) -> None:
        self._rows["handed"][run] = []

    def _wallet_wallet_expire(self, company: int) -> dict[str, Any]:
        gone = [row for row in self._rows["grants"].values() if row["ends"] and row["left"]]
        for row in gone:
            row["revenue"] = row.get("revenue", 0) + row["left"]
            row["left"] = 0
        return {"expired": len(gone)}

    def _wallet_wallet_fill(self, company: int) -> dict[str, Any]:
        left = sum(row["left"] for row in self._rows["grants"].values())
        if left + sum(self._rows["topups"].values()) < 20:
            self._rows["topups"][len(self._rows["topups"]) + 1] = 100 - left
        return {"looked_at": 1}

    def _deferral_revenue_schedule(self, company: int, month: str) -> dict[str, Any]:
        fresh = [fee for fee in self._rows["fees"].values() if "left" not in fee]
        for fee in fresh:
            fee |= {"left": dict(fee["months"])}
        return {"scheduled": len(fresh)}

    def _deferral_revenue_gather(self, company: int, month: str) -> dict[str, Any]:
        taken = 0
        for fee in self._rows["fees"].values():
            for day in [day for day in fee["left"] if day <= month]:
                entry = self._rows["months"].setdefault(day, {"state": "open", "amount": 0})
                entry["amount"] += fee["left"].pop(day)
                taken += 1
        return {"rows": taken}

    def _deferral_revenue_post(self, company: int, month: str) -> dict[str, Any]:
        open_ = [row for row in self._rows["months"].values() if row["state"] == "open"]
        for row in open_:
            row["state"] = "posted"
        return {"entries": len(open_)}

    def _subscription_mrr_note(self, subscriptions: list[int]) -> dict[str, Any]:
        missing = [number for number in subscriptions if number not in self._rows["noted"]]
        self._rows["noted"].update(dict.fromkeys(missing, 1))
        return {"rows": len(missing)}

    def _subscription_bill_mail(self, moves: list[int]) -> None:
        self._rows["mailed"].update(dict.fromkeys(moves, True))

    def _subscription_dun_look(self) -> None:
        """A look is the same however often somebody looks."""
        self._rows["handed"]["looked"] = True

    # Charges. What the provider did is not undone with anybody's transaction.

    def _invoice_charge_prepare(self, why: str) -> dict[str, Any]:
        attempts = self._rows["attempts"]
        if attempts:
            return {"attempt": 0, "why": "unknown"}
        attempts[1] = {"state": "draft", "known": False, "fence": 0, "booked": False}
        return {"attempt": 1}

    def _invoice_charge_announce(self, attempt: int, fence: int) -> None:
        self._rows["attempts"][attempt]["fence"] = fence

    def _invoice_charge_ask(self, attempt: int, fence: int) -> dict[str, Any]:
        row = self._rows["attempts"][attempt]
        if row["fence"] != fence or row["state"] != "draft":
            return {"asked": False}
        self._session.database.charges.append(attempt)
        row |= {"state": "done", "known": True}
        return {"asked": True}

    def _invoice_charge_settle(self, attempt: int) -> None:
        row = self._rows["attempts"][attempt]
        row["booked"] = row["state"] == "done"

    def _invoice_charge_told(self, attempt: int) -> None:
        self._rows["handed"]["charge"] = attempt
