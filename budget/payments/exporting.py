"""The files of a run: made once, kept as bytes, and whoever fetches one is recorded."""

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, Sum

from budget.models import Line
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
        books = _to_book(current, layout) if layout.kind == LayoutKind.JOURNAL else {}
        rows = _payments(current) if layout.kind == LayoutKind.PAYMENT else _journal(current, books, today)
        booked = {f"{line}:{year}": str(amount) for (line, year), amount in books.items()}
        found = _keep(by, layout, rows, today, commissioner=current.commissioner, run=current, booked=booked)
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


Sums = dict[tuple[int, int], Decimal]  # by budget line and year
CORRECTION = ", correction "  # then its number: how a journal is called that books what has changed since the last


def _to_book(run: Run, layout: Layout) -> Sums:
    """What the run pays, less what earlier journals of this layout have booked. What failed or came back it does not pay."""
    stands = _lines(run).exclude(state__in=(LineState.FAILED, LineState.REVERSED))
    sums = stands.values("payable__line", "payable__year").annotate(sum=Sum("amount")).order_by()
    books: Sums = {(one["payable__line"], one["payable__year"]): one["sum"] for one in sums}
    base = layout.name.partition(CORRECTION)[0]
    for booked in journals(run, base).values_list("booked", flat=True):
        for key, amount in booked.items():
            line, year = map(int, key.split(":"))
            books[line, year] = books.get((line, year), Decimal(0)) - Decimal(amount)
    return {key: amount for key, amount in books.items() if amount}


def journals(run: Run, name: str) -> Any:
    """The journal of that layout and its corrections, as far as they are made."""
    mine = Q(layout=name) | Q(layout__startswith=f"{name}{CORRECTION}")
    return run.exports.filter(mine, kind=LayoutKind.JOURNAL)


def made_of(run: Run) -> list[Layout]:
    """The layouts by which its files were made, to ask for one again."""
    return [Layout(name=name, kind=kind) for name, kind in run.exports.values_list("layout", "kind")]


def journals_to_make(run: Run) -> list[Layout]:
    """The journals that can be made of the run as it stands: the first of each layout, then what has changed since."""
    found = []
    for one in layouts.layouts_of(run.commissioner, LayoutKind.JOURNAL):
        made = journals(run, one.name).count()
        if not _to_book(run, one):
            continue
        if not made:
            found.append(one)
        else:
            facts = {"columns": one.columns, "delimiter": one.delimiter, "heading": one.heading}
            found.append(Layout(name=f"{one.name}{CORRECTION}{made}", kind=one.kind, **facts))
    return found


def _journal(run: Run, books: Sums, today: date) -> list[Row]:
    """A debit for each budget line and year, and one credit of their sum; what is taken off again stands on the other side."""
    if not books:
        raise ValidationError(f"Nothing of {run} is paid, or on its way, that is not booked already.", code="nothing")
    of = {line.pk: line for line in Line.objects.filter(pk__in={line for line, _ in books})}
    _coded(set(of.values()))
    total = sum(books.values(), Decimal(0))
    debits = [
        Row(
            debit=amount if amount > 0 else None,
            credit=-amount if amount < 0 else None,
            amount=abs(amount),
            line=of[line].name,
            cost_centre=of[line].cost_centre,
            subjective_code=of[line].subjective_code,
            year=year,
            what_for=str(run),
            run=run.number,
            day=today,
        )
        for (line, year), amount in sorted(
            books.items(), key=lambda one: (of[one[0][0]].place, of[one[0][0]].name, one[0][1])
        )
    ]
    other = Row(
        credit=total if total > 0 else None,
        debit=-total if total <= 0 else None,
        amount=abs(total),
        what_for=str(run),
        run=run.number,
        day=today,
    )
    return [*debits, other]


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
