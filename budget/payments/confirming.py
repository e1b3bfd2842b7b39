"""The bank's word on the payments of a run, from a file or by hand: all of it is recorded, or nothing."""

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from budget.kinds import EntryKind
from budget.ledger import enter
from budget.models import Entry
from budget.payments import remittances
from budget.payments.models import Confirmation, Run, RunLine
from budget.payments.owing import tell
from budget.payments.runs import keep_step, locked, refusals_kept
from budget.payments.states import LineState, RunState, Step
from cc2h.kit import words
from cc2h.kit.days import NotADay, parse_day
from cc2h.kit.money import NotAnAmount, parse_pounds
from cc2h.kit.writing import writing

LARGEST = 5 << 20  # bytes of a confirmation
LONGEST = 500  # characters of a reason
MOST_NAMED = 20  # of what is wrong, before “and so many more”
NAMES: Mapping[str, Sequence[str]] = {
    "run": ("run", "payment run", "run number"),
    "reference": ("reference", "ref", "payment reference"),
    "amount": ("amount", "amount paid", "value"),
    "outcome": ("outcome", "status", "result"),
    "day": ("day", "date", "value date"),
    "reason": ("reason", "why", "narrative"),
}
OUTCOMES: Mapping[str, LineState] = {
    "paid": LineState.PAID,
    "failed": LineState.FAILED,
    "reversed": LineState.REVERSED,
    "returned": LineState.REVERSED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one payment. number: the line of the file it stands in; 0 where somebody said it by hand."""

    reference: str
    outcome: LineState
    day: date
    reason: str = ""
    amount: Decimal | None = None
    run: str = ""
    number: int = 0

    def said(self, problem: str) -> str:
        return f"Line {self.number}: {problem}" if self.number else problem


def read(data: bytes) -> list[Outcome]:
    """What a confirmation file says. Raises ValidationError naming every line that can't be read."""
    rows = _rows(data)
    header = _header(rows[0])
    found: list[Outcome] = []
    problems: list[str] = []
    for number, row in rows[1:]:
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in header.items()}
        try:
            found.append(_outcome(number, cells))
        except ValueError as wrong:
            problems.append(f"Line {number}: {wrong}")
    _refuse(problems)
    if not found:
        raise ValidationError("The file says nothing of any payment: it has no lines below its headings.", code="empty")
    return found


def confirm(
    *, by: Any, run: Run, outcomes: Sequence[Outcome], today: date, file_name: str = "", data: bytes = b""
) -> Confirmation:
    """What was paid is entered in the ledger, what failed is owed again, what came back is taken off; all or nothing.

    Raises ValidationError naming every line that is not as expected; code "already" where nothing of it is new.
    """
    sha256 = hashlib.sha256(data).hexdigest() if data else ""
    with refusals_kept(run, by, today), writing(by):
        current = locked(run)
        _confirmable(current, sha256)
        lines = {
            one.reference: one
            for one in current.lines.exclude(state=LineState.OUT)
            .select_related("payable__payee", "payable__line", "payable__chin", "payment")
            .order_by("pk")
        }
        _refuse(_problems(current, lines, outcomes, today))
        by_outcome: dict[LineState, list[tuple[RunLine, Outcome]]] = {}
        for one in sorted(outcomes, key=lambda one: one.reference):
            by_outcome.setdefault(one.outcome, []).append((lines[one.reference], one))
        for outcome, write in _WRITING.items():
            write(by, current, by_outcome.get(outcome, []))
        made: Confirmation = Confirmation.objects.create(
            run=current,
            by=by,
            day=today,
            file_name=file_name[:200],
            data=data,
            sha256=sha256,
            **{str(outcome): len(by_outcome.get(outcome, [])) for outcome in _WRITING},
        )
        if current.state == RunState.EXPORTED and not current.lines.filter(state=LineState.WAITING).exists():
            current.state, current.confirmed_on = RunState.CONFIRMED, today
            current.save()
        keep_step(current, Step.CONFIRMED, by, today, _counted(made))
        for outcome, pairs in by_outcome.items():
            for day in sorted({one.day for _, one in pairs}):
                abouts = [line.payable.about for line, one in pairs if one.day == day]
                tell(_EVENTS[outcome], abouts, by, day)
        remittances.leave_for(made, {line.payable.payee_id for line, _ in by_outcome.get(LineState.PAID, [])})
    return made


def confirm_file(*, by: Any, run: Run, data: bytes, file_name: str, today: date) -> Confirmation:
    """What a file says. One that can't be read is refused, and that is kept, as if it were of another run."""
    with refusals_kept(run, by, today):
        outcomes = read(data)
    return confirm(by=by, run=run, outcomes=outcomes, today=today, file_name=file_name, data=data)


