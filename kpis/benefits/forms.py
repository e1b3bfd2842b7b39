"""Forms about benefits."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from cc2h.kit.forms import DayField, PoundsField, ReasonField, RecordField, YearField, record_number
from kpis.benefits.models import PointOfDelivery
from kpis.models import Initiative

NOTHING_STATED = "Pounds and pence, like 1500.00. Empty where it is not stated, which is not £0."
QUARTERS = [("14", "The whole year"), *((f"{n}{n}", f"Quarter {n}") for n in range(1, 5)), ("12", "Quarters 1 and 2")]
QUARTERS += [("13", "Quarters 1 to 3"), ("34", "Quarters 3 and 4")]


class AmountField(PoundsField):
    """£0.00 is an amount too."""

    def to_python(self, value: Any) -> Any:
        text = forms.CharField.to_python(self, value)
        if text and re.fullmatch(r"£?\s*0+(\.0{1,2})?", text.strip()):
            return Decimal("0.00")
        return super().to_python(value)


class ActivityField(forms.DecimalField):
    """By how much activity changes: fewer is less than 0."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        given: dict[str, Any] = {"max_digits": 12, "decimal_places": 2, "required": False}
        said = "Fewer attendances or admissions are less than 0, like -120. Empty where it is not stated."
        messages = {"invalid": "That is not a number. Write it like -120."}
        super().__init__(label=label, **{"help_text": said, "error_messages": messages, **given, **kwargs})


class BenefitForm(forms.Form):
    """What a benefit is, whose, and what shows it."""

    title = forms.CharField(label="Benefit", max_length=200, error_messages={"required": "Say what the benefit is."})
    initiative = forms.ChoiceField(label="Initiative", choices=Initiative.choices)
    commissioner = RecordField("Commissioner", required=False)
    chin = RecordField("CHIN", required=False, help_text="Only where it is of one CHIN alone.")
    owner = RecordField("Owner’s post", required=False, help_text="Whoever holds it can’t validate the benefit.")
    measures = forms.TypedMultipleChoiceField(
        label="Measures that evidence it",
        coerce=record_number,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    point_of_delivery = forms.ChoiceField(
        label="Point of delivery", choices=[("", "Not stated"), *PointOfDelivery.choices], required=False
    )
    hrg = forms.CharField(label="HRG", max_length=5, required=False, help_text="Like DZ11 or DZ11P.")
    unit_price = PoundsField("Unit price", required=False, help_text="Of one attendance or admission.")
    price_source = forms.CharField(label="Where the unit price is from", max_length=200, required=False)
    price_year = YearField("Year of the unit price", required=False)
    qipp = forms.CharField(label="QIPP scheme", max_length=100, required=False)
    paper = forms.CharField(label="Paper", max_length=200, required=False, help_text="And where in it.")
    due = DayField(label="To be validated by", required=False, help_text="The last day of a quarter, like 2018-06-30.")
    record_key = forms.CharField(
        label="Business case", max_length=80, required=False, help_text="Its number, like 2018-014."
    )
    note = forms.CharField(label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        *args: Any,
        commissioners: Sequence[tuple[int, str]],
        chins: Sequence[tuple[int, str]],
        owners: Sequence[tuple[int, str]],
        measures: Sequence[tuple[int, str]],
        programme: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        whole = "The programme as a whole" if programme else "Choose a commissioner"
        self.fields["commissioner"].offer(commissioners, whole)  # type: ignore[attr-defined]
        self.fields["commissioner"].required = not programme
        self.fields["commissioner"].error_messages["required"] = "Choose a commissioner."
        self.fields["chin"].offer(chins, "None")  # type: ignore[attr-defined]
        self.fields["owner"].offer(owners, "Nobody’s yet")  # type: ignore[attr-defined]
        self.fields["measures"].choices = measures  # type: ignore[attr-defined]


class BenefitAddForm(BenefitForm):
    first_year = YearField("First financial year")
    last_year = YearField("Last financial year")
    day = DayField(label="Planned on")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        first, last = typed.get("first_year"), typed.get("last_year")
        if first is not None and last is not None and not first <= last <= first + 20:
            self.add_error("last_year", "The last year is the first or one of the twenty after it.")
        return typed


class BenefitChangeForm(BenefitForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class FromADay(forms.Form):
    """What holds of a year from a day on. seen: the version that the page showed."""

    day = DayField(label="From")
    reason = ReasonField("Why it changes", max_length=500)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: date, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]
        if is_new:
            self.fields["reason"].required = False
            self.fields["reason"].label = "Why"


class PlanForm(FromADay):
    activity = ActivityField("Planned change of activity")
    saving = AmountField("Gross saving", required=False, help_text=NOTHING_STATED)
    recurrent = AmountField("Recurrent investment", required=False, help_text=NOTHING_STATED)
    non_recurrent = AmountField("Non-recurrent investment", required=False, help_text=NOTHING_STATED)
    source = forms.CharField(
        label="Where it is stated", max_length=200, required=False, help_text="A paper, and where."
    )
    field_order = ("activity", "saving", "recurrent", "non_recurrent", "source")


class ForecastForm(FromADay):
    activity = ActivityField("Forecast change of activity")
    saving = AmountField("Forecast gross saving", required=False, help_text=NOTHING_STATED)
    field_order = ("activity", "saving")


class ValidateForm(forms.Form):
    """That a saving was made."""

    quarters = forms.ChoiceField(label="Of which quarters", choices=QUARTERS)
    saving = AmountField("Gross saving made", help_text="Pounds and pence, like 1500.00.")
    activity = ActivityField("Change of activity")
    evidence = forms.CharField(
        label="Evidence",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What shows it, and where that is kept.",
        error_messages={"required": "Say what shows it, and where that is kept."},
    )
    day = DayField(label="Validated on")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    day = DayField(label="From")
    why = ReasonField(max_length=500)

    def __init__(self, *args: Any, first: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(first, today)  # type: ignore[attr-defined]


class PercentField(forms.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=5, decimal_places=2, min_value=0, max_value=100, **kwargs)


class SplitForm(forms.Form):
    """How much counts of each of two benefits that overlap: percent of its saving, in each year that both have."""

    percent = PercentField()
    other_percent = PercentField()
    day = DayField(label="From")
    why = ReasonField(max_length=500)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, one: str, other: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["percent"].label = f"Counts of “{one}”, percent"
        self.fields["other_percent"].label = f"Counts of “{other}”, percent"
        self.fields["percent"].help_text = "100 where nothing of it is counted twice."
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]
