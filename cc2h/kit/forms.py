"""Form fields that every room uses."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from markupsafe import escape

from cc2h.kit import words
from cc2h.kit.days import EARLIEST, FIRST_YEAR, LAST_YEAR, LATEST, NotADay, parse_year, year_name
from cc2h.kit.money import NotAnAmount, parse_pounds


def record_number(text: str) -> int | None:
    """The number of a record that a page sent back; None for what can be none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def options(bound: forms.BoundField) -> SafeString:
    """The options of a field that is a choice, in HTML, with what was chosen; no groups of them."""
    widget: Any = bound.field.widget
    chosen = widget.format_value(bound.value())
    return SafeString(
        "".join(
            [
                f'<option value="{escape(value)}"{" selected" if value in chosen else ""}>{escape(label)}</option>\n'
                for value, label in (("" if key is None else str(key), label) for key, label in widget.choices)
            ]
        )
    )


class DayInput(forms.DateInput):
    """A day as browsers ask for it, written YYYY-MM-DD."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day the portal knows, 1948 to 2099, or a part of that: see `accept`."""

    widget = DayInput
    first: date | None = None
    last: date | None = None
    default_error_messages = {
        "required": "Give a day.",
        "invalid": "That is not a day in the calendar. Write the year, month and day, like 2018-12-06.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"], **kwargs)

    def accept(self, first: date | None = None, last: date | None = None) -> None:
        """Take only days from `first` to `last`, either of which may be open, and say so in the hint."""
        self.first, self.last = first, last
        if first and last:
            says = f"From {words.day(first)} to {words.day(last)}."
        else:
            says = f"{words.day(first)} or later." if first else f"{words.day(last)} or earlier." if last else ""
        self.help_text = " ".join(filter(None, [str(self.help_text), says]))
        for name, day in (("min", first), ("max", last)):
            if day:
                self.widget.attrs[name] = day.isoformat()

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is None:
            return None
        if not EARLIEST <= day <= LATEST:
            raise ValidationError("That day is outside the days the portal knows, 1948 to 2099.", code="invalid")
        if self.first and day < self.first:
            raise ValidationError(f"Choose {words.day(self.first)} or a later day.", code="too_early")
        if self.last and day > self.last:
            raise ValidationError(f"Choose {words.day(self.last)} or an earlier day.", code="too_late")
        return day


class PoundsField(forms.CharField):
    """An amount of money of more than £0.00, as Decimal with two decimals."""

    default_error_messages = {"required": "Give an amount, like 1500.00."}

    def __init__(self, label: str = "Amount", **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        given = {"help_text": "Pounds and pence, like 1500.00.", "max_length": 40, "widget": widget}
        super().__init__(label=label, **{**given, **kwargs})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return parse_pounds(str(text))
        except NotAnAmount as wrong:
            raise ValidationError(str(wrong), code="invalid") from None

    def run_validators(self, value: Any) -> None:
        """Nothing is left to ask of an amount that was read."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}" if isinstance(value, Decimal) else value


class YearField(forms.CharField):
    """A financial year, written 2018/19; the year it begins in."""

    default_error_messages = {"required": "Give a financial year, like 2018/19."}

    def __init__(self, label: str = "Financial year", **kwargs: Any) -> None:
        super().__init__(label=label, **{"help_text": "Like 2018/19.", "max_length": 20, **kwargs})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return parse_year(str(text))
        except NotADay as wrong:
            raise ValidationError(str(wrong), code="invalid") from None

    def run_validators(self, value: Any) -> None:
        """Nothing is left to ask of a year that was read."""

    def prepare_value(self, value: Any) -> Any:
        return year_name(value) if isinstance(value, int) and FIRST_YEAR <= value <= LAST_YEAR else value


class RecordField(forms.TypedChoiceField):
    """One of some records, by number."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        given = {"coerce": record_number, "empty_value": None}
        super().__init__(label=label, **{**given, **kwargs})

    def offer(self, records: Sequence[tuple[int, str]], empty: str) -> None:
        self.choices = [("", empty), *records]


class ReasonField(forms.CharField):
    """Why: kept beside the change for good."""

    default_error_messages = {"required": "Say why."}

    def __init__(self, label: str = "Why", **kwargs: Any) -> None:
        given = {"max_length": 2000, "widget": forms.Textarea(attrs={"rows": 3})}
        super().__init__(label=label, **{**given, **kwargs})
