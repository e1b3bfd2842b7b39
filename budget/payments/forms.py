"""Forms about payments."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from budget.forms import RecordField
from budget.payments.layouts import COLUMN_CHOICES, DELIMITERS
from budget.payments.states import LayoutKind, PayeeKind
from cc2h.kit.forms import DayField, ReasonField, record_number

Choices = Sequence[tuple[Any, str]]


class RecordsField(forms.TypedMultipleChoiceField):
    """Some of the records, by number."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        given = {"coerce": record_number, "widget": forms.CheckboxSelectMultiple}
        super().__init__(label=label, **{**given, **kwargs})


class PrepareForm(forms.Form):
    """Everything that is owed, or some of it."""

    which = forms.ChoiceField(
        label="What to pay",
        choices=[("all", "Everything that is owed"), ("some", "Only what is ticked below")],
        widget=forms.RadioSelect,
    )
    payables = RecordsField("Owed", required=False)

    def __init__(self, *args: Any, payables: Choices, lines: Mapping[str, str], **kwargs: Any) -> None:
        """lines: the budget lines of which everything can be paid, by a key."""
        super().__init__(*args, **kwargs)
        self.fields["payables"].choices = payables  # type: ignore[attr-defined]
        everything, some = self.fields["which"].choices  # type: ignore[attr-defined]
        self.fields["which"].choices = [everything, *lines.items(), some]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("which") == "some" and not typed.get("payables"):
            self.add_error("payables", ValidationError("Tick what to pay.", code="required"))
        return typed


class AddForm(forms.Form):
    """More is paid by the run."""

    payables = RecordsField("Owed", error_messages={"required": "Tick what to add."})

    def __init__(self, *args: Any, payables: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payables"].choices = payables  # type: ignore[attr-defined]


class TakeOutForm(forms.Form):
    """Some is not paid by the run."""

    lines = RecordsField("Payments", error_messages={"required": "Tick what to take out."})
    why = ReasonField(max_length=500)

    def __init__(self, *args: Any, lines: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = lines  # type: ignore[attr-defined]


class AuthoriseForm(forms.Form):
    """The run as it was shown: its control hash."""

    control = forms.CharField(widget=forms.HiddenInput, max_length=64)


class WhyForm(forms.Form):
    why = ReasonField(max_length=500)


class ExportForm(forms.Form):
    """In which layout."""

    layout = forms.ChoiceField(label="Layout", error_messages={"required": "Choose a layout."})

    def __init__(self, *args: Any, layouts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["layout"].choices = [(name, name) for name in layouts]  # type: ignore[attr-defined]


class AccrualsForm(ExportForm):
    """As at which day."""

    day = DayField(label="As at")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]


class ConfirmationForm(forms.Form):
    """A confirmation as the paying system gives it."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,  # the reading says in its own words that it is empty
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        help_text="CSV with the columns run, reference, amount, outcome (paid, failed or reversed), day (like 2018-12-06) and "
        "reason. Up to 5 MB.",
        error_messages={"required": "Choose a file."},
    )


class ByHandForm(forms.Form):
    """What somebody has read at the bank."""

    lines = RecordsField("Payments", error_messages={"required": "Tick the payments it is about."})
    outcome = forms.ChoiceField(
        label="What became of them",
        choices=[("paid", "Paid"), ("failed", "Failed"), ("reversed", "Came back after they were paid")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what became of them."},
    )
    day = DayField(label="Day")
    reason = forms.CharField(
        label="Why", max_length=500, required=False, help_text="Of what failed or came back: what the bank says."
    )

    def __init__(self, *args: Any, lines: Choices, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = lines  # type: ignore[attr-defined]
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """What came back is paid again, or not."""

    again = forms.TypedChoiceField(
        label="Is it still owed?",
        choices=[("yes", "Yes: it goes into a later run"), ("no", "No: it is called off")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is still owed."},
    )
    why = ReasonField(max_length=500)


class ReceiveForm(forms.Form):
    """What was asked back has come: on which day, and how."""

    day = DayField(label="Day on which it came")
    how = ReasonField(label="How it came", max_length=450, help_text="Like “BACS of 3 December 2018”.")

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(first, last)  # type: ignore[attr-defined]


def _email() -> forms.EmailField:
    return forms.EmailField(
        label="Address for remittances",
        required=False,
        max_length=254,
        help_text="An e-mail address to which remittances go, beside whoever holds a post of it in the portal.",
        error_messages={
            "invalid": "That is no e-mail address. Write one like payments@trust.nhs.uk, or leave it empty."
        },
    )


class PayeeForm(forms.Form):
    """An organisation that is no practice."""

    kind = forms.ChoiceField(
        label="Kind", choices=[(kind.value, kind.label) for kind in PayeeKind if kind != PayeeKind.PRACTICE]
    )
    federation = RecordField("Federation", required=False)
    name = forms.CharField(
        label="Name", max_length=200, required=False, help_text="Of a federation: as the register has it."
    )
    reference = forms.CharField(
        label="Payee reference",
        max_length=20,
        help_text="By which the paying system knows it. Never an account number: bank details are not held here.",
        error_messages={"required": "Give its reference."},
    )
    email = _email()

    def __init__(self, *args: Any, federations: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["federation"].offer(federations, "None")  # type: ignore[attr-defined]


class PayeeChangeForm(forms.Form):
    """Another name or reference."""

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Give it a name."})
    reference = forms.CharField(
        label="Payee reference",
        max_length=20,
        help_text="By which the paying system knows it. Never an account number: bank details are not held here.",
        error_messages={"required": "Give its reference."},
    )
    email = _email()
    seen = forms.IntegerField(widget=forms.HiddenInput)


class LayoutForm(forms.Form):
    """Which columns a file has, in which order."""

    name = forms.CharField(label="Name", max_length=80, error_messages={"required": "Give it a name."})
    kind = forms.ChoiceField(label="Kind of file", choices=LayoutKind.choices)
    columns = forms.CharField(
        label="Columns, in their order",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One to a line, or with commas: " + ", ".join(name for name, _ in COLUMN_CHOICES) + ".",
        error_messages={"required": "Name the columns."},
    )
    delimiter = forms.ChoiceField(label="Between columns", choices=DELIMITERS)
    heading = forms.BooleanField(label="A first row of headings", required=False, initial=True)

    def clean_columns(self) -> list[str]:
        found = [
            one.strip().lower().replace(" ", "_") for one in self.cleaned_data["columns"].replace("\n", ",").split(",")
        ]
        columns = [one for one in found if one]
        known = dict(COLUMN_CHOICES)
        for one in columns:
            if one not in known:
                raise ValidationError(
                    f"There is no column “{one[:40]}”. Choose from {', '.join(known)}.", code="unknown"
                )
        return list(dict.fromkeys(columns))
