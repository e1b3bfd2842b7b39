"""Writing entries: the only way to a balance. What the balance can't bear, the database refuses.

Amounts are Decimal, in pounds with two decimals, more than 0. `year` is the financial year charged, by the calendar year
it begins in; `day` that of the cash, or from which it holds. Everything raises ValidationError for what is refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError

from budget.kinds import MOVES, PROMISES, EntryKind
from budget.models import Balance, Entry, Line, Request
from budget.refusals import refusals_kept
from cc2h.kit import words
from cc2h.kit.dated import now
from cc2h.kit.days import year_name
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from chins.models import Chin


def enter(*, by: Any, entries: Sequence[Entry]) -> list[Entry]:
    """All of the entries or none, by one statement, however many they are."""
    if not entries:
        return []
    moment, line = now(), entries[0].line
    kept = {
        "what": entries[0].get_kind_display(),
        "about": f"line:{line.slug}",
        "name": f"{line}, {year_name(entries[0].year)}",
    }
    with refusals_kept(by=by, commissioner_id=line.commissioner_id, **kept):
        for entry in entries:
            entry.by, entry.recorded_at = by, moment
            entry.reason = " ".join(entry.reason.split())
            check(entry)
        with _said_with_what_is_left(entries), writing(by):
            return list(Entry.objects.bulk_create(entries))


def allocate(*, by: Any, line: Line, year: int, amount: Decimal, day: date, reason: str, document: str = "") -> Entry:
    """A funder gives so much for the year; a second time, so much more."""
    return _one(by, EntryKind.ALLOCATION, line, year, amount, day, reason, document)


def allocate_years(
    *, by: Any, line: Line, amounts: Mapping[int, Decimal], day: date, reason: str, document: str = ""
) -> list[Entry]:
    """A funder gives so much for each of several years: all of them are entered, or none."""
    given: dict[str, Any] = {"line": line, "kind": EntryKind.ALLOCATION, "day": day, "document": document}
    entries = [Entry(year=year, amount=amount, reason=reason, **given) for year, amount in sorted(amounts.items())]
    return enter(by=by, entries=entries)


def earmark(
    *, by: Any, line: Line, year: int, amount: Decimal, day: date, reason: str, chin: Chin | None = None
) -> Entry:
    """So much is kept for something that may come to be owed."""
    return _one(by, EntryKind.EARMARK, line, year, amount, day, reason, chin=chin)


def release_earmark(
    *, by: Any, line: Line, year: int, amount: Decimal, day: date, reason: str, chin: Chin | None = None
) -> Entry:
    return _one(by, EntryKind.EARMARK_RELEASED, line, year, amount, day, reason, chin=chin)


def commit(
    *,
    by: Any,
    line: Line,
    year: int,
    amount: Decimal,
    day: date,
    reason: str,
    document: str = "",
    chin: Chin | None = None,
) -> Entry:
    """So much is promised: a contract, an approved claim, a released business case."""
    return _one(by, EntryKind.COMMITMENT, line, year, amount, day, reason, document, chin)


def reduce_commitment(
    *, by: Any, line: Line, year: int, amount: Decimal, day: date, reason: str, chin: Chin | None = None
) -> Entry:
    """So much of what was promised is not owed any more. What is paid already stays committed."""
    return _one(by, EntryKind.COMMITMENT_REDUCED, line, year, amount, day, reason, chin=chin)


def pay(
    *,
    by: Any,
    line: Line,
    year: int,
    amount: Decimal,
    day: date,
    reason: str,
    document: str = "",
    chin: Chin | None = None,
) -> Entry:
    """So much of what was promised has been paid."""
    return _one(by, EntryKind.PAYMENT, line, year, amount, day, reason, document, chin)


def reverse(*, by: Any, entry: Entry, day: date, reason: str) -> Entry:
    """The entry was a mistake, or its payment came back: a second entry takes it off again."""
    kind = _CONTRARY.get(EntryKind(entry.kind))
    if kind is None:
        raise ValidationError(f"{entry.get_kind_display()} is not reversed by itself.", code="not_reversible")
    contrary = Entry(
        line=entry.line,
        year=entry.year,
        chin=entry.chin,
        kind=kind,
        amount=entry.amount,
        day=day,
        reason=reason,
        reverses=entry,
    )
    return enter(by=by, entries=[contrary])[0]


def take_off(*, by: Any, entry: Entry, day: date, reason: str) -> Entry:
    """A commitment or an earmark was a mistake. A payment is reversed where it is confirmed."""
    if entry.kind not in PROMISES:
        raise ValidationError("A commitment or an earmark is reversed here, and nothing else.", code="not_a_promise")
    with writing(by):
        its = Balance.objects.filter(line=entry.line, year=entry.year, chin=entry.chin)
        balance = its.select_for_update(no_key=True).get()  # what rests on it stays so until this has ended
        if why := next(filter(None, (hindrance(entry, balance) for hindrance in _hindrances)), ""):
            raise ValidationError(why, code="rests_on_it")
        return reverse(by=by, entry=entry, day=day, reason=reason)


Hindrance = Callable[[Entry, Balance], str]
_hindrances: list[Hindrance] = []


def rests(hindrance: Hindrance) -> None:
    """Register what says why a room needs an entry, which is not taken off by hand then; from its AppConfig.ready().

    It is given the entry and its balance, locked, and answers a sentence; blank where nothing of its rests on it.
    """
    _hindrances.append(hindrance)


def cut(
    *,
    by: Any,
    agreed_by: Any,
    line: Line,
    year: int,
    amount: Decimal,
    day: date,
    reason: str,
    document: str = "",
    request: Request | None = None,
) -> Entry:
    """The funder takes back so much of the allocation, also where it is committed: the line is overcommitted then."""
    entry = Entry(
        line=line,
        year=year,
        kind=EntryKind.ALLOCATION_CUT,
        amount=amount,
        day=day,
        reason=reason,
        document=document,
        agreed_by=agreed_by,
        request=request,
    )
    return enter(by=by, entries=[entry])[0]


def vire(
    *,
    by: Any,
    agreed_by: Any,
    giving: Line,
    taking: Line,
    year: int,
    amount: Decimal,
    day: date,
    reason: str,
    document: str = "",
    request: Request | None = None,
) -> list[Entry]:
    """So much goes from one line to another of the same commissioner: asked by one person and agreed by another."""
    between_lines(giving, taking)
    given: dict[str, Any] = {"amount": amount, "day": day, "reason": reason, "document": document}
    given |= {"agreed_by": agreed_by, "request": request}
    out, into = EntryKind.VIREMENT_OUT, MOVES[EntryKind.VIREMENT_OUT]
    return _move(
        by, Entry(line=giving, year=year, kind=out, **given), Entry(line=taking, year=year, kind=into, **given)
    )


def delegate(*, by: Any, line: Line, chin: Chin, year: int, amount: Decimal, day: date, reason: str) -> list[Entry]:
    """So much of the line is the CHIN's to use in the year."""
    given = {"line": line, "year": year, "amount": amount, "day": day, "reason": reason}
    out, into = EntryKind.DELEGATED_OUT, EntryKind.DELEGATED_IN
    return _move(by, Entry(kind=out, **given), Entry(kind=into, chin=chin, **given))


