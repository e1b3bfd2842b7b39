"""Forms of the money of cases."""

from collections.abc import Sequence
from typing import Any

from django import forms

from budget.forms import RecordField
from cc2h.kit.days import year_name
from cc2h.kit.forms import DayField, PoundsField, ReasonField

Choices = Sequence[tuple[int, str]]


class OfYear(forms.Form):
    """An amount of one of the years that a case has money of."""

    year = forms.TypedChoiceField(
        label="Financial year", coerce=int, error_messages={"required": "Choose the financial year."}
    )
    amount = PoundsField()

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, year_name(year)) for year in years]  # type: ignore[attr-defined]


class TrancheForm(OfYear):
    """A part of the money, for whom, for what, and what it waits for."""

    what = forms.CharField(label="What for", max_length=300, error_messages={"required": "Say what it is for."})
    payee = RecordField("Payee", error_messages={"required": "Choose whom it goes to."})
    condition = RecordField(
        "Waits for", required=False, help_text="A condition of the approval, without which it is not released."
    )
    due_on = DayField(label="Planned for", required=False)

    def __init__(self, *args: Any, payees: Choices, conditions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payee"].offer(payees, "Choose")  # type: ignore[attr-defined]
        if conditions:
            self.fields["condition"].offer(conditions, "Nothing")  # type: ignore[attr-defined]
        else:
            del self.fields["condition"]


class ReleaseForm(forms.Form):
    """A yes: the tranche says everything."""


class WhyForm(forms.Form):
    why = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].max_length = 500  # type: ignore[attr-defined]


class GiveBackForm(OfYear):
    why = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].max_length = 500  # type: ignore[attr-defined]
