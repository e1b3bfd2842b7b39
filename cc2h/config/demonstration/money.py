"""What became of the programme's budget in the illustrative year: made up, on lines whose allocations are the papers'."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid5

from budget.kinds import EntryKind
from budget.models import Entry, Line, Request, RequestKind
from cc2h.config.demonstration.ledger import NAMESPACE, moment

YEAR = 2018
OFFICER = "finance.officer@barnet.example"


@dataclass(frozen=True)
class Made:
    """An entry of the story. to: the CHIN it is delegated to, or of whose money it is."""

    line: str
    kind: EntryKind
    amount: int
    day: date
    reason: str
    to: str = ""


ASKED_ON = date(2018, 11, 28)
INNOVATIONS = "chin-innovations-and-pdsa-cycles"
STORY = (
    Made(
        "diabetes-transformation-funding", EntryKind.COMMITMENT, 180_000, date(2018, 5, 14),
        "Contract for the diabetes support team",
    ),
    Made("accelerators-and-enablers", EntryKind.COMMITMENT, 62_400, date(2018, 5, 21), "Contract for training"),
    Made("primary-care-at-scale", EntryKind.COMMITMENT, 310_000, date(2018, 6, 4), "Contract with the federation"),
    Made("online-consultations", EntryKind.COMMITMENT, 140_000, date(2018, 7, 2), "Contract for the software"),
    Made("diabetes-transformation-funding", EntryKind.PAYMENT, 45_000, date(2018, 7, 31), "First quarter"),
    Made("online-consultations", EntryKind.PAYMENT, 70_000, date(2018, 8, 31), "First half"),
    Made(INNOVATIONS, EntryKind.DELEGATED_OUT, 40_000, date(2018, 9, 3), "For its own tests of change", "barnet-1"),
    Made(INNOVATIONS, EntryKind.DELEGATED_OUT, 35_000, date(2018, 9, 3), "For its own tests of change", "barnet-2"),
    Made("primary-care-at-scale", EntryKind.PAYMENT, 155_000, date(2018, 9, 28), "First half"),
    Made("accelerators-and-enablers", EntryKind.PAYMENT, 31_200, date(2018, 10, 1), "First half"),
    Made(INNOVATIONS, EntryKind.COMMITMENT, 12_500, date(2018, 10, 8), "Case finding with pharmacists", "barnet-1"),
    Made("diabetes-transformation-funding", EntryKind.PAYMENT, 45_000, date(2018, 10, 31), "Second quarter"),
    Made(INNOVATIONS, EntryKind.PAYMENT, 4_000, date(2018, 11, 15), "Case finding, first month", "barnet-1"),
)  # fmt: skip


def write(today: date, people: Mapping[str, int], chins: Mapping[str, int]) -> None:
    """What had been entered by `today`, each on its day. people, chins: ids by e-mail address and by slug."""
    lines = dict(Line.objects.values_list("slug", "pk"))
    for number, one in enumerate(STORY):
        if one.day > today:
            continue
        given = {
            "line_id": lines[one.line],
            "year": YEAR,
            "amount": Decimal(one.amount),
            "day": one.day,
            "reason": one.reason,
            "by_id": people[OFFICER],
            "recorded_at": moment(one.day),
        }
        if one.kind == EntryKind.DELEGATED_OUT:
            transfer = uuid5(NAMESPACE, f"transfer {number}")
            sides = ((EntryKind.DELEGATED_OUT, None), (EntryKind.DELEGATED_IN, chins[one.to]))
            entries = [Entry(kind=kind, chin_id=chin, transfer=transfer, **given) for kind, chin in sides]
        else:
            entries = [Entry(kind=one.kind, chin_id=chins[one.to] if one.to else None, **given)]
        Entry.objects.bulk_create(entries)
    if today >= ASKED_ON:
        Request.objects.create(
            kind=RequestKind.VIREMENT,
            line_id=lines["accelerators-and-enablers"],
            taking_id=lines[INNOVATIONS],
            year=YEAR,
            amount=Decimal(20_000),
            reason="Training starts in the new year; the money is wanted for tests of change before that",
            asked_by_id=people[OFFICER],
            asked_on=ASKED_ON,
        )