def end_year(
    *,
    by: Any,
    agreed_by: Any,
    line: Line,
    year: int,
    chin: Chin | None,
    carried: Decimal,
    returned: Decimal,
    day: date,
    reason: str,
) -> list[Entry]:
    """What is left of a line for a year, or of a CHIN's part, goes to the next year or back to the funder, or some to each."""
    given: dict[str, Any] = {"line": line, "chin": chin, "day": day, "reason": reason, "agreed_by": agreed_by}
    entries = [Entry(kind=EntryKind.RETURNED, year=year, amount=returned, **given)] if returned else []
    if carried:
        out, into = EntryKind.CARRIED_OUT, MOVES[EntryKind.CARRIED_OUT]
        sides = {"amount": carried, "transfer": uuid4(), **given}
        entries += [Entry(kind=out, year=year, **sides), Entry(kind=into, year=year + 1, **sides)]
    return enter(by=by, entries=entries)


def delegate_shares(
    *, by: Any, line: Line, shares: Mapping[Chin, Decimal], year: int, day: date, reason: str
) -> list[Entry]:
    """So much of the line is each CHIN's to use in the year: all of it is entered, or nothing."""
    entries: list[Entry] = []
    for chin, amount in shares.items():
        sides = {"line": line, "year": year, "amount": amount, "day": day, "reason": reason, "transfer": uuid4()}
        out, into = EntryKind.DELEGATED_OUT, EntryKind.DELEGATED_IN
        entries += [Entry(kind=out, **sides), Entry(kind=into, chin=chin, **sides)]
    return enter(by=by, entries=entries)


def between_lines(giving: Line, taking: Line) -> None:
    """Raise ValidationError unless money can go from one to the other."""
    if giving.pk == taking.pk:
        raise ValidationError("A virement is from one line to another.", code="same_line")
    if giving.commissioner_id != taking.commissioner_id:
        raise ValidationError("Both lines are of the same commissioner.", code="other_commissioner")


_CONTRARY = {
    EntryKind.EARMARK: EntryKind.EARMARK_RELEASED,
    EntryKind.COMMITMENT: EntryKind.COMMITMENT_REDUCED,
    EntryKind.PAYMENT: EntryKind.PAYMENT_REVERSED,
}


def _one(
    by: Any,
    kind: EntryKind,
    line: Line,
    year: int,
    amount: Decimal,
    day: date,
    reason: str,
    document: str = "",
    chin: Chin | None = None,
) -> Entry:
    entry = Entry(line=line, year=year, chin=chin, kind=kind, amount=amount, day=day, reason=reason, document=document)
    return enter(by=by, entries=[entry])[0]


def _move(by: Any, *sides: Entry) -> list[Entry]:
    transfer = uuid4()
    for side in sides:
        side.transfer = transfer
    return enter(by=by, entries=sides)


@contextmanager
def _said_with_what_is_left(entries: Sequence[Entry]) -> Iterator[None]:
    """A refusal of a single promise says what is left, as it is now that the transaction has ended."""
    try:
        yield
    except ValidationError as refusal:
        if len(entries) != 1 or entries[0].kind not in PROMISES or getattr(refusal, "code", "") != "refused":
            raise
        entry = entries[0]
        found = Balance.objects.filter(line=entry.line, year=entry.year, chin=entry.chin).first()
        if found is None or found.allocated is None or found.overcommitted:
            raise
        left = found.allocated - found.earmarked - found.committed
        if entry.amount <= left:  # refused for something else
            raise
        raise ValidationError(
            f"{words.pounds(entry.amount, 2)} is more than is left of {entry.line} for {year_name(entry.year)}: "
            f"{words.pounds(left, 2)}.",
            code="more_than_left",
        ) from refusal
