"""Forms about months and the ends of years."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from cc2h.kit.forms import PoundsField, ReasonField

NOTHING = {"0", "0.0", "0.00", "£0", "£0.00"}


class FromNothingField(PoundsField):
    """An amount of £0.00 or more."""

    def to_python(self, value: Any) -> Any:
        return Decimal("0.00") if str(value).replace(" ", "") in NOTHING else super().to_python(value)


class PercentField(forms.DecimalField):
    """A share of a year, in percent."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            max_digits=5,
            decimal_places=2,
            min_value=Decimal(0),
            max_value=Decimal(100),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"required": "Give a percentage, like 8.33, or 0.", "invalid": "Write a number, like 8.33."},
        )


class ReopenForm(forms.Form):
    why = ReasonField("Why it is reopened", max_length=500)


class ForecastForm(forms.Form):
    """What a line is expected to come to by the end of the year."""

    outturn = FromNothingField(
        "Forecast outturn",
        required=False,
        help_text="What the line comes to by 31 March, in pounds and pence. Empty while nobody can say: it is then not stated.",
    )
    reason = ReasonField("Why", max_length=500)


class AccrualForm(forms.Form):
    """How much of what is committed and not paid is owed."""

    part = forms.ChoiceField(label="Of what", error_messages={"required": "Choose what it is of."})
    accrued = FromNothingField(
        "Owed for work done by then", help_text="Pounds and pence; 0 where nothing has been done yet."
    )
    reason = ReasonField("Why", max_length=500)

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = parts if len(parts) == 1 else [("", "Choose"), *parts]  # type: ignore[attr-defined]


MONTHS = (
    *("April", "May", "June", "July", "August", "September"),
    *("October", "November", "December", "January", "February", "March"),
)


class PhasingForm(forms.Form):
    """How much of the allocation each month is to have."""

    april, may, june = PercentField("April, %"), PercentField("May, %"), PercentField("June, %")
    july, august, september = PercentField("July, %"), PercentField("August, %"), PercentField("September, %")
    october, november, december = PercentField("October, %"), PercentField("November, %"), PercentField("December, %")
    january, february, march = PercentField("January, %"), PercentField("February, %"), PercentField("March, %")
    reason = ReasonField("Why", max_length=500)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        months = [given.get(name.lower()) for name in MONTHS]
        if None not in months and sum(months) != 100:  # type: ignore[arg-type]
            raise forms.ValidationError(f"The twelve months come to {sum(months)}%, and have to come to 100%.")  # type: ignore[arg-type]
        return {"percents": months, "reason": given.get("reason", "")} if None not in months else given


class ChooseForm(forms.Form):
    """What becomes of what is left."""

    part = forms.ChoiceField(label="Of what", error_messages={"required": "Choose what it is of."})
    what = forms.ChoiceField(
        label="What becomes of it",
        choices=[
            ("lapse", "All of it goes back to the funder"),
            ("carry", "All of it is carried forward to the next year"),
            ("some", "A part is carried forward, and the rest goes back"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of it: nothing is assumed."},
    )
    carried = PoundsField("How much is carried forward", required=False, help_text="Only where it is a part.")
    reason = ReasonField("Why", max_length=500)

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = parts if len(parts) == 1 else [("", "Choose"), *parts]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("what") == "some" and not given.get("carried") and "carried" not in self.errors:
            self.add_error("carried", "Say how much is carried forward.")
        if given.get("what") in ("lapse", "carry") and given.get("carried"):
            self.add_error("carried", "An amount is given only where a part is carried forward.")
        return given


class NothingForm(forms.Form):
    """An act that needs nothing but a yes."""


class DeclineForm(forms.Form):
    why = ReasonField("Why not", max_length=500)
