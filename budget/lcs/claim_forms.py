"""Forms about claims."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from budget.lcs.claim_queries import Shown
from budget.lcs.claims import Given
from budget.lcs.models import Evidence, Output
from cc2h.kit.forms import ReasonField, record_number

MOST_OUTPUTS = 20  # of a stage, that a form has fields for
YES_NO = [("yes", "Yes"), ("no", "No")]
ACCEPT, RETURN = "accept", "return"


class How(forms.CharField):
    """How what staff enter came from the practice."""

    def __init__(self) -> None:
        super().__init__(
            label="How it came",
            max_length=300,
            required=False,
            help_text="You enter this on behalf of the practice. For example: e-mail of 3 October 2018.",
            error_messages={"required": "Say how it came from the practice, like “e-mail of 3 October 2018”."},
        )


class OnBehalfForm(forms.Form):
    """An act of the practice; staff say how it came."""

    how_it_came = How()

    def __init__(self, *args: Any, on_behalf: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_behalf:
            self.fields["how_it_came"].required = True
        else:
            del self.fields["how_it_came"]


class EnterForm(OnBehalfForm):
    """An answer for each output that somebody enters, by its number in the stage."""

    field_order = [f"output_{number}" for number in range(1, MOST_OUTPUTS + 1)]

    def __init__(self, *args: Any, shown: Sequence[Shown], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = {f"output_{one.output.number}": one for one in shown if one.by_hand and not one.accepted}
        for name in self.field_order:
            if name not in self.shown:
                del self.fields[name]
                continue
            one = self.shown[name]
            field = _field(one.output)
            field.initial = _before(one)
            if one.returned and one.answer is not None:
                field.help_text = f"Returned: “{one.answer.reason}” {field.help_text}".strip()
            self.fields[name] = field

    @property
    def given(self) -> list[Given]:
        """What was typed, of each output for which something was and that says something new."""
        found = []
        for name, one in self.shown.items():
            typed = self.cleaned_data.get(name) or ""
            if not typed or (typed == _before(one) and not one.returned):
                continue
            if one.output.evidence == Evidence.PLEDGE:
                found.append(Given(one.output, pledged=typed == "yes"))
            else:
                found.append(Given(one.output, text=typed))
        return found

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.given:
            raise forms.ValidationError("Nothing new has been entered.", code="nothing")
        return typed


def _before(one: Shown) -> str:
    if one.answer is None:
        return ""
    if one.output.evidence == Evidence.PLEDGE:
        return {True: "yes", False: "no"}.get(one.answer.pledged, "") if one.answer.pledged is not None else ""
    return one.answer.text


def _field(output: Output) -> forms.Field:
    given: dict[str, Any] = {"label": output.name, "required": False, "help_text": output.guidance.strip()}
    if output.whose == Output.Whose.CHIN:
        shared = "It counts for all practices of the CHIN that have still to send in theirs."
        given["help_text"] = f"{output.guidance} {shared}".strip()
    if output.evidence == Evidence.PLEDGE:
        return _wanted(forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **given))
    if output.evidence == Evidence.FILE:
        given["label"] = f"{output.name}: about the files"
        given["help_text"] = f"{given['help_text']} The files themselves are attached on the claim’s page.".strip()
        return forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), **given)
    return _wanted(forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), **given))


def _wanted(field: forms.Field) -> forms.Field:
    """It may be left for later, and the claim is not sent in without it: so it is not called optional."""
    field.needed_in_the_end = True  # type: ignore[attr-defined]
    return field


class WhyForm(OnBehalfForm):
    """An act of the practice that needs a reason."""

    why = ReasonField(max_length=500)
    field_order = ("why",)


class DecideForm(forms.Form):
    """An act of the commissioner that needs a reason."""

    why = ReasonField(max_length=500)


class VerifyForm(forms.Form):
    """Each output that is not accepted yet, by its number: accepted, returned with a reason, or left for now."""

    def __init__(self, *args: Any, shown: Sequence[Shown], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = {one.output.number: one for one in shown if not one.accepted}
        for number in range(1, MOST_OUTPUTS + 1):
            what, why = f"output_{number}", f"reason_{number}"
            if number not in self.shown:
                del self.fields[what], self.fields[why]
                continue
            one = self.shown[number]
            self.fields[what].label = one.output.name
            self.fields[what].help_text = one.lacks or one.basis
            self.fields[why].label = f"Why “{one.output}” is returned"
            if one.lacks:
                self.fields[what].choices = [(RETURN, "Return"), ("", "Leave for now")]  # type: ignore[attr-defined]
            self.fields[what].initial = "" if one.lacks else ACCEPT

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for number in self.shown:
            if typed.get(f"output_{number}") == RETURN and not typed.get(f"reason_{number}", "").strip():
                self.add_error(f"reason_{number}", "Say why it is returned.")
        if not self.errors and self.shown and not (self.accepted or self.returned):
            raise forms.ValidationError("Nothing is accepted or returned.", code="nothing")
        return typed

    @property
    def accepted(self) -> list[Output]:
        return [one.output for n, one in self.shown.items() if self.cleaned_data.get(f"output_{n}") == ACCEPT]

    @property
    def returned(self) -> dict[int, str]:
        """The reasons, by output."""
        typed = self.cleaned_data
        return {
            one.output.pk: typed[f"reason_{n}"] for n, one in self.shown.items() if typed.get(f"output_{n}") == RETURN
        }


for _number in range(1, MOST_OUTPUTS + 1):  # declared one by one, so that the API's description has them
    EnterForm.base_fields[f"output_{_number}"] = forms.CharField(
        label=f"Output {_number}", max_length=4000, required=False, help_text="A text; of a pledge, yes or no."
    )
    VerifyForm.base_fields[f"output_{_number}"] = forms.ChoiceField(
        label=f"Output {_number}",
        choices=[(ACCEPT, "Accept"), (RETURN, "Return"), ("", "Leave for now")],
        required=False,
        widget=forms.RadioSelect,
    )
    VerifyForm.base_fields[f"reason_{_number}"] = forms.CharField(
        label=f"Why output {_number} is returned",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class Ticked(forms.TypedMultipleChoiceField):
    """Claims ticked by number; of one that has gone on meanwhile the service says so."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return record_number(str(value)) is not None


class BatchForm(forms.Form):
    """Which of many claims are accepted or returned."""

    what = forms.ChoiceField(
        label="What is done",
        choices=[(ACCEPT, "Accept"), (RETURN, "Return, for one reason")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they are accepted or returned."},
    )
    which = forms.ChoiceField(label="Which claims", widget=forms.RadioSelect, initial="ticked")
    why = forms.CharField(
        label="Why they are returned",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The practices read it.",
    )
    claims = Ticked(label="Claims", required=False)

    def __init__(self, *args: Any, offered: Mapping[int, str], groups: Mapping[str, str], **kwargs: Any) -> None:
        """groups: those that lack the same, by a key, and what all of them are called."""
        super().__init__(*args, **kwargs)
        self.fields["claims"].choices = list(offered.items())  # type: ignore[attr-defined]
        self.fields["which"].choices = [("ticked", "Those ticked below"), *groups.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("which") == "ticked" and not typed.get("claims"):
            self.add_error("claims", "Choose at least one claim.")
        if typed.get("what") == RETURN and not typed.get("why", "").strip():
            self.add_error("why", "Say why they are returned.")
        return typed
