"""Form fields that every room uses."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cc2h.kit.days import EARLIEST, LATEST


class DayInput(forms.DateInput):
    """A day as browsers ask for it, written YYYY-MM-DD."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day the portal knows, 1948 to 2099."""

    widget = DayInput
    default_error_messages = {
        "required": "Give a day.",
        "invalid": "That is not a day in the calendar. Write the year, month and day, like 2018-12-06.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"], **kwargs)

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise ValidationError("That day is outside the days the portal knows, 1948 to 2099.", code="invalid")
        return day


class ReasonField(forms.CharField):
    """Why: kept beside the change for good."""

    default_error_messages = {"required": "Say why."}

    def __init__(self, label: str = "Why", **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(label=label, max_length=2000, widget=widget, **kwargs)
