"""Forms about the library."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cc2h.accounts.authority import Role
from cc2h.kit.forms import DayField, ReasonField
from kpis.models import Better, Initiative, MeasureKind, Periodicity, Unit

POSTS = [("", "None yet"), *Role.choices]


class CodesField(forms.CharField):
    """Names in publishers’ files, one a line."""

    def __init__(self) -> None:
        super().__init__(
            label="Names in publishers’ files",
            required=False,
            max_length=2_000,
            help_text="One a line, with the publisher first: QOF DM, Fingertips 91547, GPPS Q28_12pct.",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def clean(self, value: Any) -> list[str]:
        lines = (" ".join(line.split()) for line in super().clean(value).splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value


class OfMeasure(forms.Form):
    """What it is evidence of, and what publishers call it."""

    initiative = forms.ChoiceField(label="Initiative", choices=Initiative.choices)
    impacts = forms.TypedMultipleChoiceField(
        label="Impacts it is evidence of", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    external_codes = CodesField()

    def __init__(self, *args: Any, impacts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["impacts"].choices = impacts  # type: ignore[attr-defined]


class MeasureForm(OfMeasure):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class Facts(forms.Form):
    """What a measure counts."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give it a name."})
    meaning = forms.CharField(
        label="What it means", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}), help_text="In plain English.",
        error_messages={"required": "Say what it means."},
    )  # fmt: skip
    why = forms.CharField(
        label="Why it matters", max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    numerator = forms.CharField(
        label="What is counted", max_length=300, error_messages={"required": "Say what is counted."}
    )
    denominator = forms.CharField(
        label="Out of what",
        max_length=300,
        required=False,
        help_text="Empty for a count, or for a time between events.",
    )
    kind = forms.ChoiceField(label="Kind", choices=MeasureKind.choices)
    multiplier = forms.DecimalField(
        label="Multiplier",
        max_digits=9,
        decimal_places=2,
        min_value=0,
        initial=100,
        help_text="100 for percent, 1,000 for a rate per thousand.",
    )
    unit = forms.ChoiceField(label="Unit", choices=Unit.choices)
    places = forms.IntegerField(label="Decimal places shown", min_value=0, max_value=4, initial=1)
    better = forms.ChoiceField(label="Which way is better", choices=Better.choices)
    months = forms.TypedChoiceField(
        label="How often", choices=Periodicity.choices, coerce=int, initial=Periodicity.YEAR
    )
    source = forms.CharField(label="Where values come from", max_length=200, required=False)
    suppress_below = forms.IntegerField(
        label="Counts not shown in public below", min_value=0, max_value=100, initial=5, help_text="0 shows all."
    )


class AddForm(OfMeasure, Facts):
    """A new measure with its first definition."""

    code = forms.CharField(
        label="Code", max_length=60, help_text="Small letters, digits and hyphens, like diabetes-prevalence. It never changes.",
        error_messages={"required": "Give it a code."},
    )  # fmt: skip
    first = DayField(label="Defined from")
    field_order = ("code", "first")


class AnewForm(Facts):
    """From a day on it counts otherwise."""

    first = DayField(label="From")
    breaks = forms.BooleanField(
        label="Values before and after can’t be compared",
        required=False,
        initial=True,
        help_text="Its series then breaks on that day, visibly.",
    )
    reason = ReasonField(required=False)
    field_order = ("first", "breaks")


class CorrectForm(Facts):
    """What was recorded of the definition was wrong."""

    breaks = forms.BooleanField(label="Values before it can’t be compared with these", required=False)
    reason = ReasonField()


class OwnerForm(forms.Form):
    """Whose definition it is, who checks it, and when it is looked at again."""

    owner = forms.ChoiceField(label="Owner’s post", choices=POSTS, required=False)
    checked_by = forms.ChoiceField(label="Checked by", choices=POSTS, required=False)
    review_on = DayField(label="To be reviewed on", required=False)
    reason = ReasonField()
