"""Forms of the route."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from budget.forms import RecordField
from cc2h.cases.route.outcomes import Part, Said
from cc2h.cases.route.services import Asked
from cc2h.governance.decisions.forms import HOW_CONDITIONS, read_conditions
from cc2h.kit.days import day_after
from cc2h.kit.forms import DayField, PoundsField, ReasonField

MOST_CONDITIONS = 20


class ReasonsField(ReasonField):
    """The reasons of an outcome, as long as they need be."""

    def __init__(self, label: str = "Reasons", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.max_length = 4000


class ConditionsField(forms.CharField):
    """A condition a line, each with the day by which it is to be met, if that is said."""

    of_lines = True  # a list, for the API

    def __init__(self) -> None:
        super().__init__(
            label="Conditions",
            required=False,
            max_length=10_000,
            help_text=f"Only with “approve with conditions”. {HOW_CONDITIONS}",
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def clean(self, value: Any) -> list[Asked]:
        found = read_conditions(super().clean(value) or "")
        if len(found) > MOST_CONDITIONS:
            raise ValidationError(f"At most {MOST_CONDITIONS} conditions; these are {len(found)}.", code="too_many")
        return [Asked(one.text, one.due) for one in found]


class SaidForm(forms.Form):
    """What is said at a stage, why, and what goes with it."""

    said = forms.ChoiceField(
        label="Outcome", widget=forms.RadioSelect, error_messages={"required": "Choose what you say of it."}
    )
    reasons = ReasonsField(help_text="The CHIN reads them, and they are kept for good.")
    conditions = ConditionsField()
    sections = forms.MultipleChoiceField(
        label="Sections of which more is asked",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only with “ask for more”. They are opened again; the others stay as they were submitted.",
    )
    until = DayField(label="Until", required=False, help_text="Only with “defer”.")

    def __init__(
        self, *args: Any, said: Sequence[Said], sections: Sequence[tuple[str, str]], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said"].choices = [(one.value, one.label) for one in said]  # type: ignore[attr-defined]
        self.fields["sections"].choices = sections  # type: ignore[attr-defined]
        self.fields["until"].accept(day_after(today), None)  # type: ignore[attr-defined]
        for name, needs in (("conditions", Said.CONDITIONS), ("sections", Said.ASKED), ("until", Said.DEFERRED)):
            if needs not in said:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("said"):
            typed["said"] = Said(typed["said"])
        return typed


class CheckForm(SaidForm):
    """What finance says of the costs; other rooms ask theirs besides, such as which line pays."""

    def __init__(self, *args: Any, more: Mapping[str, forms.Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= more
        self.order_fields(["said", "reasons", *more])


class WhyForm(forms.Form):
    """An act that says why."""

    reasons = ReasonsField()


class MetForm(forms.Form):
    """A condition is met."""

    evidence = forms.CharField(
        label="What shows it",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Say what there is to see, and where. A file can be attached on the case’s page.",
        error_messages={"required": "Say what shows that it is met."},
    )


class StageForm(forms.Form):
    """A stage as the next version of the route is to have it."""

    name = forms.CharField(label="Name", max_length=100, error_messages={"required": "Give the stage a name."})
    position = forms.IntegerField(
        label="Place on the route", min_value=1, max_value=40, help_text="Stages of the same place go side by side."
    )
    part = forms.ChoiceField(label="Part", choices=Part.choices)
    body = RecordField("Body", required=False)
    purposes = forms.MultipleChoiceField(
        label="For cases",
        choices=[("test", "To test something"), ("scale", "To scale it borough-wide")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Say for which cases the stage is."},
    )
    above = PoundsField("Only above", required=False, help_text="Empty: from the first pound.")
    up_to = PoundsField("Only up to", required=False, help_text="Empty: any sum.")
    target_days = forms.IntegerField(
        label="Days to answer", required=False, min_value=1, max_value=366, help_text="Empty: no target."
    )
    working = forms.ChoiceField(
        label="Which are", choices=[("working", "Working days"), ("calendar", "Calendar days")], required=False
    )
    sections = forms.MultipleChoiceField(
        label="What it looks at",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: the whole case. What it said holds when the case comes again with these unchanged.",
    )
    conflicts = forms.BooleanField(label="Conflicts of interest count", required=False)
    from_day = DayField(label="The route changes from")
    why = ReasonField("What changes, and why")

    def __init__(
        self,
        *args: Any,
        bodies: Sequence[tuple[int, str]],
        sections: Sequence[tuple[str, str]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].offer(bodies, "None: an officer, or the CHIN’s own board where it sponsors")  # type: ignore[attr-defined]
        self.fields["sections"].choices = sections  # type: ignore[attr-defined]
        self.fields["from_day"].accept(today, None)  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """The route changes from a day."""

    from_day = DayField(label="The route changes from")
    why = ReasonField("What changes, and why")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_day"].accept(today, None)  # type: ignore[attr-defined]
