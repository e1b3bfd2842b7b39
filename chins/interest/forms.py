"""Forms of the pages about expressions of interest."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cc2h.kit.forms import DayField, ReasonField
from chins.forms import EndForm, Lines, Ticked, offer
from chins.interest.models import HIGHEST_MAXIMUM, HIGHEST_WEIGHT, Criterion
from chins.interest.scoring import Sheet, plain
from chins.interest.services import MOST_CRITERIA
from chins.queries import Candidate


class SubmitForm(forms.Form):
    """What practices send in that want to become a CHIN."""

    title = forms.CharField(
        max_length=150,
        help_text="The area or the name it would have, like “Edgware and Burnt Oak”.",
        error_messages={"required": "Give it a title."},
    )
    received = DayField(label="Received on")
    lead = forms.TypedChoiceField(label="Lead applicant", required=False, coerce=int, empty_value=None)
    lead_name = forms.CharField(
        label="Or who it is",
        max_length=150,
        required=False,
        help_text="A post or a name, where the lead applicant is not in the list.",
    )
    practices = Ticked(
        error_messages={"required": "Choose at least one practice."},
        help_text="Practices that are in no CHIN yet.",
    )
    area = forms.CharField(label="Area it would serve", max_length=200, required=False)
    focus_areas = Lines(label="Focus areas", required=False, help_text="One on each line, for example: Diabetes")
    proposal = forms.CharField(
        label="What they want to do",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="The problem, the idea, the support that is needed.",
        error_messages={"required": "Say what they want to do."},
    )

    def __init__(
        self, *args: Any, candidates: Sequence[Candidate], leads: Iterable[Any], until: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["practices"], candidates)
        self.fields["lead"].choices = [("", "None of these"), *((one.pk, str(one)) for one in leads)]  # type: ignore[attr-defined]
        self.fields["received"].accept(last=until)  # type: ignore[attr-defined]


class EditExpressionForm(SubmitForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class BeginForm(forms.Form):
    """It is evaluated by the criteria in force on a day."""

    day = DayField(label="Under evaluation from")


class Whole(forms.IntegerField):
    """A whole number, small enough to be a score: not needed to save, and needed in the end."""

    needed_in_the_end = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=HIGHEST_MAXIMUM, required=False, **kwargs)


class ScoreForm(forms.Form):
    """A score and a comment for each criterion, by its place: those there are not, the form does not have."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], own: Sheet | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = {f"score_{place}": criterion for place, criterion in enumerate(criteria, 1)}
        for place in range(1, MOST_CRITERIA + 1):
            score, comment = self.fields[f"score_{place}"], self.fields[f"comment_{place}"]
            if place > len(criteria):
                del self.fields[f"score_{place}"], self.fields[f"comment_{place}"]
                continue
            criterion = criteria[place - 1]
            score.label, comment.label = criterion.name, f"Comment on {criterion.name[:1].lower()}{criterion.name[1:]}"
            score.help_text = (
                f"{criterion.looks_for} 0 to {criterion.maximum}; weight {plain(Decimal(criterion.weight))}."
            )
            score.max_value = criterion.maximum  # type: ignore[attr-defined]
            before = own.scores.get(criterion.pk) if own else None
            score.initial, comment.initial = (before.score, before.comment) if before else (None, "")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for name, criterion in self.criteria.items():
            score, comment = typed.get(name), typed.get(name.replace("score", "comment"))
            if score is not None and score > criterion.maximum:
                self.add_error(name, f"A whole number from 0 to {criterion.maximum}.")
            elif score is None and name not in self.errors and (comment or self.fields[name].initial is not None):
                said = "Give a score too." if comment else "A score can be changed, not taken off."
                self.add_error(name, ValidationError(said))
        return typed

    @property
    def given(self) -> dict[Criterion, tuple[int, str]]:
        """The scores that were typed: (score, comment) by criterion."""
        typed = self.cleaned_data
        return {
            criterion: (typed[name], typed[name.replace("score", "comment")])
            for name, criterion in self.criteria.items()
            if typed[name] is not None
        }


for _place in range(1, MOST_CRITERIA + 1):  # declared one by one, so that the API's description has them
    ScoreForm.base_fields[f"score_{_place}"] = Whole(label=f"Score by criterion {_place}")
    ScoreForm.base_fields[f"comment_{_place}"] = forms.CharField(
        label=f"Comment on criterion {_place}",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ApproveForm(forms.Form):
    """A CHIN is born: called how, of which practices, from when."""

    name = forms.CharField(label="Name of the CHIN", max_length=150, error_messages={"required": "Give it a name."})
    day = DayField(label="Approved on")
    first = DayField(label="Practices are in it from", help_text="A day to come makes them planned joins.")
    practices = Ticked(error_messages={"required": "Choose at least one practice."})
    reason = ReasonField("Why it is approved")

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["practices"], candidates)


class DeclineForm(forms.Form):
    day = DayField(label="Declined on")
    reason = ReasonField("Why it is declined")


class WithdrawForm(forms.Form):
    day = DayField(label="Withdrawn on")
    reason = ReasonField(required=False)


class ShippedForm(forms.Form):
    first = DayField(label="In force from")


class CriterionForm(forms.Form):
    """What is looked for, and how much it counts."""

    name = forms.CharField(max_length=100, error_messages={"required": "Give it a name."})
    looks_for = forms.CharField(
        label="What is looked for",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is looked for."},
    )
    maximum = forms.IntegerField(label="Highest score", min_value=1, max_value=HIGHEST_MAXIMUM, initial=5)
    weight = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_value=HIGHEST_WEIGHT,
        max_digits=5,
        decimal_places=2,
        initial=10,
        help_text="How much a point of it counts, beside a point of the others.",
    )
    first = DayField(label="In force from", help_text="For evaluations that begin on that day or later.")
    reason = ReasonField(required=False)


class ChangeCriterionForm(CriterionForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].label = "Changes from"


class EndCriterionForm(EndForm):
    """It was looked for until a day."""