def by_hand(
    *, by: Any, run: Run, lines: Sequence[RunLine], outcome: str, day: date, reason: str, today: date
) -> Confirmation:
    """Somebody has read at the bank what became of these payments."""
    outcomes = [
        Outcome(reference=one.reference, outcome=LineState(outcome), day=day, reason=reason, amount=one.amount)
        for one in lines
    ]
    return confirm(by=by, run=run, outcomes=outcomes, today=today)


# Reading ----------------------------------------------------------------------------------------------


def _rows(data: bytes) -> list[tuple[int, list[str]]]:
    if len(data) > LARGEST:
        raise ValidationError(
            f"The file is larger than {LARGEST >> 20} MB. A confirmation is a CSV file.", code="large"
        )
    if b"\0" in data:
        raise ValidationError("That is no text file. A confirmation is a CSV file, in UTF-8.", code="not_text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        number = data[: wrong.start].count(b"\n") + 1
        raise ValidationError(
            f"Line {number} is not in UTF-8. Save the file as CSV in UTF-8.", code="not_utf8"
        ) from None
    first = next(filter(None, text.strip().splitlines()), "")
    delimiter = max(",;\t|", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as wrong:
        raise ValidationError(f"Line {reader.line_num} is not CSV: {wrong}.", code="not_csv") from None
    if not rows:
        raise ValidationError("The file is empty.", code="empty")
    return rows


def _header(row: tuple[int, list[str]]) -> dict[str, int]:
    """In which column what stands. Raises ValidationError where something has none."""
    names = [" ".join(cell.lower().replace("_", " ").split()) for cell in row[1]]
    found = {name: names.index(one) for name, known in NAMES.items() for one in known[::-1] if one in names}
    lacking = [name for name in NAMES if name not in found and name != "reason"]
    if lacking:
        raise ValidationError(
            f"Line {row[0]} has no column {words.listed(lacking)}. A confirmation has the columns run, reference, amount, "
            "outcome, day and reason.",
            code="columns",
        )
    return found


def _outcome(number: int, cells: Mapping[str, str]) -> Outcome:
    if not cells["reference"]:
        raise ValueError("it has no reference.")
    outcome = OUTCOMES.get(cells["outcome"].lower())
    if outcome is None:
        raise ValueError(f"the outcome is “{cells['outcome'][:40]}”; expected paid, failed or reversed.")
    if not cells["amount"]:
        raise ValueError("it has no amount; expected pounds and pence, like 1500.00.")
    try:
        amount = parse_pounds(cells["amount"])
        day = parse_day(cells["day"])
    except NotAnAmount as wrong:
        raise ValueError(str(wrong)) from None
    except NotADay as wrong:
        raise ValueError(str(wrong)) from None
    return Outcome(cells["reference"].upper(), outcome, day, cells.get("reason", ""), amount, cells["run"], number)


# Judging ----------------------------------------------------------------------------------------------


def _confirmable(run: Run, sha256: str) -> None:
    before = run.confirmations.filter(sha256=sha256).first() if sha256 else None
    if before is not None:
        raise ValidationError(
            f"This file has confirmed {run} already, on {words.day(before.day)}. Nothing is recorded twice.",
            code="already",
        )
    if run.state not in (RunState.EXPORTED, RunState.CONFIRMED):
        raise ValidationError(
            f"{run} is {run.get_state_display().lower()}. The bank can’t have paid it before its payment file is made.",
            code="state",
        )


def _problems(run: Run, lines: Mapping[str, RunLine], outcomes: Sequence[Outcome], today: date) -> list[str]:
    """What is not as expected, a sentence for each line."""
    unknown = [one.reference for one in outcomes if one.reference not in lines]
    others = dict(RunLine.objects.filter(reference__in=unknown).values_list("reference", "run__number"))
    seen: dict[str, int] = {}
    found = []
    for one in outcomes:
        if one.reference in seen:
            found.append(one.said(f"{one.reference} stands in line {seen[one.reference]} already; expected each once."))
            continue
        seen[one.reference] = one.number
        problem = _problem(run, lines.get(one.reference), one, others.get(one.reference), today)
        if problem:
            found.append(one.said(problem))
    return found


def _problem(run: Run, line: RunLine | None, one: Outcome, other: str | None, today: date) -> str:
    if one.run and one.run != run.number:
        return f"it is of payment run {one.run[:20]}; expected {run.number}."
    if line is None:
        of = f"it is of payment run {other}" if other else "no payment has it"
        return f"the reference is {one.reference[:40]}, and {of}; expected one of {run}."
    if one.amount is not None and one.amount != line.amount:
        return (
            f"the amount of {one.reference} is {words.pounds(one.amount, 2)}; expected {words.pounds(line.amount, 2)}, "
            "as it was authorised."
        )
    expected = LineState.PAID if one.outcome == LineState.REVERSED else LineState.WAITING
    if line.state != expected:
        return _out_of_turn(line, one)
    first = line.outcome_on if one.outcome == LineState.REVERSED else run.exported_on
    if first is not None and one.day < first:
        since = "paid" if one.outcome == LineState.REVERSED else "exported"
        return f"the day of {one.reference} is {words.day(one.day)}; expected {words.day(first)}, when it was {since}, or later."
    if one.day > today:
        return f"the day of {one.reference} is {words.day(one.day)}, which is still to come; expected {words.day(today)} or earlier."
    if one.outcome != LineState.PAID and not one.reason.strip():
        return f"{one.reference} is {one.outcome.label.lower()}, and no reason is given; expected why."
    if len(one.reason) > LONGEST:
        said = f"at most {words.number(LONGEST)} characters why; this has {words.number(len(one.reason))}."
        return f"the reason of {one.reference} is too long; expected {said}"
    return ""


def _out_of_turn(line: RunLine, one: Outcome) -> str:
    if line.state == LineState.WAITING:
        return f"{line.reference} came back, says the file; expected that it is confirmed as paid first."
    day = line.reversed_on or line.outcome_on
    is_so = {LineState.PAID: "is paid", LineState.FAILED: "failed", LineState.REVERSED: "came back"}[
        LineState(line.state)
    ]
    return (
        f"{line.reference} {is_so} already, on {words.day(day)}; expected nothing more to be {one.outcome.value} of it."
    )


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        more = len(problems) - MOST_NAMED
        said = [*problems[:MOST_NAMED], *([f"And {words.number(more)} more."] if more > 0 else [])]
        raise ValidationError([ValidationError(one, code="confirmation") for one in said])


# Writing ----------------------------------------------------------------------------------------------

Pairs = Sequence[tuple[RunLine, Outcome]]


def _pay(by: Any, run: Run, pairs: Pairs) -> None:
    entries = _enter(by, run, pairs, EntryKind.PAYMENT)
    _settle(LineState.PAID, "outcome_on", "payment_id", pairs, entries)


def _fail(by: Any, run: Run, pairs: Pairs) -> None:
    _settle(LineState.FAILED, "outcome_on", "payment_id", pairs, [])


def _reverse(by: Any, run: Run, pairs: Pairs) -> None:
    entries = _enter(by, run, pairs, EntryKind.PAYMENT_REVERSED)
    _settle(LineState.REVERSED, "reversed_on", "contrary_id", pairs, entries)


_WRITING: Mapping[LineState, Callable[[Any, Run, Pairs], None]] = {
    LineState.PAID: _pay,
    LineState.FAILED: _fail,
    LineState.REVERSED: _reverse,
}
_EVENTS: Mapping[LineState, Any] = {
    LineState.PAID: "paid",
    LineState.FAILED: "failed",
    LineState.REVERSED: "reversed",
}


def _enter(by: Any, run: Run, pairs: Pairs, kind: EntryKind) -> list[Entry]:
    if not pairs:
        return []
    return enter(
        by=by,
        entries=[
            Entry(
                line=line.payable.line,
                year=line.payable.year,
                chin=line.payable.chin,
                kind=kind,
                amount=line.amount,
                day=one.day,
                reason=line.payable.reason if kind is EntryKind.PAYMENT else one.reason,
                document=f"{run}, {line.reference}, {line.payable.payee.name}"[:300],
                agreed_by=run.authorised_by if kind is EntryKind.PAYMENT else None,
                reverses=line.payment if kind is EntryKind.PAYMENT_REVERSED else None,
            )
            for line, one in pairs
        ],
    )


def _settle(state: LineState, day: str, column: str, pairs: Pairs, entries: Sequence[Entry]) -> None:
    """By one statement, however many lines."""
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE payments_runline l SET state = %s, {day} = new.day, reason = new.reason, {column} = new.entry
            FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::bigint[]) AS new(id, day, reason, entry)
            WHERE l.id = new.id
            """,  # noqa: S608 - columns of ours
            [
                state,
                [line.pk for line, _ in pairs],
                [one.day for _, one in pairs],
                [" ".join(one.reason.split()) for _, one in pairs],
                [one.pk for one in entries] if entries else [None for _ in pairs],
            ],
        )


def _counted(made: Confirmation) -> str:
    parts = [(made.paid, "paid"), (made.failed, "failed"), (made.reversed, "came back")]
    said = ", ".join(f"{words.number(number)} {what}" for number, what in parts if number)
    return f"{said}; {made.file_name}" if made.file_name else f"{said}; by hand"
