"""Forms about QISTs."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from cc2h.kit.forms import DayField, PoundsField, ReasonField, RecordField
from kpis.qists.models import Basis, Condition, Profession, Scale, SupportKind


class QistForm(forms.Form):
    """A QIST: what it is called, who hosts it, what it manages and what pays it."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give the QIST a name."})
    host = forms.CharField(label="Host", max_length=200, error_messages={"required": "Say who hosts the QIST."})
    opens_on = DayField(label="Works from", help_text="A day to come makes it a plan.")
    conditions = forms.MultipleChoiceField(
        label="What it manages", choices=Condition.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    prototype = forms.BooleanField(label="It is a prototype: its review decides how QISTs spread", required=False)
    funding = PoundsField("Funding", required=False, help_text="Pounds and pence. Empty where it is not stated.")
    funding_remark = forms.CharField(label="About the funding", max_length=300, required=False)


class ChangeForm(QistForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class LastDayForm(forms.Form):
    last = DayField(label="Last day")


class EndForm(LastDayForm):
    reason = ReasonField(required=False)


class ServeForm(forms.Form):
    """A CHIN that it serves, from a day."""

    chin = RecordField("CHIN", error_messages={"required": "Choose a CHIN."})
    first = DayField(label="From")
    reason = ReasonField(required=False)

    def __init__(self, *args: Any, chins: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chin"].offer(chins, "Choose a CHIN")  # type: ignore[attr-defined]


class StaffForm(forms.Form):
    """Whole time equivalents of a profession, from a day."""

    profession = forms.ChoiceField(label="Profession", choices=[("", "Choose one"), *Profession.choices])
    basis = forms.ChoiceField(label="What it is", choices=Basis.choices, widget=forms.RadioSelect)
    wte = forms.DecimalField(
        label="Whole time equivalents",
        min_value=0,
        max_value=500,
        max_digits=5,
        decimal_places=2,
        error_messages={"required": "Give the whole time equivalents, like 1.5."},
    )
    first = DayField(label="From")
    reason = ReasonField(required=False)


class TargetForm(forms.Form):
    """A measure that it is to move, from a day."""

    measure = RecordField("Measure", error_messages={"required": "Choose a measure."})
    first = DayField(label="From")
    reason = ReasonField(required=False)

    def __init__(self, *args: Any, measures: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].offer(measures, "Choose a measure")  # type: ignore[attr-defined]


def _said(label: str, *, required: bool = True, most: int = 1000, missing: str = "") -> forms.CharField:
    errors = {"required": missing} if missing else {}
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, error_messages=errors)


class SupportForm(forms.Form):
    """What was done for a practice, and what was agreed."""

    practice = RecordField("Practice", error_messages={"required": "Choose a practice."})
    day = DayField(label="Day")
    kind = forms.ChoiceField(label="Kind", choices=SupportKind.choices, widget=forms.RadioSelect)
    what = _said("What was done", missing="Say what was done.")
    agreed = _said("What was agreed", required=False)
    result = _said("What came of it", required=False)

    def __init__(self, *args: Any, practices: Sequence[tuple[int, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practice"].offer(practices, "Choose a practice")  # type: ignore[attr-defined]
        self.fields["day"].accept(last=today)  # type: ignore[attr-defined]


class ResultForm(forms.Form):
    """What came of support that was given."""

    result = _said("What came of it", missing="Say what came of it.")
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ReviewForm(forms.Form):
    """What a review found, and what was decided."""

    day = DayField(label="Day of the review")
    found = _said("What was found", most=2000, missing="Say what the review found.")
    decision = forms.ChoiceField(label="Decision", choices=Scale.choices, widget=forms.RadioSelect)
    why = _said("Why", missing="Say why that was decided.")
    decided_by = forms.CharField(label="Who decided", max_length=200, error_messages={"required": "Say who decided."})

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(last=today)  # type: ignore[attr-defined]
