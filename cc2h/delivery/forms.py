"""Forms about actions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cc2h.delivery.events import Event
from cc2h.kit.forms import DayField, ReasonField


class ActionForm(forms.Form):
    """What is to be done, by whom, by when: a day, or before an event."""

    what = forms.CharField(
        label="What is to be done",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is to be done."},
    )
    owner = forms.TypedChoiceField(
        label="Who is to do it",
        coerce=int,
        help_text="A post: the action stays with it when its holder changes.",
        error_messages={"required": "Choose a post."},
    )
    due_day = DayField(label="Due day", required=False, help_text="Leave it empty if it is due before something.")
    before = forms.ChoiceField(
        label="Or due before",
        required=False,
        help_text="When that moves, so does the day on which this is due: the day before it.",
    )

    def __init__(
        self, *args: Any, owners: Sequence[tuple[int, str]], events: Mapping[str, Event], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.events = events
        self.fields["owner"].choices = [("", "Choose a post"), *owners]  # type: ignore[attr-defined]
        offered = [(value, str(event)[:1].upper() + str(event)[1:]) for value, event in events.items()]
        self.fields["before"].choices = [("", "Nothing: it has a due day"), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if "due_day" not in self.errors and "before" not in self.errors:
            if bool(typed.get("due_day")) == bool(typed.get("before")):
                raise ValidationError(
                    {"due_day": "Give a day, or choose what it is due before: one of the two."}, code="one_end"
                )
            typed["before"] = self.events.get(typed.get("before", ""))
        return typed


class ChangeForm(ActionForm):
    """The same of an action that is there. `seen` is the version the editor had before them."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class DoneForm(forms.Form):
    """When it was done, and what shows it."""

    day = DayField(label="Done on")
    evidence = forms.CharField(
        label="Evidence",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What shows that it is done: a letter of a day, a paper, where it is filed.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, first: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["day"]
        assert isinstance(field, DayField)
        field.accept(first=first, last=today)


class DropForm(forms.Form):
    """Why it is not to be done any more."""

    reason = ReasonField("Why it is dropped")
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ReopenForm(forms.Form):
    """Nothing to fill in but the version that was read."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
