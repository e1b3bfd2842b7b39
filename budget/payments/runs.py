"""Payment runs: prepared by one person, authorised by another; changed or withdrawn until they leave the portal.

What the database refuses, and in which words, stands in budget.payments.guards. An act done a second time says that it
is done already. Everything raises ValidationError for what is refused, which is kept among the steps of the run.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum

from budget import refusals
from budget.models import Balance, Line
from budget.payments.guards import control_in_sql
from budget.payments.models import Payable, Run, RunLine, RunStep
from budget.payments.owing import tell
from budget.payments.states import CHANGEABLE, LIVE, LineState, PayableState, RunState, Step
from cc2h.kit import words
from cc2h.kit.days import year_name, year_of
from cc2h.kit.problems import check
from cc2h.kit.writing import stays, writing
from practices.models import Commissioner

NOTHING = Decimal("0.00")
NAMED = 5  # of what is refused, before “and so many more”


@dataclass(frozen=True, slots=True)
class Room:
    """What is committed on a line for a year and not yet paid, and what of it runs are already paying."""

    line: Line
    year: int
    chin_id: int | None
    asked: Decimal
    unpaid: Decimal
    in_runs: Decimal

    @property
    def left(self) -> Decimal:
        return self.unpaid - self.in_runs - self.asked

    @property
    def short(self) -> bool:
        return self.left < 0


def prepare(*, by: Any, commissioner: Commissioner, payables: Sequence[int] | None, today: date) -> Run:
    """A run of these sums, or of all that are owed and in no other run (None)."""
    of = {"about": "payments:", "name": commissioner.short_name, "what": "Preparing a payment run"}
    with refusals.refusals_kept(by=by, commissioner_id=commissioner.pk, **of), writing(by):
        if payables is None:
            payables = list(_owed_by(commissioner).free().values_list("pk", flat=True))
        if not payables:
            raise ValidationError("Nothing is owed that is not in a payment run already.", code="nothing_owed")
        found = _free(commissioner, payables)
        _within_commitments(found)
        number = _next_number(commissioner, today)
        run: Run = Run.objects.create(commissioner=commissioner, number=number, prepared_by=by, prepared_on=today)
        _put_in(run, found)
        _seal(run)
        keep_step(run, Step.PREPARED, by, today)
    return run


def add(*, by: Any, run: Run, payables: Sequence[int], today: date) -> Run:
    """More sums are paid by the run. An authorisation it has is void, and whoever adds them gives it no other."""
    with refusals_kept(run, by, today), writing(by):
        current = _open(run)
        found = _free(current.commissioner, payables)
        _within_commitments(found)
        _put_in(current, found, added_by=by)
        _seal(current)
        keep_step(current, Step.CHANGED, by, today, f"{words.plural(len(found), 'payment')} added")
    return current


def take_out(*, by: Any, run: Run, lines: Sequence[int], why: str, today: date) -> Run:
    """Some of its payments are not made by this run. An authorisation it has is void."""
    said = _because(why, "Say why they are taken out.")
    with refusals_kept(run, by, today), writing(by):
        current = _open(run)
        waiting = current.lines.filter(state=LineState.WAITING)
        out = waiting.filter(pk__in=lines)
        taken = out.update(state=LineState.OUT, reason=said)
        if not taken:
            raise ValidationError("None of these is in the run any more.", code="not_in_the_run")
        if not waiting.exists():
            raise ValidationError("That would leave the run empty. Withdraw it instead.", code="empty")
        current.refresh_from_db()
        _seal(current)
        keep_step(current, Step.CHANGED, by, today, f"{words.plural(taken, 'payment')} taken out: {said}"[:500])
    return current


def authorise(*, by: Any, run: Run, control: str, today: date) -> Run:
    """The run as its control hash says it was shown may be paid, says somebody who has no part in what it pays."""
    with refusals_kept(run, by, today), writing(by):
        current = locked(run)
        if current.state != RunState.PREPARED:
            raise ValidationError(_already(current), code="already")
        if current.control != control:
            raise ValidationError(
                f"{current} has been changed since you looked at it: its lines or their sum are others. Look at it again.",
                code="changed",
            )
        _within_commitments([line.payable for line in _waiting(current)], besides=current)
        current.state, current.authorised_by, current.authorised_on = RunState.AUTHORISED, by, today
        current.save()
        keep_step(current, Step.AUTHORISED, by, today)
    return current


def withdraw(*, by: Any, run: Run, why: str, today: date) -> Run:
    """Nothing of it is paid; what it held is owed as before."""
    said = _because(why, "Say why the run is withdrawn.")
    with refusals_kept(run, by, today), writing(by):
        current = locked(run)
        if current.state not in CHANGEABLE:
            raise ValidationError(_already(current), code="already")
        current.state, current.withdrawn_on, current.why = RunState.WITHDRAWN, today, said
        check(current, "why")
        current.save()
        keep_step(current, Step.WITHDRAWN, by, today, said)
        current.lines.filter(state=LineState.WAITING).update(state=LineState.OUT, reason=said)
    return current


def rooms(payables: Sequence[Payable], besides: Run | None = None) -> list[Room]:
    """By line, year and CHIN, what paying these would leave of the commitments. besides: a run that pays them itself."""
    asked: dict[tuple[int, int, int | None], Decimal] = {}
    for one in payables:
        key = (one.line_id, one.year, one.chin_id)
        asked[key] = asked.get(key, NOTHING) + one.amount
    lines = Line.objects.in_bulk({line for line, _, _ in asked})
    balances = {
        (one.line_id, one.year, one.chin_id): one.committed - one.paid for one in Balance.objects.filter(line__in=lines)
    }
    waiting = RunLine.objects.filter(state=LineState.WAITING, payable__line__in=lines)
    if besides is not None:
        waiting = waiting.exclude(run=besides)
    sums = waiting.values_list("payable__line", "payable__year", "payable__chin").annotate(sum=Sum("amount"))
    in_runs = {(line, year, chin): total for line, year, chin, total in sums.order_by()}
    found = [
        Room(lines[line], year, chin, amount, balances.get(key, NOTHING), in_runs.get(key, NOTHING))
        for key, amount in asked.items()
        for line, year, chin in [key]
    ]
    return sorted(found, key=lambda one: (one.line.place, one.line.name, one.year, one.chin_id or 0))


def locked(run: Run) -> Run:
    """The run as it is now, which nobody else changes until the transaction ends."""
    current: Run = Run.objects.select_for_update(no_key=True, of=["self"]).select_related(
        "commissioner", "prepared_by", "authorised_by"
    ).get(pk=run.pk)  # fmt: skip
    return current


@contextmanager
def refusals_kept(run: Run, by: Any, today: date) -> Iterator[None]:
    """What is refused is undone, and that it was refused is kept."""
    try:
        yield
    except ValidationError as refusal:
        if getattr(refusal, "code", "") != "already":
            said = refusals.said(refusal)

            def keep() -> None:
                with writing(by):
                    keep_step(Run.objects.get(pk=run.pk), Step.REFUSED, by, today, said[:500])

            stays(keep)
        refusals.keep(
            refusal,
            by=by,
            commissioner_id=run.commissioner_id,
            what="Payment run",
            about=f"run:{run.pk}",
            name=str(run),
        )
        raise


def _owed_by(commissioner: Commissioner) -> Any:
    return Payable.objects.filter(payee__commissioner=commissioner)


def _open(run: Run) -> Run:
    current = locked(run)
    if current.state not in CHANGEABLE:
        raise ValidationError(_already(current), code="already")
    return current


def _already(run: Run) -> str:
    if run.state == RunState.AUTHORISED:
        return f"{run} is authorised already, by {run.authorised_by} on {words.day(run.authorised_on)}."
    since = {
        RunState.EXPORTED: run.exported_on,
        RunState.CONFIRMED: run.confirmed_on,
        RunState.WITHDRAWN: run.withdrawn_on,
    }.get(RunState(run.state))
    return f"{run} is {run.get_state_display().lower()} already" + (f", since {words.day(since)}." if since else ".")


def _because(why: str, otherwise: str) -> str:
    said = " ".join(why.split())
    if not said:
        raise ValidationError(otherwise, code="reason_required")
    return said


def _free(commissioner: Commissioner, payables: Sequence[int]) -> list[Payable]:
    """The sums, locked in one order; refused unless each is owed by the commissioner and in no live run."""
    ids = sorted(set(payables))
    mine = _owed_by(commissioner).filter(pk__in=ids)
    found = list(mine.select_for_update(no_key=True, of=["self"]).select_related("payee").order_by("pk"))
    if len(found) < len(ids):
        missing = next(pk for pk in ids if pk not in {one.pk for one in found})
        raise ValidationError(f"{commissioner} owes nothing of the number {missing}.", code="not_owed")
    settled = [one for one in found if one.state != PayableState.OWED]
    if settled:
        _refuse([f"“{one}” is {one.get_state_display().lower()}" for one in settled], "not_owed")
    live = RunLine.objects.filter(payable__in=found, state__in=LIVE).select_related("run", "payable").order_by("pk")
    _refuse([f"“{line.payable}” is in payment run {line.run.number} already" for line in live], "in_a_run")
    return found


def _refuse(reasons: Sequence[str], code: str) -> None:
    if not reasons:
        return
    more = len(reasons) - NAMED
    said = [*reasons[:NAMED], *([f"and so are {words.number(more)} more"] if more > 0 else [])]
    raise ValidationError("; ".join(said) + ".", code=code)


def _within_commitments(payables: Sequence[Payable], besides: Run | None = None) -> None:
    """Raise ValidationError where paying them would be more than is committed."""
    short = [one for one in rooms(payables, besides) if one.short]
    if short:
        said = "; ".join(
            f"{one.line}, {year_name(one.year)}: {words.pounds(one.asked, 2)} to be paid, "
            f"{words.pounds(one.unpaid - one.in_runs, 2)} committed and not yet paid"
            for one in short
        )
        raise ValidationError(f"That would be more paid than is committed. {said}.", code="short")


def _next_number(commissioner: Commissioner, today: date) -> str:
    """Like 2018-001. Two who prepare at once get one number after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payments.run'), %s)", [commissioner.pk])
    year = year_of(today)
    numbers = Run.objects.filter(commissioner=commissioner, number__startswith=f"{year}-")
    taken = [int(number.partition("-")[2]) for number in numbers.values_list("number", flat=True)]
    return f"{year}-{max(taken, default=0) + 1:03d}"


