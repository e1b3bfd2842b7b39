"""Forms about local services."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from budget.agreements.models import AgreementKind
from budget.lcs.models import Evidence, Tariff, Whose
from cc2h.accounts.authority import Role
from cc2h.kit.forms import DayField, PoundsField, ReasonField, RecordField, YearField

RATE_HELP = "Pounds and pence, like 1500.00. Empty where it is not stated, which is not £0."


class ShareField(forms.DecimalField):
    """A share in percent, or none stated."""

    def __init__(self, label: str = "Share of the rate, percent", **kwargs: Any) -> None:
        given: dict[str, Any] = {"max_digits": 5, "decimal_places": 2, "min_value": Decimal("0.01"), "max_value": 100}
        super().__init__(label=label, **{**given, **kwargs})


class ServiceForm(forms.Form):
    """What is bought, on which line, in which window, for how much."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give it a name."})
    line = RecordField("Budget line", error_messages={"required": "Choose the line that pays for it."})
    purpose = forms.CharField(
        label="What it is for", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    opens_on = DayField(label="Opens on", error_messages={"required": "Give the day its window begins."})
    closes_on = DayField(label="Closes on", required=False)
    tariff = forms.ChoiceField(label="Tariff", choices=Tariff.choices)
    rate = PoundsField("Rate", required=False, help_text=RATE_HELP)
    list_day = DayField(
        label="List sizes of", required=False, help_text="Of a rate for each patient: the day of the extract it counts."
    )
    source = forms.CharField(label="Paper", max_length=200, required=False, help_text="Where its rules are written.")

    def __init__(self, *args: Any, lines: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].offer(lines, "Choose a line")  # type: ignore[attr-defined]


class ServiceChangeForm(ServiceForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class StageForm(forms.Form):
    """A part of the service that is claimed for by itself."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give it a name."})
    share = ShareField(required=False, help_text="Of all stages together 100. Empty where it is not stated.")
    year = YearField("Financial year charged")
    from_day = DayField(label="From")
    due = DayField(label="To be claimed by", required=False)


class StageChangeForm(StageForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class OutputForm(forms.Form):
    """What the stage asks for, whose it is, and what shows it."""

    name = forms.CharField(label="Output", max_length=200, error_messages={"required": "Say what is asked for."})
    guidance = forms.CharField(
        label="What is expected", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    whose = forms.ChoiceField(label="Whose it is", choices=Whose.choices)
    evidence = forms.ChoiceField(label="What shows it", choices=Evidence.choices)
    role = forms.ChoiceField(
        label="Post", choices=[("", "None"), *Role.choices], required=False, help_text="Only where a post shows it."
    )
    agreement_kind = forms.ChoiceField(
        label="Kind of agreement",
        choices=[("", "None"), *AgreementKind.choices],
        required=False,
        help_text="Only where an agreement shows it.",
    )


class OutputChangeForm(OutputForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ApproveForm(forms.Form):
    """Who approved what the service asks for, and where that is written."""

    body = forms.CharField(
        label="Approved by",
        max_length=200,
        help_text="A body or a post.",
        error_messages={"required": "Say which body or post approved it."},
    )
    day = DayField(label="On")
    where = forms.CharField(
        label="Where that is written",
        max_length=300,
        help_text="Minutes and their item, or a letter.",
        error_messages={"required": "Say where the approval is written."},
    )
    interests = forms.CharField(
        label="Interests declared",
        max_length=500,
        help_text="“None”, if there were none.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say which interests were declared, or “None”."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]


class FreezeForm(forms.Form):
    """The practices that were open on a day, or some of them."""

    day = DayField(label="Practices open on")
    chin = RecordField("Only of a CHIN", required=False)
    federation = RecordField("Only of a federation", required=False)

    def __init__(
        self,
        *args: Any,
        chins: Sequence[tuple[int, str]],
        federations: Sequence[tuple[int, str]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chin"].offer(chins, "All, in one or none")  # type: ignore[attr-defined]
        self.fields["federation"].offer(federations, "All, in one or none")  # type: ignore[attr-defined]
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """An act of a day that has come."""

    day = DayField(label="Day")

    def __init__(self, *args: Any, first: date | None = None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(first, today)  # type: ignore[attr-defined]


class EndForm(DayForm):
    why = ReasonField(max_length=500)


class AddPracticeForm(EndForm):
    """A practice that may claim after all."""

    code = forms.CharField(
        label="ODS code", max_length=8, help_text="Like E83003.", error_messages={"required": "Give its ODS code."}
    )
    field_order = ("code",)


class RateForm(DayForm):
    """The rate that was not stated, and where they were not, the shares of the stages: share_1, share_2, …"""

    rate = PoundsField("Rate")
    list_day = DayField(label="List sizes of", required=False, help_text="Of a rate for each patient.")
    field_order = ("rate", "list_day")

    def __init__(self, *args: Any, stages: Sequence[tuple[int, str]], per_head: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in stages:
            self.fields[f"share_{number}"] = ShareField(f"Share of {name}, percent")
        if per_head:
            self.fields["list_day"].required = True
        else:
            del self.fields["list_day"]


class NothingForm(forms.Form):
    """An act that needs nothing but a yes."""
