"""Forms of the pages about practices and commissioners."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from cc2h.kit.days import day_after
from cc2h.kit.forms import DayField, ReasonField
from practices.models import (
    LARGEST_LIST,
    NO_PRACTICE,
    ODS_PRACTICE,
    Commissioner,
    Contact,
    Federation,
    PracticeDetail,
    PracticeStanding,
    Status,
)
from practices.services import Part


class CodeField(forms.CharField):
    """An ODS code in capitals; a practice's unless another shape is given."""

    def __init__(self, shape: str = ODS_PRACTICE, says: str = NO_PRACTICE, **kwargs: Any) -> None:
        super().__init__(
            validators=[RegexValidator(shape, says)], error_messages={"required": "Give the practice’s code."}, **kwargs
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace(" ", "").upper()


class PostcodeField(forms.CharField):
    """A postcode in capitals with its space: EN5 4BE."""

    def __init__(self, **kwargs: Any) -> None:
        shape = RegexValidator(
            r"^([A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})?$", "Write the whole postcode, for example EN5 4BE."
        )
        super().__init__(label="Postcode", max_length=8, validators=[shape], **kwargs)

    def to_python(self, value: Any) -> str:
        joined = str(super().to_python(value) or "").replace(" ", "").upper()
        return f"{joined[:-3]} {joined[-3:]}" if len(joined) > 4 else joined


class FactsForm(forms.Form):
    """What a practice is called and where it is."""

    name = forms.CharField(max_length=200, error_messages={"required": "Give the practice’s name."})
    address = forms.CharField(
        label="Address, without the postcode", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    postcode = PostcodeField(required=False)
    borough = forms.CharField(max_length=60, required=False)
    telephone = forms.CharField(max_length=40, required=False)
    mailbox = forms.EmailField(
        label="Shared mailbox",
        required=False,
        max_length=254,
        help_text="The practice’s own mailbox, not a person’s.",
        error_messages={"invalid": "Write an e-mail address, like reception@example.nhs.uk."},
    )

    FACTS = ("name", "address", "postcode", "borough", "telephone", "mailbox")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_address(self) -> str:
        return ", ".join(filter(None, (line.strip(" ,") for line in self.cleaned_data["address"].splitlines())))


class OpenForm(FactsForm):
    """A practice enters the register."""

    ods_code = CodeField(label="ODS code", help_text="A letter and five digits, like E83035. Codes are never reused.")
    commissioner = forms.ModelChoiceField(Commissioner.objects.none(), empty_label=None)
    status = forms.ChoiceField(
        choices=[(Status.ACTIVE, "Active"), (Status.PROPOSED, "Proposed")],
        widget=forms.RadioSelect,
        initial=Status.ACTIVE,
    )
    day = DayField(label="From", help_text="The first day it is in the register.")
    reason = ReasonField("Note", required=False)

    field_order = ("ods_code", "name", "commissioner", "status", "day")

    def __init__(self, *args: Any, commissioners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commissioner"].queryset = commissioners  # type: ignore[attr-defined]


class DetailsForm(FactsForm):
    """A new name, address or position from a day, or a correction of what was recorded."""

    FROM_A_DAY, ALWAYS = "from", "always"
    DETAILS = (*FactsForm.FACTS, "latitude", "longitude", "prescribing_setting")

    latitude = forms.FloatField(
        label="Position: degrees north",
        widget=forms.TextInput,
        required=False,
        min_value=49,
        max_value=61,
        help_text="As a decimal number, like 51.6503. Only with the degrees east.",
    )
    longitude = forms.FloatField(
        label="Position: degrees east",
        widget=forms.TextInput,
        required=False,
        min_value=-9,
        max_value=2,
        help_text="Less than 0 west of Greenwich, like -0.2006.",
    )
    prescribing_setting = forms.RegexField(
        r"^\d{1,2}$",
        label="Prescribing setting",
        help_text="4 is a GP practice. Another number is no GP practice; close it if it is none any more.",
        error_messages={"required": "Give the setting: 4 is a GP practice.", "invalid": "A number like 4."},
    )

    when = forms.ChoiceField(
        label="When does this hold?",
        choices=[
            (FROM_A_DAY, "From a day: it changed then"),
            (ALWAYS, "It was always so: what is recorded is wrong"),
        ],
        widget=forms.RadioSelect,
        initial=FROM_A_DAY,
    )
    day = DayField(label="From", required=False, help_text="Only for a change from a day.")
    reason = ReasonField("Why", required=False)

    field_order = (*DETAILS, "when", "day", "reason")

    def __init__(self, *args: Any, detail: PracticeDetail, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _day(self, "day").accept(detail.first_day, detail.last_day)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if typed.get(one) is None and typed.get(other) is not None and one not in self.errors:
                self.add_error(one, "Give both numbers of the position, or neither.")
        if typed.get("when") == self.FROM_A_DAY:
            if not typed.get("day") and "day" not in self.errors:
                self.add_error("day", "Give the day from which this holds.")
        elif typed.get("when") == self.ALWAYS:
            typed["day"] = None
            if not typed.get("reason"):
                self.add_error("reason", "Say why what was recorded was wrong.")
        return typed


class CloseForm(forms.Form):
    last = DayField(label="Last day", help_text="The last day it is open.")
    reason = ReasonField("Why", required=False)

    def __init__(self, *args: Any, opened: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _day(self, "last").accept(opened)


class MergeForm(forms.Form):
    """Into which practice, from which day: of one that has closed, the day after its last."""

    successor = CodeField(
        label="ODS code of the practice it merges into", widget=forms.TextInput(attrs={"list": "successors"})
    )
    day = DayField(
        label="From", help_text="The first day its patients are the other practice’s. It closes the day before."
    )
    reason = ReasonField("Why", required=False)

    def __init__(self, *args: Any, standing: PracticeStanding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        closed = standing.status == Status.CLOSED
        first = standing.first_day if closed else day_after(standing.first_day)
        _day(self, "day").accept(first, first if closed else None)


PARTS = 3  # as many as can split off in one go


class SplitForm(forms.Form):
    """What splits off from a practice, from which day, and whether it goes on beside that."""

    GOES_ON, CLOSES = "goes_on", "closes"
    STAY, LEAVE = "stay", "leave"

    day = DayField(label="From", help_text="The first day the parts are practices of their own.")
    old = forms.ChoiceField(
        label="The old practice",
        choices=[(GOES_ON, "Goes on, with fewer patients"), (CLOSES, "Closes the day before: the parts have them all")],
        widget=forms.RadioSelect,
        initial=GOES_ON,
    )
    network = forms.ChoiceField(
        label="The network it is in",
        choices=[(STAY, "The parts are in it too, from that day"), (LEAVE, "The parts are in none to begin with")],
        widget=forms.RadioSelect,
        initial=STAY,
    )
    reason = ReasonField("Why", required=False)

    def __init__(self, *args: Any, standing: PracticeStanding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        closed = standing.status == Status.CLOSED
        first = standing.first_day if closed else day_after(standing.first_day)
        _day(self, "day").accept(first, first if closed else None)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for place in range(1, PARTS + 1):
            said = any(typed.get(f"{name}_{place}") not in ("", None) for name in ("name", "postcode", "patients"))
            if said and not typed.get(f"code_{place}") and f"code_{place}" not in self.errors:
                self.add_error(f"code_{place}", "Give the practice’s code.")
        return typed

    @property
    def parts(self) -> list[Part]:
        typed = self.cleaned_data
        return [
            Part(typed[f"code_{place}"], typed[f"name_{place}"], typed[f"postcode_{place}"], typed[f"patients_{place}"])
            for place in range(1, PARTS + 1)
            if typed[f"code_{place}"]
        ]

    @property
    def places(self) -> list[list[forms.BoundField]]:
        """The fields of each part, to be shown together."""
        return [
            [self[f"{name}_{place}"] for name in ("code", "name", "postcode", "patients")]
            for place in range(1, PARTS + 1)
        ]


for _place in range(1, PARTS + 1):  # declared one by one, so that the API's description has them
    SplitForm.base_fields |= {
        f"code_{_place}": CodeField(label=f"ODS code of part {_place}", required=_place == 1),
        f"name_{_place}": forms.CharField(
            label=f"Name of part {_place}",
            max_length=200,
            required=False,
            help_text="Not needed where a file has already opened it on that day.",
        ),
        f"postcode_{_place}": PostcodeField(required=False),
        f"patients_{_place}": forms.IntegerField(
            label=f"Patients of part {_place}",
            min_value=0,
            max_value=LARGEST_LIST,
            required=False,
            widget=forms.TextInput,
            help_text="Of the last list, where the old practice closes. All empty: equal shares.",
        ),
    }
    SplitForm.base_fields[f"postcode_{_place}"].label = f"Postcode of part {_place}"


class StatusForm(forms.Form):
    status = forms.ChoiceField(widget=forms.RadioSelect)
    day = DayField(label="From")
    reason = ReasonField("Why", required=False)

    def __init__(self, *args: Any, standing: PracticeStanding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [s for s in Status if s not in (Status.CLOSED, standing.status)]
        self.fields["status"].choices = [(s.value, s.label) for s in others]  # type: ignore[attr-defined]
        _day(self, "day").accept(standing.first_day, standing.last_day)


class StandingForm(forms.Form):
    """What should have been recorded: of a closing, only from which day."""

    first = DayField(label="From")
    status = forms.ChoiceField(
        choices=[(s.value, s.label) for s in Status if s is not Status.CLOSED], widget=forms.RadioSelect
    )
    commissioner = forms.ModelChoiceField(Commissioner.objects.all(), empty_label=None)
    reason = ReasonField("Why was what is recorded wrong?")

    def __init__(self, *args: Any, standing: PracticeStanding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _day(self, "first").accept(last=standing.last_day)
        if standing.status == Status.CLOSED:
            del self.fields["status"], self.fields["commissioner"]


class CommissionerForm(forms.Form):
    commissioner = forms.ModelChoiceField(Commissioner.objects.none(), label="New commissioner")
    day = DayField(label="From")
    reason = ReasonField("Why", required=False)

    def __init__(self, *args: Any, standing: PracticeStanding, commissioners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commissioner"].queryset = commissioners  # type: ignore[attr-defined]
        _day(self, "day").accept(standing.first_day, standing.last_day)


class JoinFederationForm(forms.Form):
    federation = forms.ModelChoiceField(Federation.objects.none(), empty_label=None)
    first = DayField(label="From")
    reason = ReasonField("Note", required=False)

    def __init__(self, *args: Any, federations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["federation"].queryset = federations  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """It was true until a day."""

    last = DayField(label="Last day")
    reason = ReasonField("Why", required=False)

    def __init__(self, *args: Any, first: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _day(self, "last").accept(first)


class VoidForm(forms.Form):
    """It was never true."""

    reason = ReasonField("Why was it never true?")


class ContactForm(forms.Form):
    """Ten seconds: when, who was spoken to, what came of it, what is next."""

    day = DayField(label="Day")
    spoke_to = forms.CharField(label="Spoke to", max_length=100, required=False)
    outcome = forms.CharField(max_length=300, error_messages={"required": "Say what came of it."})
    next_step = forms.CharField(label="Next step", max_length=300, required=False)
    next_day = DayField(label="Next step by", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _day(self, "day").accept(last=today)
        self.fields["day"].help_text = ""  # what it accepts goes without saying on a form this small

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        day, next_day = typed.get("day"), typed.get("next_day")
        if next_day and not typed.get("next_step"):
            self.add_error("next_step", "Say what is to be done by then.")
        if day and next_day and next_day < day:
            self.add_error("next_day", "The next step can’t be before the day you spoke.")
        return typed


class WithdrawForm(forms.Form):
    reason = ReasonField("Why is this entry withdrawn?")

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"]
        longest = Contact._meta.get_field("withdrawn_reason").max_length or 0
        if len(reason) > longest:
            raise ValidationError(f"Say it in {longest} characters or fewer.")
        return str(reason)


class ReleaseForm(forms.Form):
    """The names of practices that are in no CHIN are shown to everybody who sees the register."""

    first = DayField(label="From")
    last = DayField(
        label="Until", required=False, help_text="The last day they are shown. Empty: until somebody ends it."
    )
    reason = ReasonField("Why")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _day(self, "first").accept(today)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        first, last = typed.get("first"), typed.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first.")
        return typed


class FederationForm(forms.ModelForm):
    """What a federation is called."""

    class Meta:
        model = Federation
        fields = ("name",)


class RenameFederationForm(FederationForm):
    """`seen` is the version the editor had before them."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class SettingsForm(forms.ModelForm):
    """A commissioner's name, words, size band and target. `seen` is the version the editor had before them."""

    target_day = DayField(label="Full coverage due", required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Commissioner
        fields = (
            "name",
            "short_name",
            "local_word",
            "local_word_plural",
            "band_low",
            "band_high",
            "band_source",
            "target_day",
            "in_programme",
        )
        help_texts = {
            "band_low": "Patients. A CHIN outside the band is shown as such and never refused.",
            "band_source": "The paper or decision it comes from.",
        }


def _day(form: forms.Form, name: str) -> DayField:
    field = form.fields[name]
    assert isinstance(field, DayField)
    return field
