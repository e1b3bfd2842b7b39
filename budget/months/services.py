"""Closing months and ending years. Amounts are Decimal, in pounds with two decimals; what is refused is a ValidationError."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from budget import ledger
from budget.models import Balance, Line, Period, RequestState
from budget.months import queries
from budget.months.models import Accrual, Forecast, Phasing, Report, ReportAccrual, ReportLine, YearChoice
from cc2h.accounts.authority import Action, of
from cc2h.kit import words
from cc2h.kit.days import last_of_year, year_name
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from chins.models import Chin
from practices.models import Commissioner


def close_month(*, by: Any, commissioner: Commissioner, month: date, today: date) -> Period:
    """The month takes no entry any more, nor does any before it, and its report is kept as it is now.

    Waits for whoever is entering something; the database refuses what is not its turn.
    """
    with writing(by):
        period = Period(commissioner=commissioner, month=month, closed_by=by, closed_as=_post(by, commissioner, today))
        check(period)
        period.save(force_insert=True)  # from here on nobody enters anything
        freeze(period)
    period.refresh_from_db()
    return period


def freeze(period: Period, at: datetime | None = None) -> Report:
    """Keep the report of a month that has just been closed."""
    found = queries.of_entries(period.commissioner, period.month)
    when = {} if at is None else {"frozen_at": at}
    report = Report.objects.create(period=period, sha256=queries.fingerprint(found.lines, found.accruals), **when)
    ReportLine.objects.bulk_create(
        ReportLine(report=report, number=number, **_kept(row)) for number, row in enumerate(found.lines)
    )
    ReportAccrual.objects.bulk_create(
        ReportAccrual(report=report, number=number, **_kept(row)) for number, row in enumerate(found.accruals)
    )
    return report


def _kept(row: Any) -> dict[str, Any]:
    return {one.name: getattr(row, one.name) for one in fields(row) if one.name != "slug"}


def reopen_month(*, by: Any, period: Period, why: str, today: date) -> Period:
    """Somebody else than closed it lets entries in again, and says why. The report that was frozen stays to be read."""
    with writing(by):
        current: Period = Period.objects.select_for_update(no_key=True).get(pk=period.pk)
        if current.reopened_at is not None:
            raise ValidationError("It has been reopened already.", code="reopened")
        if current.closed_by_id == by.pk:
            raise ValidationError("Somebody else reopens a month than closed it.", code="own_month")
        current.reopened_at, current.reopened_by = timezone.now(), by
        current.reopened_as, current.why = _post(by, current.commissioner, today), " ".join(why.split())
        check(current, "why")
        current.save()
    return current


def _post(by: Any, commissioner: Commissioner, today: date) -> str:
    """The post by which this person closes and reopens months of the commissioner."""
    held = of(by, today).holdings_allowing(Action.CLOSE_MONTH, commissioner.authority_target())
    if not held:
        raise ValidationError("A month is closed and reopened by the holder of a post of finance.", code="no_post")
    return held[0].title


# What people say of a month ---------------------------------------------------------------------------


def forecast(*, by: Any, line: Line, month: date, outturn: Decimal | None, reason: str) -> Forecast:
    """What the line is expected to come to by the end of the year, and why. Replaces what was said for the month."""
    with writing(by):
        _runs(line, month)
        found = Forecast.objects.select_for_update(no_key=True).filter(line=line, month=month).first()
        said = found or Forecast(line=line, month=month)
        said.outturn, said.reason, said.by = outturn, " ".join(reason.split()), by
        check(said)
        said.save()
    return said


def _runs(line: Line, month: date) -> None:
    year = queries.year_of(month)
    if not Line.objects.filter(pk=line.pk).running(year).exists():
        raise ValidationError(f"The line does not run in {year_name(year)}.", code="not_running")


def phase(*, by: Any, line: Line, year: int, percents: list[Decimal], reason: str) -> Phasing:
    """How much of the year's allocation each month is to have, in percent. Replaces what was said before."""
    with writing(by):
        found = Phasing.objects.select_for_update(no_key=True).filter(line=line, year=year).first()
        phasing = found or Phasing(line=line, year=year)
        phasing.percents, phasing.reason = percents, " ".join(reason.split())
        check(phasing)
        phasing.save()
    return phasing


