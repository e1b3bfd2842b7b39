"""A practice's name, address, mailbox and position change."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from cc2h.accounts.authority import Action
from cc2h.kit import words
from cc2h.kit.acts import Effect, posted, version_of
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import asat_of
from practices import forms, queries, services
from practices.models import PracticeDetail
from practices.views.finding import act_on, find


@writes(forms.DetailsForm)
def practice_details(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """Another name or address from a day, or a correction."""
    asat = asat_of(request)
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    detail: PracticeDetail = version_of(request, queries.details_of(found.practice), pk)
    names = forms.DetailsForm.DETAILS
    initial = {name: getattr(detail, name) for name in names} | {"day": asat.day}

    def do(typed: dict[str, Any]) -> PracticeDetail:
        return services.change_details(
            by=request.user,
            detail=detail,
            day=typed["day"],
            reason=typed["reason"],
            **{name: typed[name] for name in names},
        )

    def weigh(typed: dict[str, Any]) -> Effect:
        rows = [
            {
                "what": str(form[name].label),
                "before": _said(getattr(detail, name)),
                "after": _said(typed[name]),
                "change": "changed",
            }
            for name in names
            if getattr(detail, name) != typed[name]
        ]
        when = (
            f"From {words.day(typed['day'])}."
            if typed["day"]
            else (
                f"For {words.period(detail.period.lower, detail.period.upper)}, as if it had always been recorded so. "
                "“As known on” an earlier day still shows what was held."
            )
        )
        if not rows:
            return Effect(intro=when, sentences=["Nothing differs from what is recorded."])
        return Effect(intro=when, rows=rows, sentences=["Coverage stays as it is: it rests on none of this."])

    form = forms.DetailsForm(posted(request), detail=detail, initial=initial)
    return act_on(
        request,
        found,
        of=detail,
        form=form,
        do=do,
        effect=weigh,
        done=lambda changed: f"{changed.name} is saved.",
        heading="Change name, address, mailbox or position",
        lede=f"As held {words.period(detail.period.lower, detail.period.upper)}.",
        submit="Save",
        fields_of_refusals={"outside": "day", "reason_required": "reason"},
    )


def _said(fact: Any) -> str:
    return words.DASH if fact in (None, "") else str(fact)
