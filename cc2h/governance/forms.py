"""Forms about bodies, seats, meetings and agendas."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from cc2h.governance.models import Part, Task
from cc2h.governance.patterns import MOST_AT_ONCE, Every
from cc2h.kit.forms import DayField, PoundsField, ReasonField, RecordField


class TimeInput(forms.TimeInput):
    input_type = "time"


class BeginsField(forms.TimeField):
    """When a meeting begins, by the clock on the wall."""

    def __init__(self) -> None:
        super().__init__(
            label="Begins at",
            required=False,
            widget=TimeInput(format="%H:%M"),
            error_messages={"invalid": "That is not a time. Write hours and minutes, like 14:00."},
        )


class ShortReason(ReasonField):
    """Why, in a few words."""

    def __init__(self, label: str = "Why", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.max_length = 500


class NothingForm(forms.Form):
    """An act that needs nothing but a yes."""


class _OtherNames(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label="Other names",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="One to a line, each with the paper that has it.",
        )

    def clean(self, value: Any) -> list[str]:
        return [name for line in str(super().clean(value) or "").splitlines() if (name := " ".join(line.split()))]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class BodyForm(forms.Form):
    """A body, whose it is and whom it reports to."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give it a name."})
    of = forms.ChoiceField(label="Whose it is", error_messages={"required": "Say whose body it is."})
    parent = RecordField("Reports to", required=False)
    other_names = _OtherNames()
    paper = forms.CharField(label="Paper that names it", max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, str]] = (),
        parents: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if "of" in self.fields:
            self.fields["of"].choices = [("", "Choose whose"), *places]  # type: ignore[attr-defined]
        self.fields["parent"].offer(parents, "None")  # type: ignore[attr-defined]


class BodyChangeForm(BodyForm):
    """The same of a body that is there, whose stays whose it is."""

    of = None  # type: ignore[assignment]
    seen = forms.IntegerField(widget=forms.HiddenInput)


class LastDayForm(forms.Form):
    last = DayField(label="Last day")


class EndSeatForm(LastDayForm):
    reason = ReasonField(required=False)


class VoidForm(forms.Form):
    reason = ReasonField("Why it was never true")


class _TermsForm(forms.Form):
    quorum = forms.IntegerField(
        label="Quorum",
        min_value=1,
        max_value=100,
        help_text="How many voting members it takes to decide.",
        error_messages={"required": "Say how many voting members it takes to decide."},
    )
    limit = PoundsField("Decides up to", required=False, help_text="Pounds and pence. Empty where it is not limited.")
    text = forms.CharField(
        label="Terms of reference", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )


class TermsForm(_TermsForm):
    """Terms of reference from a day."""

    first = DayField(label="From")
    reason = ReasonField(required=False)
    field_order = ("first",)


class CorrectTermsForm(_TermsForm):
    """What was recorded of them was wrong."""

    reason = ReasonField()


class _SeatForm(forms.Form):
    title = forms.CharField(label="Seat", max_length=150, error_messages={"required": "Say which seat it is."})
    organisation = forms.CharField(label="Organisation", max_length=150, required=False)
    part = forms.ChoiceField(label="Part", choices=Part.choices, initial=Part.MEMBER)
    core = forms.BooleanField(label="Core member", required=False, initial=True)
    voting = forms.BooleanField(label="Votes", required=False, initial=True)


class SeatForm(_SeatForm):
    """A seat from a day, with the post that has it."""

    post = RecordField("Post", required=False, help_text="Whoever holds it sits there. Without one the seat is vacant.")
    first = DayField(label="From")
    reason = ReasonField(required=False)
    field_order = ("title", "organisation", "post", "part", "core", "voting", "first")

    def __init__(self, *args: Any, posts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].offer(posts, "None: the seat is vacant")  # type: ignore[attr-defined]


class CorrectSeatForm(_SeatForm):
    reason = ReasonField()


class FillForm(forms.Form):
    """From a day another post has the seat, or none."""

    post = RecordField("Post", required=False)
    first = DayField(label="From")
    reason = ReasonField(required=False)

    def __init__(self, *args: Any, posts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].offer(posts, "None: the seat is vacant")  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """One meeting, or several by a pattern."""

    day = DayField(label="Day", error_messages={"required": "Give the day of the first meeting."})
    every = forms.ChoiceField(label="And then", choices=Every.choices, initial=Every.ONCE)
    number = forms.IntegerField(label="Meetings in all", min_value=1, max_value=MOST_AT_ONCE, initial=1, required=False)
    begins = BeginsField()
    place = forms.CharField(label="Place", max_length=150, required=False)

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if today is not None:
            self.fields["day"].accept(today, None)  # type: ignore[attr-defined]

    def clean_number(self) -> int:
        return self.cleaned_data.get("number") or 1


