"""What the API answers about the money of cases. Amounts are pounds."""

from datetime import date

import msgspec

from cc2h.kit.api.shapes import Pounds


class ShareItem(msgspec.Struct):
    """A case’s money of a financial year as at the day. `left`: committed, not given back, and in no tranche."""

    id: int
    case: str
    title: str
    chin: str
    commissioner: str
    financial_year: str
    line: str
    delegated: bool
    committed: Pounds
    given_back: Pounds
    planned: Pounds
    released: Pounds
    paid: Pounds
    left: Pounds


class TrancheItem(msgspec.Struct):
    """A tranche as at the day: what for, to whom, and how far it has come."""

    id: int
    case: str
    number: int
    what: str
    payee: str
    financial_year: str
    amount: Pounds
    waits_for: str | None
    due_on: date | None
    state: str
    released_on: date | None
    paid_on: date | None
