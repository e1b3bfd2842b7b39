"""The files of a run: made once, kept as bytes, and whoever fetches one is recorded."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Sum

from budget.payments import layouts
from budget.payments.layouts import Row
from budget.payments.models import Download, Export, Layout, Payable, Run, RunLine
from budget.payments.runs import keep_step, locked, refusals_kept
from budget.payments.states import LayoutKind, LineState, PayableState, RunState, Step
from cc2h.kit import words
from cc2h.kit.writing import writing
from practices.models import Commissioner


def export(*, by: Any, run: Run, layout: Layout, today: date) -> Export:
    """The file of the run in this layout. Made a second time, it is the first one.

    The payment file is made of a run that is authorised, once, and the run is exported by it.
    """
    with refusals_kept(run, by, today), writing(by):
        current = locked(run)
        made: Export | None = current.exports.filter(layout=layout.name).first()
        if made is not None:
            return made
        if layout.kind == LayoutKind.ACCRUALS:
            raise ValidationError("Accruals are of a day, not of a run.", code="kind")
        _in_time(current, layout)
        rows = _payments(current) if layout.kind == LayoutKind.PAYMENT else _journal(current, today)
        found = _keep(by, layout, rows, today, commissioner=current.commissioner, run=current)
        if layout.kind == LayoutKind.PAYMENT:
            current.state, current.exported_on = RunState.EXPORTED, today
            current.save()
            keep_step(current, Step.EXPORTED, by, today, f"{layout.name}, SHA-256 {found.sha256[:12]}…")
    return found


def accruals(*, by: Any, commissioner: Commissioner, layout: Layout, day: date) -> Export:
    """What is owed and not paid as at the day. The same again is the file that was made before."""
    if layout.kind != LayoutKind.ACCRUALS:
        raise ValidationError("Choose a layout of accruals.", code="kind")
    with writing(by):
        owed: Any = Payable.objects.filter(payee__commissioner=commissioner, day__lte=day).with_state_on(day)
        owed = owed.filter(state_on=PayableState.OWED).select_related("payee", "line", "chin")
        rows = [
            Row(
                payee=one.payee.name,
                payee_reference=one.payee.reference,
                amount=one.amount,
                line=one.line.name,
                cost_centre=one.line.cost_centre,
                subjective_code=one.line.subjective_code,
                year=one.year,
                chin=one.chin.name if one.chin else "",
                what_for=one.reason,
                day=day,
            )
            for one in owed.order_by("line__place", "line__name", "payee__name", "pk")
        ]
        _coded({one.line for one in owed})
        return _keep(by, layout, rows, day, commissioner=commissioner)


def download(*, by: Any, export: Export) -> bytes:
    """Its bytes, the same for everybody; that they were fetched is kept."""
    with writing(by):
        Download.objects.create(export=export, by=by)
    return bytes(export.data)


def _in_time(run: Run, layout: Layout) -> None:
    if layout.kind == LayoutKind.PAYMENT:
        if run.state == RunState.AUTHORISED:
            return
        earlier = run.exports.filter(kind=LayoutKind.PAYMENT).first()
        if earlier is not None:
            raise ValidationError(
                f"The payment file of {run} has been made already, as “{earlier.layout}”. Download that one: two would be "
                "paid twice.",
                code="already",
            )
        raise ValidationError(
            f"{run} is {run.get_state_display().lower()}. Its payment file is made once it is authorised.", code="state"
        )
    if run.state not in (RunState.EXPORTED, RunState.CONFIRMED):
        raise ValidationError(
            f"{run} is {run.get_state_display().lower()}. Its journal is made once its payment file is.", code="state"
        )


def _lines(run: Run) -> Any:
    return run.lines.exclude(state=LineState.OUT)


def _payments(run: Run) -> list[Row]:
    lines = _lines(run).select_related("payable__payee", "payable__line", "payable__chin").order_by("reference")
    return [_payment(run, one) for one in lines]


def _payment(run: Run, one: RunLine) -> Row:
    payable = one.payable
    return Row(
        reference=one.reference,
        payee=payable.payee.name,
        payee_reference=one.payee_reference,
        amount=one.amount,
        line=payable.line.name,
        cost_centre=payable.line.cost_centre,
        subjective_code=payable.line.subjective_code,
        year=payable.year,
        chin=payable.chin.name if payable.chin else "",
        what_for=payable.reason,
        run=run.number,
        day=run.authorised_on,
    )


def _journal(run: Run, today: date) -> list[Row]:
    """A debit for each budget line and year, and one credit of the run's total."""
    sums = _lines(run).values("payable__line", "payable__year").annotate(sum=Sum("amount"))
    found = {(one["payable__line"], one["payable__year"]): one["sum"] for one in sums.order_by()}
    of = {one.payable.line_id: one.payable.line for one in _lines(run).select_related("payable__line")}
    _coded(set(of.values()))
    debits = [
        Row(
            debit=amount,
            amount=amount,
            line=of[line].name,
            cost_centre=of[line].cost_centre,
            subjective_code=of[line].subjective_code,
            year=year,
            what_for=str(run),
            run=run.number,
            day=today,
        )
        for (line, year), amount in sorted(
            found.items(), key=lambda one: (of[one[0][0]].place, of[one[0][0]].name, one[0][1])
        )
    ]
    return [*debits, Row(credit=run.total, amount=run.total, what_for=str(run), run=run.number, day=today)]


def _coded(lines: Any) -> None:
    """Raise ValidationError where a line has no codes for finance's own ledger."""
    bare = sorted(line.name for line in lines if not (line.cost_centre and line.subjective_code))
    if bare:
        raise ValidationError(
            f"{words.listed(bare)} {'has' if len(bare) == 1 else 'have'} no cost centre or no subjective code. Enter them "
            "with “Change the line” on the page of the budget line first.",
            code="codes",
        )


def _keep(by: Any, layout: Layout, rows: Sequence[Row], day: date, **of: Any) -> Export:
    data = layouts.written(layout, rows)
    sha256 = hashlib.sha256(data).hexdigest()
    if layout.kind == LayoutKind.ACCRUALS:
        same: Export | None = Export.objects.filter(layout=layout.name, sha256=sha256, day=day, **of).first()
        if same is not None:
            return same
    made: Export = Export.objects.create(
        layout=layout.name, kind=layout.kind, day=day, rows=len(rows), data=data, sha256=sha256, made_by=by, **of
    )
    return made
