"""What the finance check asks besides: which line pays. How much of it in which year follows from the costs by month."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from budget.models import Balance, Line
from cc2h.cases.answers import costs
from cc2h.cases.funding import services
from cc2h.cases.models import Purpose, Submission
from cc2h.cases.route.checks import Asking, provide
from cc2h.cases.route.models import Outcome
from cc2h.kit import words
from cc2h.kit.days import year_name, year_of

PAYS = "pays"
DELEGATED = "chin"


def shares(submission: Submission) -> dict[int, Decimal]:
    """What a submission asks for in each financial year, by the months of its costs."""
    found: dict[int, Decimal] = {}
    for cost in costs(submission.document.get("answers", {}).get("costs", {})):
        year = cost.year if cost.year is not None else year_of(submission.day)
        found[year] = found.get(year, services.NONE) + cost.amount
    return dict(sorted(found.items()))


def fields(submission: Submission) -> Mapping[str, forms.Field]:
    """Which line pays, each with what it has left in the years it would be charged to."""
    if submission.purpose != Purpose.TEST:
        return {}
    wanted = shares(submission)
    asked = words.listed([f"{words.pounds(amount, 2)} in {year_name(year)}" for year, amount in wanted.items()])
    return {
        PAYS: forms.ChoiceField(
            label="Which line pays",
            choices=[("", "Choose"), *_lines(submission, list(wanted))],
            required=False,
            help_text=f"It is committed when the case is approved: {asked}. Needed if the costs hold.",
        )
    }


def save(outcome: Outcome, typed: Mapping[str, Any], by: Any) -> None:
    """Keep which line pays. Raises ValidationError where none is named."""
    submission = outcome.turn.passage.submission
    if submission.purpose != Purpose.TEST:
        return
    chosen = str(typed.get(PAYS) or "")
    if chosen not in dict(_lines(submission, list(shares(submission)))):
        raise ValidationError({PAYS: "Say which line pays."}, code="no_payer")
    line, _, part = chosen.partition(":")
    services.name_payer(
        by=by,
        submission=submission,
        line=Line.objects.get(pk=line),
        shares=shares(submission),
        day=outcome.day,
        delegated=part == DELEGATED,
    )


def _lines(submission: Submission, years: list[int]) -> list[tuple[str, str]]:
    """The lines of the case’s commissioner with money in these years, and what is delegated of them to its CHIN."""
    case = submission.case
    found = Balance.objects.filter(
        Q(chin=None) | Q(chin=case.chin_id), line__commissioner=case.commissioner_id, year__in=years
    )
    left: dict[tuple[Line, bool], dict[int, Decimal]] = {}
    for one in found.exclude(allocated=None).select_related("line").order_by("line__place", "line_id", "chin", "year"):
        of = left.setdefault((one.line, one.chin_id is not None), {})
        of[one.year] = (one.allocated or services.NONE) - one.earmarked - one.committed
    return [
        (
            f"{line.pk}:{DELEGATED}" if delegated else str(line.pk),
            f"{line}{f', delegated to {case.chin}' if delegated else ''} (left: {_left(by_year)})",
        )
        for (line, delegated), by_year in left.items()
        if set(years) <= by_year.keys()
    ]


def _left(by_year: Mapping[int, Decimal]) -> str:
    return words.listed([f"{words.pounds(amount, 2)} of {year_name(year)}" for year, amount in by_year.items()])


provide(Asking(fields, save))
