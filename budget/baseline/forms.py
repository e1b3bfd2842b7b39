"""Forms of the assessment. Each section's form is made of its questions, which say what an answer can be."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from budget.baseline.questions import BANDS, NEWEST_SET, QUESTION_SETS, ROLES, Question, Section
from budget.baseline.services import LONGEST_LINK
from cc2h.kit.forms import DayField

WORKBOOK_BYTES = 5 << 20


class AnswerField(forms.CharField):
    """An answer, as its question reads it; nothing: not stated."""

    def __init__(self, question: Question) -> None:
        self.question = question
        attrs = {} if question.kind == "text" else {"inputmode": "numeric" if question.kind == "count" else "decimal"}
        wide = question.kind == "text" and question.longest > 300
        super().__init__(
            label=question.label,
            help_text=question.hint,
            required=False,
            max_length=question.longest if question.kind == "text" else None,
            widget=forms.Textarea(attrs={"rows": 3})
            if wide
            else forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        )

    def to_python(self, value: Any) -> Any:
        try:
            return self.question.read("" if value is None else str(value))
        except ValueError as wrong:
            raise ValidationError("%(said)s", code="invalid", params={"said": f"{self.label}: {wrong}"}) from None

    def run_validators(self, value: Any) -> None:
        """Nothing is left to ask of an answer that was read."""


def _field(question: Question) -> forms.Field:
    if question.kind == "yes":
        return forms.BooleanField(label=question.label, help_text=question.hint, required=False)
    if question.kind == "choice":
        return forms.ChoiceField(
            label=question.label,
            help_text=question.hint,
            required=False,
            choices=[("", "Not stated yet"), *(question.choices or {}).items()],
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": f"{question.label}: Found “%(value)s”. Expected: {question.expected}."},
        )
    return AnswerField(question)


class AnswersForm(forms.Form):
    """A section's answers. `seen`: the version they were typed over, 0 for none."""

    section: Section
    how_it_came = forms.CharField(
        label="How the practice’s answers came",
        max_length=300,
        required=False,
        help_text="You answer on its behalf: “E-mail of its manager, 3 October 2018”.",
    )
    typed_name = forms.CharField(
        label="Your name",
        max_length=150,
        required=False,
        help_text="It is kept with your answers, and the practice sees it.",
    )
    done = forms.BooleanField(
        label="This section is done", required=False, help_text="Leave it open to come back to it later."
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, on_behalf: bool, by_link: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask("how_it_came", "Say how the practice’s answers came.", asked=on_behalf)
        self._ask("typed_name", "Say who you are.", asked=by_link)

    def _ask(self, name: str, lacking: str, *, asked: bool) -> None:
        if asked:
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = lacking
        else:
            del self.fields[name]

    @property
    def roles(self) -> list[Mapping[str, Any]]:
        """The workforce by role: its fields by age band, and the others."""
        return [
            {
                "name": name,
                "nobody": self[f"{role}_nobody"],
                "bands": [
                    (years, self[f"{role}_{band}_headcount"], self[f"{role}_{band}_wte"])
                    for band, years in BANDS.items()
                ],
                "vacancies": self[f"{role}_vacancies"],
                "vacant_wte": self[f"{role}_vacant_wte"],
            }
            for role, name in ROLES.items()
        ]


def _form_of(section: Section) -> type[AnswersForm]:
    fields = {question.key: _field(question) for question in section.questions}
    order = [*fields, "how_it_came", "typed_name", "done", "seen"]
    about = {"__doc__": f"{section.name}: {section.about}", "section": section, "field_order": order}
    return type(f"{section.key.capitalize()}Form", (AnswersForm,), {**fields, **about})


FORMS: Mapping[int, Mapping[str, type[AnswersForm]]] = {
    version: {section.key: _form_of(section) for section in sections} for version, sections in QUESTION_SETS.items()
}
NEWEST_FORMS = FORMS[NEWEST_SET]


def answers_of(section: Section, typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a form holds, parted into the section's answers and what is said about them."""
    keys = {question.key for question in section.questions}
    return (
        {name: value for name, value in typed.items() if name in keys},
        {name: value for name, value in typed.items() if name not in keys},
    )


class RoundForm(forms.Form):
    """Practices are asked from a day until a day."""

    name = forms.CharField(
        label="Name",
        max_length=150,
        help_text="Like “Baseline assessment 2018/19”.",
        error_messages={"required": "Give it a name."},
    )
    opens = DayField(label="Opens on")
    due = DayField(label="Due on", help_text="Answers are taken later too, and are marked late.")


class RoundChangeForm(RoundForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class DelegateForm(forms.Form):
    """A link to one section, for somebody without an account."""

    recipient = forms.CharField(
        label="For whom",
        max_length=150,
        help_text="A name or a post, so that you know the link again.",
        error_messages={"required": "Say for whom the link is."},
    )
    expires_on = DayField(label="Last day it opens the section")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["expires_on"]
        field.accept(today, today + timedelta(days=LONGEST_LINK))


class BehalfForm(forms.Form):
    """An act that needs nothing but a yes, and how the answers came where it is on a practice's behalf."""

    how_it_came = AnswersForm.base_fields["how_it_came"]

    def __init__(self, *args: Any, on_behalf: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_behalf:
            self.fields["how_it_came"].required = True
            self.fields["how_it_came"].error_messages["required"] = "Say how the practice’s answers came."
        else:
            del self.fields["how_it_came"]


class NothingForm(forms.Form):
    """An act that needs nothing but a yes."""


class WorkbookForm(forms.Form):
    """A practice's workbook, filled in."""

    file = forms.FileField(
        label="Workbook",
        allow_empty_file=True,  # reading it says in its own words that it is empty
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text="The .xlsx taken from this page, up to 5 MB.",
        error_messages={"required": "Choose the workbook."},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > WORKBOOK_BYTES:
            raise ValidationError(
                "The file has more than 5 MB. Expected: the workbook taken from this page.", code="file"
            )
        return file
