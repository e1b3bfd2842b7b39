"""Conditions of approvals: met with evidence, opened again where that shows nothing, or waived by somebody else."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.cases.route import conflicts
from cc2h.cases.route.models import Condition
from cc2h.kit.problems import check
from cc2h.kit.writing import writing


def meet(*, by: Any, condition: Condition, evidence: str, day: date) -> Condition:
    """The condition is met, and this shows it."""
    with writing(by):
        current = _open(condition)
        current.met_on, current.met_by, current.evidence = day, by, evidence.strip()
        current.why_reopened = ""
        return _saved(current)


def reopen(*, by: Any, condition: Condition, reasons: str) -> Condition:
    """What was brought does not show it: the condition is open again. The history keeps who said it was met, and how."""
    with writing(by):
        current = _locked(condition)
        if current.met_on is None:
            raise ValidationError("Nobody has said that the condition is met.", code="not_met")
        if current.met_by_id == by.pk:
            raise ValidationError("Somebody else opens it again than said that it was met.", code="own")
        current.met_on, current.met_by, current.evidence = None, None, ""
        current.why_reopened = reasons.strip()
        return _saved(current)


def waive(*, by: Any, condition: Condition, reasons: str, day: date) -> Condition:
    """The condition is not asked for any more; said by somebody who has nothing to do with the case."""
    with writing(by):
        current = _open(condition)
        if found := conflicts.of_officer(current.case, by, day):
            raise ValidationError(
                f"You can’t waive it, for a conflict of interest: {' '.join(found)} Somebody else does.",
                code="conflicted",
            )
        current.waived_on, current.waived_by, current.why_waived = day, by, reasons.strip()
        return _saved(current)


def _locked(condition: Condition) -> Condition:
    current: Condition = (
        Condition.objects.select_related("outcome__turn__passage__submission__case")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=condition.pk)
    )
    return current


def _open(condition: Condition) -> Condition:
    current = _locked(condition)
    if current.met_on is not None:
        raise ValidationError(f"{current.met_by} has said that it is met: “{current.evidence}”", code="met")
    if current.waived_on is not None:
        raise ValidationError(f"{current.waived_by} has waived it: “{current.why_waived}”", code="waived")
    return current


def _saved(condition: Condition) -> Condition:
    check(condition)
    condition.save()
    return condition
