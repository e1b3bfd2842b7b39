"""Forms about money."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from budget.models import Funder, LegalBasis, LineKind
from cc2h.kit.days import NotADay, parse_year, year_name
from cc2h.kit.forms import DayField, PoundsField, ReasonField, RecordField, YearField
from cc2h.kit.money import NotAnAmount, parse_pounds


class SourceForm(forms.Form):
    """Who gives money, and on what basis."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give it a name."})
    funder = forms.ChoiceField(label="Funder", choices=Funder.choices)
    legal_basis = forms.ChoiceField(label="Legal basis", choices=LegalBasis.choices)
    agreement = forms.CharField(
        label="Agreement", max_length=300, required=False, help_text="Its name, or where it is kept."
    )
    agreed_from = DayField(label="Agreement from", required=False)
    agreed_to = DayField(label="Agreement to", required=False)


class SourceChangeForm(SourceForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class LineForm(forms.Form):
    """What money is for, from whom, whose it is and how long it runs."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give it a name."})
    source = RecordField("Source", error_messages={"required": "Choose where its money comes from."})
    kind = forms.ChoiceField(label="Type", choices=LineKind.choices)
    first_year = YearField("First financial year")
    last_year = YearField(
        "Last financial year", required=False, help_text="Like 2019/20. Empty only while a recurrent line has no end."
    )
    inside = forms.TypedChoiceField(
        label="Part of the programme budget",
        choices=[("yes", "Yes"), ("no", "No: it stands outside")],
        coerce=lambda value: value == "yes",
    )
    owner = RecordField("Owner’s post", required=False)
    cost_centre = forms.CharField(label="Cost centre", max_length=20, required=False)
    subjective_code = forms.CharField(label="Subjective code", max_length=20, required=False)
    note = forms.CharField(label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self, *args: Any, sources: Sequence[tuple[int, str]], owners: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].offer(sources, "Choose a source")  # type: ignore[attr-defined]
        self.fields["owner"].offer(owners, "Nobody’s yet")  # type: ignore[attr-defined]


class LineChangeForm(LineForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class EntryForm(forms.Form):
    """So many pounds for a year, from a day, and why."""

    year = YearField()
    amount = PoundsField()
    day = DayField(label="Day")
    reason = ReasonField(max_length=500)
    document = forms.CharField(
        label="Document", max_length=300, required=False, help_text="A letter, a paper or a contract, and where it is."
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]


class OfChinForm(EntryForm):
    """The same, of what is a CHIN's where it is delegated to one."""

    chin = RecordField("CHIN", required=False, help_text="Only where it is of the money delegated to a CHIN.")

    def __init__(self, *args: Any, chins: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chin"].offer(chins, "None: of the line itself")  # type: ignore[attr-defined]


class DelegateForm(EntryForm):
    """What a CHIN may use."""

    chin = RecordField("CHIN", error_messages={"required": "Choose a CHIN."})
    field_order = ("chin",)

    def __init__(self, *args: Any, chins: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chin"].offer(chins, "Choose a CHIN")  # type: ignore[attr-defined]
        del self.fields["document"]


class ListDelegationForm(forms.Form):
    """A sum that CHINs share by the registered lists of their practices."""

    chins = forms.TypedMultipleChoiceField(
        label="CHINs",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose the CHINs that share it."},
    )
    year = YearField()
    amount = PoundsField("Sum to share")
    extract = DayField(label="List sizes of the extract of", error_messages={"required": "Give the extract’s day."})
    day = DayField(label="Day", help_text="CHINs count the practices they have on this day.")
    reason = ReasonField(max_length=500)

    def __init__(self, *args: Any, chins: Sequence[tuple[int, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chins"].choices = chins  # type: ignore[attr-defined]
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]
        self.fields["extract"].accept(None, today)  # type: ignore[attr-defined]


MOST_YEARS = 20


class YearsField(forms.CharField):
    """A financial year and an amount in each row; as a mapping."""

    default_error_messages = {"required": "Give a year and an amount in each row, like 2018/19 1,000,000.00."}

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 6}), **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        found: dict[int, Decimal] = {}
        for number, row in enumerate(str(text or "").splitlines(), 1):
            if not row.strip():
                continue
            year, _, amount = " ".join(row.replace(":", " ").split()).partition(" ")
            try:
                which, pounds = parse_year(year), parse_pounds(amount)
            except (NotADay, NotAnAmount) as wrong:
                raise forms.ValidationError(f"Row {number}: {wrong}", code="invalid") from None
            if which in found:
                raise forms.ValidationError(f"Row {number}: {year_name(which)} stands in an earlier row.", code="twice")
            found[which] = pounds
        if len(found) > MOST_YEARS:
            raise forms.ValidationError(f"Give at most {MOST_YEARS} years at once.", code="too_many")
        return found

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Nothing is left to ask of years that were read."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{year_name(year)} {amount:.2f}" for year, amount in sorted(value.items()))
        return value


class AllocationsForm(forms.Form):
    """What a funder gives in each of several years."""

    amounts = YearsField("Years and amounts", help_text="A row for each year, like 2018/19 1,000,000.00.")
    day = DayField(label="Day")
    reason = ReasonField(max_length=500)
    document = forms.CharField(label="Document", max_length=300, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]


class ContributionForm(forms.Form):
    """What a party to a source's agreement puts in for a year."""

    party = forms.CharField(label="Party", max_length=150, error_messages={"required": "Say who puts it in."})
    year = YearField()
    amount = PoundsField(required=False, help_text="Empty where it is not stated.")
    seen = forms.IntegerField(widget=forms.HiddenInput)  # the newest version of any of the source's


class GrowthForm(forms.Form):
    """By how much a line is assumed to grow into a year."""

    year = YearField("Into which financial year")
    percent = forms.DecimalField(
        label="Growth on the year before, percent",
        required=False,
        min_value=-100,
        max_value=500,
        max_digits=5,
        decimal_places=2,
        help_text="Empty where it is to grow, and by how much is not stated.",
        error_messages={"invalid": "Write a number, like 2.5."},
    )
    basis = forms.CharField(label="Why", max_length=300, error_messages={"required": "Say why."})


class RequestForm(forms.Form):
    """A cut that is asked for: it is entered when somebody else agrees it."""

    year = YearField()
    amount = PoundsField()
    reason = ReasonField(max_length=500)
    document = forms.CharField(label="Document", max_length=300, required=False)


class VirementForm(RequestForm):
    """A virement that is asked for."""

    taking = RecordField("To which line", error_messages={"required": "Choose the line that takes it."})
    field_order = ("taking",)

    def __init__(self, *args: Any, lines: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taking"].offer(lines, "Choose a line")  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    why = ReasonField("Why not", max_length=500)


class ReverseForm(forms.Form):
    """A second entry takes off what the first put on."""

    day = DayField(label="Day")
    reason = ReasonField(max_length=500)

    def __init__(self, *args: Any, first: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(first, today)  # type: ignore[attr-defined]


class NothingForm(forms.Form):
    """An act that needs nothing but a yes."""