class MeetingForm(forms.Form):
    """Another day, time or place."""

    day = DayField(label="Day")
    begins = BeginsField()
    place = forms.CharField(label="Place", max_length=150, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class PapersForm(forms.Form):
    day = DayField(label="Papers went out on")

    def __init__(self, *args: Any, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(None, last)  # type: ignore[attr-defined]


class CancelForm(forms.Form):
    reason = ShortReason("Why it is cancelled")


class Ticked(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class HoldForm(forms.Form):
    """Who was there and who sent apologies: places at the table, each a seat and somebody who may sit in it."""

    present = Ticked(
        label="Who was there",
        help_text="Whoever is ticked neither here nor below was absent.",
        error_messages={"required": "Tick who was there, or cancel the meeting."},
    )
    apologies = Ticked(label="Who sent apologies", required=False)
    chair = forms.ChoiceField(label="Who took the chair", error_messages={"required": "Say who took the chair."})
    others = forms.CharField(
        label="Others who were there",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Without a seat: a name or post to a line. They do not count towards the quorum.",
    )

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = places  # type: ignore[attr-defined]
        self.fields["apologies"].choices = places  # type: ignore[attr-defined]
        self.fields["chair"].choices = [("", "Choose who"), *places]  # type: ignore[attr-defined]
        self.labels = dict(places)

    def clean_others(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["others"].splitlines())
        names = list(dict.fromkeys(line for line in lines if line))
        if long := next((name for name in names if len(name) > 150), None):
            raise forms.ValidationError(f"A name has at most 150 characters; “{long[:30]}…” has {len(long)}.")
        return names

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        present = typed.get("present") or []
        for value in present:
            if value in (typed.get("apologies") or []):
                self.add_error("apologies", f"{self.labels[value]}: there, or not? Tick one of the two.")
        if typed.get("chair") and present and typed["chair"] not in present:
            self.add_error("chair", f"{self.labels[typed['chair']]} is not ticked as there.")
        return typed


class ApologiesForm(forms.Form):
    """Who will not be at a meeting, or will be after all."""

    place = forms.ChoiceField(label="Who", error_messages={"required": "Choose who."})

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = [] if len(places) == 1 else [("", "Choose")]
        self.fields["place"].choices = [*first, *places]  # type: ignore[attr-defined]


class MinutesForm(forms.Form):
    text = forms.CharField(
        label="Minutes", max_length=50_000, required=False, widget=forms.Textarea(attrs={"rows": 16})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ItemForm(forms.Form):
    """An item of its own words, and after which other it comes."""

    title = forms.CharField(label="Title", max_length=200, error_messages={"required": "Give it a title."})
    task = forms.ChoiceField(label="What the body is to do", choices=Task.choices, initial=Task.NOTE)
    text = forms.CharField(
        label="What it is about", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    after = RecordField("Comes after", required=False)

    def __init__(self, *args: Any, items: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["after"].offer(items, "Nothing: it is the first")  # type: ignore[attr-defined]


class ItemChangeForm(ItemForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class RecordItemForm(ItemChangeForm):
    """Of an item about a record, whose title and task are the record’s."""

    title = None  # type: ignore[assignment]
    task = None  # type: ignore[assignment]


class WaitingForm(forms.Form):
    """What waits for the body, to be ticked."""

    waiting = Ticked(label="What waits for the body", error_messages={"required": "Tick what comes on the agenda."})

    def __init__(self, *args: Any, waiting: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["waiting"].choices = waiting  # type: ignore[attr-defined]
        self.fields["waiting"].initial = [value for value, _ in waiting]


class MoveForm(forms.Form):
    """To which other meeting of the body, and why."""

    to = RecordField("To the meeting of", error_messages={"required": "Choose a meeting."})
    reason = ShortReason("Why it is moved")

    def __init__(self, *args: Any, meetings: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(meetings, "Choose a meeting")  # type: ignore[attr-defined]


class TakeOffForm(forms.Form):
    reason = ShortReason("Why it is taken off")