def accrue(*, by: Any, line: Line, year: int, chin: Chin | None, month: date, accrued: Decimal, reason: str) -> Accrual:
    """How much of what is committed and not paid is owed for work done by the month's end."""
    with writing(by):
        found = Accrual.objects.select_for_update(no_key=True).filter(line=line, year=year, chin=chin, month=month)
        said = found.order_by("pk").first() or Accrual(line=line, year=year, chin=chin, month=month)
        said.accrued, said.reason, said.by = accrued, " ".join(reason.split()), by
        check(said)
        said.save()
    return said


# The end of a year ------------------------------------------------------------------------------------


def choose(
    *, by: Any, line: Line, year: int, chin: Chin | None, carried: Decimal | None, reason: str, today: date
) -> YearChoice:
    """What is left is to go back to the funder but for so much, which goes to the next year. None: all of it does.

    Nothing is entered until somebody else agrees.
    """
    if today <= last_of_year(year):
        raise ValidationError(
            f"{year_name(year)} ends on {words.day(last_of_year(year))}: what becomes of it is chosen after that.",
            code="not_over",
        )
    with writing(by):
        left = _left(line, year, chin)
        if left is None or left <= 0:
            raise ValidationError("Nothing is left of it.", code="nothing_left")
        forward = left if carried is None else carried
        if forward > left:
            raise ValidationError(
                f"{words.pounds(forward, 2)} is more than is left: {words.pounds(left, 2)}.", code="more_than_left"
            )
        choice = YearChoice(line=line, year=year, chin=chin, left=left, carried=forward, asked_by=by, asked_on=today)
        choice.reason = " ".join(reason.split())
        check(choice)
        choice.save(force_insert=True)
    return choice


def agree_choice(*, by: Any, choice: YearChoice, today: date) -> YearChoice:
    """It is entered, once, if as much is left as when it was asked for."""
    with writing(by):
        current = _decide(by, choice, RequestState.AGREED, today)
        left = _left(current.line, current.year, current.chin)
        if left != current.left:
            raise ValidationError(
                f"{words.pounds(left, 2)} is left now, and {words.pounds(current.left, 2)} was when it was asked for: "
                "decline it, and have it asked for anew.",
                code="left_changed",
            )
        ledger.end_year(
            by=current.asked_by,
            agreed_by=by,
            line=current.line,
            year=current.year,
            chin=current.chin,
            carried=current.carried,
            returned=current.returned,
            day=today,
            reason=current.reason,
        )
    return current


def decline_choice(*, by: Any, choice: YearChoice, why: str, today: date) -> YearChoice:
    """Somebody else does not agree, and says why."""
    if not why.strip():
        raise ValidationError("Say why it is declined.", code="reason_required")
    with writing(by):
        return _decide(by, choice, RequestState.DECLINED, today, why)


def withdraw_choice(*, by: Any, choice: YearChoice, today: date) -> YearChoice:
    """Whoever asked does not ask any more."""
    if by != choice.asked_by:
        raise ValidationError("What somebody asked for is withdrawn by themselves.", code="not_own")
    with writing(by):
        return _decide(by, choice, RequestState.WITHDRAWN, today)


def _left(line: Line, year: int, chin: Chin | None) -> Decimal | None:
    """What is left of the pot, which nobody else changes until this transaction ends; None where that is not stated."""
    found = (
        Balance.objects.select_for_update(no_key=True).filter(line=line, year=year, chin=chin).order_by("pk").first()
    )
    if found is None or found.allocated is None:
        return None
    return found.allocated - found.earmarked - found.committed


def _decide(by: Any, choice: YearChoice, state: RequestState, today: date, why: str = "") -> YearChoice:
    current: YearChoice = YearChoice.objects.select_for_update(no_key=True).get(pk=choice.pk)
    if current.state != RequestState.ASKED:
        said = f"It is {current.get_state_display().lower()} since {words.day(current.decided_on)}."
        raise ValidationError(said, code="decided")
    if state != RequestState.WITHDRAWN and by == current.asked_by:
        raise ValidationError("Somebody else decides on what one asks for.", code="own_request")
    current.state, current.decided_by, current.decided_on = state, by, today
    current.why = " ".join(why.split())
    check(current, "why")
    current.save()
    return current
