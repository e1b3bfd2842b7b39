"""Forms about agreements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from budget.agreements.models import AgreementKind
from cc2h.kit import contents
from cc2h.kit.forms import DayField, ReasonField
from cc2h.kit.imports.files import megabytes

Choices = Sequence[tuple[str, str]]


def file_field(label: str, **kwargs: Any) -> forms.FileField:
    """A file of a kind that the portal takes; services look into it."""
    extensions = ",".join(f".{extension}" for extension in contents.OF_EXTENSION)
    return forms.FileField(
        label=label,
        allow_empty_file=True,  # the check says in its own words that it is empty
        widget=forms.FileInput(attrs={"accept": extensions}),
        error_messages={"required": "Choose a file."},
        **kwargs,
    )


class WithFile(forms.Form):
    """A form with a file that may be too large."""

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = megabytes(settings.ATTACHMENT_LIMIT_BYTES)
        field = self.fields["file"]
        field.help_text = f"{contents.TAKEN}, up to {most}, without macros and passwords."
        self.too_large = too_large
        if too_large:
            field.error_messages["required"] = contents.too_large()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file is None and self.too_large) or (file and file.size > settings.ATTACHMENT_LIMIT_BYTES):
            raise forms.ValidationError(contents.too_large(), code="file")
        return file


class AgreementForm(forms.Form):
    """Whose it is, what it is and what it is called."""

    whose = forms.ChoiceField(
        label="Whose",
        help_text="The practices of a CHIN are parties to its agreements while they are in it.",
        error_messages={"required": "Choose whose agreement it is."},
    )
    kind = forms.ChoiceField(label="Kind", choices=AgreementKind.choices)
    title = forms.CharField(label="Title", max_length=150, error_messages={"required": "Give it a title."})

    def __init__(self, *args: Any, whose: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whose"].choices = [("", "Choose"), *whose]  # type: ignore[attr-defined]


class VersionForm(WithFile):
    """The words of a version. after: the number of the version that was there when the page was opened."""

    from_day = DayField(label="From")
    text = forms.CharField(
        label="Text",
        max_length=100_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="The whole text; or choose its file below instead.",
    )
    file = file_field("File", required=False)
    anew = forms.TypedChoiceField(
        label="Who signs it",
        choices=[
            ("yes", "Everybody, also who signed the version before"),
            ("no", "Only who has not signed the version before: nothing of weight changed"),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=9_999)

    def __init__(self, *args: Any, first: date | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_day"].accept(first, today)  # type: ignore[attr-defined]
        if first is None:
            self.fields["anew"].widget = forms.HiddenInput()


class SignForm(forms.Form):
    """Who signs, for which practice, and that they have read it. sha256: of the words on the page."""

    practice = forms.ChoiceField(label="Practice", error_messages={"required": "Choose the practice."})
    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Type your name."},
    )
    role = forms.CharField(
        label="Your role in the practice",
        max_length=150,
        help_text="Practice manager or GP partner, for example.",
        error_messages={"required": "Type your role."},
    )
    agreed = forms.BooleanField(
        label="The practice agrees to it, and I may sign for the practice",
        error_messages={"required": "Tick that the practice agrees to it."},
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, practices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["practice"]
        field.choices = practices  # type: ignore[attr-defined]
        field.initial = next((code for code, _ in practices), None)
        if len(practices) < 2:
            field.widget = forms.HiddenInput()


class RecordForm(WithFile):
    """What was signed on paper: by whom, when, which version, and a scan of it."""

    who = forms.ChoiceField(label="Who signed", error_messages={"required": "Choose who signed."})
    version = forms.TypedChoiceField(label="Version", coerce=int)
    name = forms.CharField(
        label="Name under it", max_length=150, error_messages={"required": "Give the name under it."}
    )
    role = forms.CharField(
        label="Role of whoever signed", max_length=150, error_messages={"required": "Give the role of whoever signed."}
    )
    day = DayField(label="Signed on")
    file = file_field("Scan")

    def __init__(self, *args: Any, who: Choices, versions: Choices, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", "Choose"), *who]  # type: ignore[attr-defined]
        self.fields["version"].choices = versions  # type: ignore[attr-defined]
        self.fields["day"].accept(None, today)  # type: ignore[attr-defined]


class PartyForm(forms.Form):
    """A practice, or another organisation, from a day."""

    practice = forms.ChoiceField(label="Practice", required=False)
    organisation = forms.CharField(
        label="Or another organisation",
        max_length=150,
        required=False,
        help_text="A federation, trust or council, by its name.",
    )
    joined_on = DayField(label="Party from")

    def __init__(self, *args: Any, practices: Choices, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practice"].choices = [("", "None"), *practices]  # type: ignore[attr-defined]
        self.fields["joined_on"].accept(None, today)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(typed["practice"]) == bool(typed["organisation"].strip()):
            raise forms.ValidationError("Choose a practice, or name another organisation: one of the two.")
        return typed


class LastDayForm(forms.Form):
    """A last day."""

    day = DayField(label="Last day")

    def __init__(self, *args: Any, first: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(first, today)  # type: ignore[attr-defined]


class EndForm(LastDayForm):
    why = ReasonField(max_length=500)


class WithdrawForm(forms.Form):
    """From when a signature does not count, and why."""

    day = DayField(label="It does not count from")
    reason = ReasonField(max_length=500)

    def __init__(self, *args: Any, first: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(first, today)  # type: ignore[attr-defined]