def _put_in(run: Run, payables: Sequence[Payable], added_by: Any = None) -> None:
    """By one statement, however many. The reference is of the commissioner, the run and the place in it."""
    year, _, number = run.number.partition("-")
    begins = f"{run.commissioner.ods_code}-{year[2:]}{number}"
    place = run.lines.count()
    RunLine.objects.bulk_create(
        RunLine(run=run, payable=one, amount=one.amount, reference=f"{begins}-{place + n:04d}", added_by=added_by)
        for n, one in enumerate(payables, 1)
    )
    run.refresh_from_db()


def _seal(run: Run) -> None:
    """Its totals and its control hash, as its lines are now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE payments_run SET control = {control_in_sql("payments_run.id")},
                count = (SELECT count(*) FROM payments_runline WHERE run_id = payments_run.id AND state <> 'out'),
                total = (SELECT coalesce(sum(amount), 0) FROM payments_runline
                         WHERE run_id = payments_run.id AND state <> 'out')
            WHERE id = %s
            """,  # noqa: S608 - a column of ours
            [run.pk],
        )
    run.refresh_from_db()


def _waiting(run: Run) -> Any:
    return run.lines.filter(state=LineState.WAITING).select_related("payable")


def keep_step(run: Run, done: Step, by: Any, today: date, why: str = "") -> None:
    """What was done, with what the run comes to now."""
    RunStep.objects.create(
        run=run, step=done, by=by, day=today, count=run.count, total=run.total, control=run.control, why=why
    )


def decide(*, by: Any, payable: Payable, pay_again: bool, why: str, today: date) -> Payable:
    """What came back from the bank is owed again, or called off: a person's decision, with a reason."""
    said = _because(why, "Say why.")
    with writing(by):
        current: Payable = Payable.objects.select_for_update(no_key=True).get(pk=payable.pk)
        if current.state != PayableState.BACK:
            raise ValidationError(f"“{current}” is {current.get_state_display().lower()} already.", code="already")
        current.state = PayableState.OWED if pay_again else PayableState.CALLED_OFF
        current.called_off_on, current.why = (None if pay_again else today), said
        check(current, "why")
        current.save()
        tell("owed again" if pay_again else "called off", [current.about], by, today)
    return current
