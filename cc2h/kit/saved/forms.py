"""Forms of the acts on saved views."""

from typing import Any

from django import forms

from cc2h.kit import words
from cc2h.kit.asat import AsAt

SAME, NOW, NOW_AND_DAY = "same", "now", "now_and_day"


def days(asat: AsAt) -> str:
    """The days that a list is read as at, in words."""
    known = f", as known on {words.day(asat.known)}" if asat.known else ""
    return f"{words.day(asat.day)}{known}"


class ViewForm(forms.Form):
    name = forms.CharField(label="Name", max_length=60, error_messages={"required": "Give it a name."})
    shared_with = forms.TypedChoiceField(
        label="Who sees it",
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text="Others see the view with your name, and can’t change it. It shows each of them what they may see.",
    )

    def __init__(self, *args: Any, sharers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["shared_with"]
        field.choices = [("", "Only me"), *((pk, f"Everybody with a post of {name}") for pk, name in sharers)]
        if not sharers:
            del self.fields["shared_with"]


class SaveForm(ViewForm):
    """A new view of the list whose address stands in this one."""

    keep_day = forms.BooleanField(label="Keep the day", required=False)
    field_order = ("name", "keep_day", "shared_with")

    def __init__(self, *args: Any, asat: AsAt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["keep_day"]
        field.label = f"Always as at {days(asat)}"
        field.help_text = "Otherwise it opens on the day you are looking at."
        if asat.is_today:
            del self.fields["keep_day"]


class ChangeForm(ViewForm):
    """Another name, other things to keep, other readers."""

    shows = forms.ChoiceField(
        label="What it shows",
        choices=[
            (SAME, "The same as before"),
            (NOW, "The list as it now stands"),
            (NOW_AND_DAY, "The list as it now stands, always as at this day"),
        ],
        initial=SAME,
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ("name", "shows", "shared_with")

    def __init__(self, *args: Any, asat: AsAt, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["shows"]
        field.help_text = f"The list as it now stands: {now}."
        field.choices = [(SAME, "The same as before"), (NOW, "The list as it now stands")]
        if not asat.is_today:
            field.choices = [*field.choices, (NOW_AND_DAY, f"The list as it now stands, always as at {days(asat)}")]


class DeleteForm(forms.Form):
    """Nothing to type."""
