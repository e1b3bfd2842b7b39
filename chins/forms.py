"""Forms of the pages about CHINs."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cc2h.kit import words
from cc2h.kit.forms import DayField, ReasonField, record_number
from chins.models import NO_NETWORK, ODS_NETWORK, Chin, Partner
from chins.queries import Candidate, Member
from chins.workflow import ChinStatus, next_states
from practices.forms import CodeField


class Lines(forms.CharField):
    """Several short texts, one on a line."""

    widget = forms.Textarea(attrs={"rows": 4})
    of_lines = True  # a list, for the API

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        if too_long := next((line for line in lines if len(line) > 80), None):
            raise ValidationError(f"“{too_long[:40]}…” is longer than 80 characters.")
        return list(dict.fromkeys(filter(None, lines)))


class Ticked(forms.TypedMultipleChoiceField):
    """Records ticked by number. One that somebody else has changed meanwhile is still read: the service says so."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return record_number(str(value)) is not None


class DetailsForm(forms.Form):
    """What a CHIN is called and does."""

    name = forms.CharField(max_length=150, error_messages={"required": "Give it a name."})
    code = CodeField(
        ODS_NETWORK,
        NO_NETWORK,
        label="ODS code of the network",
        required=False,
        help_text="Only a primary care network has one: U and five digits, like U40115.",
    )
    footprint = forms.CharField(
        label="Area it serves", max_length=200, required=False, help_text="For example: Edgware, Burnt Oak, Watling Way"
    )
    focus_areas = Lines(label="Focus areas", required=False, help_text="One on each line, for example: Diabetes")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class EditForm(DetailsForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ProposeForm(DetailsForm):
    """An expression of interest: which practices, from which day."""

    kind = forms.ChoiceField(choices=Chin.Kind.choices, widget=forms.RadioSelect, initial=Chin.Kind.CHIN)
    day = DayField(label="Proposed from", help_text="A primary care network is operational from this day instead.")
    practices = Ticked(
        label="Practices that express interest",
        required=False,
        help_text="They are in it from that day. Practices already in a network are moved on its own page.",
    )
    reason = ReasonField("Note", required=False)

    field_order = ("name", "kind", "day", "footprint", "focus_areas", "practices", "code", "reason")

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["practices"], candidates)
        if not candidates:
            del self.fields["practices"]


class StateForm(forms.Form):
    """To which state, on which day; into which CHIN when it merges."""

    status = forms.ChoiceField(label="What happens", widget=forms.RadioSelect)
    into = forms.TypedChoiceField(label="Merges into", required=False, coerce=int, empty_value=None)
    day = DayField(label="From", help_text="A day to come makes it a plan, which can be moved or dropped.")
    reason = ReasonField(required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    LABELS = {
        ChinStatus.APPROVED: "It is approved",
        ChinStatus.OPERATIONAL: "It becomes operational",
        ChinStatus.DECLINED: "It is declined",
        ChinStatus.WITHDRAWN: "It is withdrawn",
        ChinStatus.MERGED: "It merges into another",
        ChinStatus.CLOSED: "It closes",
    }

    def __init__(self, *args: Any, status: str, others: Iterable[Chin], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = next_states(status)
        self.fields["status"].choices = [(one.value, self.LABELS[one]) for one in choices]  # type: ignore[attr-defined]
        if ChinStatus.MERGED in choices:
            into = [(None, "Only when it merges"), *((other.pk, other.name) for other in others)]
            self.fields["into"].choices = into  # type: ignore[attr-defined]
        else:
            del self.fields["into"]


class BesideForm(forms.Form):
    """Another CHIN for standing beside those chosen."""

    chin = forms.ChoiceField(label="Add a CHIN")

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.fields["chin"].choices = [("", "Choose one"), *choices]  # type: ignore[attr-defined]


class ReplanForm(forms.Form):
    day = DayField(label="From")
    reason = ReasonField("Why the day changes")


class VoidForm(forms.Form):
    reason = ReasonField("Why it was never true")


class DropForm(forms.Form):
    reason = ReasonField("Why it is taken back")


class JoinForm(forms.Form):
    """Which practices join, and when."""

    practices = Ticked(error_messages={"required": "Choose at least one practice."})
    first = DayField(label="First day", help_text="A day to come makes it a planned join, which feeds the projection.")
    reason = ReasonField("Note", required=False)

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["practices"], candidates)


class MoveForm(forms.Form):
    """Which memberships end, into which CHIN the practices go, and when."""

    memberships = Ticked(label="Practices that move", error_messages={"required": "Choose at least one practice."})
    chin = forms.TypedChoiceField(
        label="Move to", coerce=int, error_messages={"required": "Choose where they move to."}
    )
    first = DayField(label="First day there", help_text="They are where they are now until the day before.")
    reason = ReasonField("Why", required=False)

    def __init__(self, *args: Any, placed: Sequence[Member], chins: Iterable[Chin], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["memberships"].choices = [  # type: ignore[attr-defined]
            (m.membership.pk, f"{m.name}, {_patients(m.patients)}: now {m.membership.chin}") for m in placed
        ]
        self.fields["chin"].choices = [("", "Choose"), *((chin.pk, chin.name) for chin in chins)]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """It was true until a day."""

    last = DayField(label="Last day")
    reason = ReasonField(required=False)


class CorrectForm(forms.Form):
    """The days recorded were wrong, or the plan has moved."""

    first = DayField(label="First day")
    last = DayField(label="Last day", required=False, help_text="Empty while it has no end.")
    reason = ReasonField("Why the days change")


class PartnerForm(forms.Form):
    organisation = forms.CharField(max_length=150, error_messages={"required": "Which organisation?"})
    sector = forms.ChoiceField(choices=Partner.Sector.choices)
    first = DayField(label="In the planning group from")


def _patients(count: int | None) -> str:
    return "no list size" if count is None else words.plural(count, "patient")


def offer(field: Any, candidates: Sequence[Candidate]) -> None:
    field.choices = [(one.practice.pk, _candidate(one)) for one in candidates]


def _candidate(one: Candidate) -> str:
    label = f"{one.name} ({one.practice.ods_code}), {_patients(one.patients)}"
    if one.planned is None:
        return label
    return f"{label}: planned to join {one.planned.chin} on {words.day(one.planned.first_day)}"
