"""Forms about series."""

import csv
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cc2h.kit.days import NotADay, month_end, parse_day
from cc2h.kit.forms import DayField, ReasonField
from kpis.statistics.series import FEWEST_FIXED, RUNS
from kpis.tracking.models import MOST

NUMBER: dict[str, Any] = {
    "max_digits": 16,
    "decimal_places": 4,
    "min_value": -999_999_999_999,
    "max_value": 999_999_999_999,
}
ON_PLACES = "In the unit of the measure, like 65 for 65%."


class SettingsForm(forms.Form):
    """How the series is judged."""

    fixed = forms.IntegerField(
        label="Baseline",
        required=False,
        min_value=FEWEST_FIXED,
        max_value=999,
        help_text=f"So many points from the first, at least {FEWEST_FIXED}. Empty: all points.",
        error_messages={"min_value": f"A baseline has at least {FEWEST_FIXED} points."},
    )
    run = forms.TypedChoiceField(
        label="Points in a row that make a trend or a shift",
        choices=[(run, str(run)) for run in RUNS[::-1]],
        coerce=int,
    )
    screened = forms.BooleanField(
        label="Leave outlying moving ranges out",
        required=False,
        help_text="Those of 3.267 times their mean and more, once. Making Data Count’s workbook leaves none out.",
    )
    kinder = forms.BooleanField(
        label="Of opposite rules on one point, improvement holds",
        required=False,
        help_text="As in Making Data Count’s workbook; else the first rule decides.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class RebaseForm(forms.Form):
    """A new baseline, for somebody else to decide."""

    day = DayField(label="From", help_text="The first period that ends on this day or later begins the new baseline.")
    reason = ReasonField(
        max_length=1000, help_text="What changed for good: a baseline is not renewed to make a chart look better."
    )


class DecideForm(forms.Form):
    """Approve or decline it."""

    approve = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "Approve it"), ("no", "Decline it")],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decide."},
    )
    why = ReasonField(max_length=1000)


class WhyForm(forms.Form):
    why = ReasonField(max_length=1000)


class NoteForm(forms.Form):
    """What happened on a day of the series."""

    day = DayField(label="Day")
    text = forms.CharField(label="What happened", max_length=200, error_messages={"required": "Say what happened."})

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]


class NothingForm(forms.Form):
    """An act that needs nothing but a yes."""


class TargetForm(forms.Form):
    """What the series should reach, from a day on."""

    value = forms.DecimalField(label="Target", help_text=ON_PLACES, **NUMBER)
    first = DayField(label="From")
    reason = ReasonField("Where it was agreed", required=False, max_length=1000)


class PointsField(forms.CharField):
    """Months and values, a line each."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return {}
        found: dict[date, float] = {}
        for number, row in enumerate(csv.reader(str(text).splitlines()), start=1):
            cells = [cell.strip() for cell in row if cell.strip()]
            if not cells:
                continue
            if len(cells) != 2:
                raise ValidationError(
                    f"Line {number} has {len(cells)} parts. Expected: a month and a value, like 2018-10, 84.5"
                )
            month, point = self._month(cells[0], number), self._value(cells[1], number)
            if month in found:
                raise ValidationError(f"Line {number}: {month:%B %Y} has a value already. Expected: each month once.")
            found[month] = point
        return found

    @staticmethod
    def _month(text: str, number: int) -> date:
        try:
            return month_end(parse_day(f"{text}-01" if len(text) == 7 else text))
        except NotADay:
            raise ValidationError(
                f"Line {number}: “{text[:30]}” is no month. Expected: a month like 2018-10, or a day of it."
            ) from None

    @staticmethod
    def _value(text: str, number: int) -> float:
        try:
            value = float(text.rstrip("%"))
        except ValueError:
            value = MOST
        if not -MOST < value < MOST:
            raise ValidationError(f"Line {number}: “{text[:30]}” is no number. Expected: a value like 84.5")
        return value

    def run_validators(self, value: Any) -> None:
        """Nothing is left to ask of months that were read."""

    def prepare_value(self, value: Any) -> Any:
        return (
            "\n".join(f"{day:%Y-%m}, {point:g}" for day, point in sorted(value.items()))
            if isinstance(value, dict)
            else value
        )


class TrajectoryForm(forms.Form):
    """The way to a target: a straight line from a month to another, or month by month."""

    first = DayField(label="From the month of", required=False)
    baseline = forms.DecimalField(label="Value then", required=False, help_text=ON_PLACES, **NUMBER)
    last = DayField(label="To the month of", required=False)
    target = forms.DecimalField(label="Value by then", required=False, help_text=ON_PLACES, **NUMBER)
    points = PointsField(
        label="Or month by month",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="A month and a value a line, like 2018-10, 84.5. They may be pasted from a file.",
    )
    reason = ReasonField("Where it comes from", max_length=1000)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        line = [found.get(name) for name in ("first", "baseline", "last", "target")]
        if (
            found.get("points") is not None
            and not self.errors
            and all(one is None for one in line)
            and not found["points"]
        ):
            raise ValidationError("Give a straight line’s two months and values, or values month by month.")
        if any(one is not None for one in line):
            if found.get("points"):
                raise ValidationError("Give either a straight line or values month by month, not both.")
            if not self.errors and any(one is None for one in line):
                raise ValidationError("A straight line needs its first month and value, and its last month and value.")
        return found
