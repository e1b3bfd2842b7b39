"""Forms about business cases: the idea, the sections as their data say, and what is done with a case."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.forms.forms import DeclarativeFieldsMetaclass

from cc2h.cases import kinds
from cc2h.cases.answers import Read, read
from cc2h.cases.models import Excluded, Topic
from cc2h.cases.sections import Field, Section
from cc2h.kit.forms import DayField, PoundsField, ReasonField, RecordField

NEITHER = [("", "None of them"), *((value, label) for value, label in Excluded.choices if value)]


class AuthorForm(forms.Form):
    """Somebody who writes the case, or does not any more."""

    person = RecordField("Who", error_messages={"required": "Choose who."})

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people, "Choose")  # type: ignore[attr-defined]


class RowsInput(forms.Widget):
    """Rows as cells named `costs-0-month`, or all in one as JSON under the field's name."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__()
        self.columns = columns

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        if name in data:
            given = data[name]
            try:
                rows = given if isinstance(given, list) else json.loads(given)
            except (ValueError, RecursionError):
                return []
            return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        places = {
            int(key.split("-")[1]) for key in data if key.startswith(f"{name}-") and key.split("-")[1].isdecimal()
        }
        cells = ("id", "gone", *self.columns)
        return [
            {cell: data[f"{name}-{n}-{cell}"] for cell in cells if f"{name}-{n}-{cell}" in data}
            for n in sorted(places)[:500]
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(key == name or key.startswith(f"{name}-") for key in data)


class RowsField(forms.Field):
    """Rows of a section; what is in them is read with the section (SectionForm). wrong: (row, column) → why."""

    def __init__(self, of: Field) -> None:
        self.of = of
        self.of_rows = [
            ("id", "The row’s own name; leave it out of a new one"),
            *((one.key, one.label) for one in of.columns),
        ]
        super().__init__(
            label=of.label, help_text=of.help, required=False, widget=RowsInput([one.key for one in of.columns])
        )
        self.wrong: dict[tuple[int, str], str] = {}

    def __deepcopy__(self, memo: Any) -> Any:
        copied = super().__deepcopy__(memo)
        copied.wrong = {}
        return copied


class AsTyped(forms.CharField):
    """An answer in text, as it was typed: whether it can be read is asked with the section."""

    def run_validators(self, value: Any) -> None:
        """What is wrong is said by the section, in its own words."""


def _field(one: Field) -> forms.Field:
    given: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": False}
    if one.kind is kinds.ROWS:
        return RowsField(one)
    if one.choices:
        return AsTyped(widget=forms.RadioSelect(choices=one.choices), **given)
    if one.kind is kinds.TEXT:
        return AsTyped(widget=forms.Textarea(attrs={"rows": 6}), strip=False, **given)
    attrs = {"autocomplete": "off"} | ({"inputmode": one.kind.inputmode} if one.kind.inputmode else {})
    field = AsTyped(widget=forms.TextInput(attrs=attrs), **given)
    field.size = one.kind.width  # type: ignore[attr-defined]
    return field


class SectionForm(forms.Form):
    """The answers to a section. What is left empty is not answered; what lacks is asked when the case is submitted."""

    section: Section
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, files: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read = Read({})
        for name, one in self.fields.items():
            if name != "seen" and self.section.field(name).kind is kinds.FILE:
                one.widget = forms.Select(choices=_with_chosen(files, (self.initial or {}).get(name, "")))
            one.needed_in_the_end = name != "seen" and self.section.field(name).needed  # type: ignore[attr-defined]

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, as it is; read or not."""
        names = [name for name in self.fields if name != "seen"]
        return {
            name: value
            for name in names
            if (value := self.fields[name].widget.value_from_datadict(self.data, self.files, name))
        }

    def clean(self) -> dict[str, Any]:
        typed = dict(super().clean() or self.cleaned_data)  # as it was, while errors take what is wrong out of it
        self.read = read(self.section, {name: typed.get(name) for name in self.fields if name != "seen"})
        for (name, row, column), why in self.read.wrong.items():
            field = self.fields[name]
            if row < 0 or not isinstance(field, RowsField):
                self.add_error(name, why)
                continue
            field.wrong[row, column] = why
            of = field.of
            where = [dict(of.fixed).get(typed[name][row].get("id", "")) or f"{of.noun.capitalize()} {row + 1}"]
            where += [of.column(column).label] if column else []
            self.add_error(name, f"{', '.join(where)}: {why}")
        return self.cleaned_data


def _with_chosen(files: Sequence[tuple[str, str]], chosen: str) -> list[tuple[str, str]]:
    """The files offered, with the one that was chosen before, which may have been replaced since."""
    before = [(chosen, kinds.FILE.say(chosen))] if chosen and chosen not in dict(files) else []
    return [("", "None of them"), *before, *files]


@cache
def form_of(section: Section) -> type[SectionForm]:
    """The form of a section."""
    fields: dict[str, Any] = {one.key: _field(one) for one in section.fields if one.kind is not kinds.FIGURES}
    name = f"{''.join(word.capitalize() for word in section.key.split('-'))}Form"
    made: Any = DeclarativeFieldsMetaclass(
        name, (SectionForm,), {"section": section, "__doc__": section.help, "__module__": __name__, **fields}
    )
    found: type[SectionForm] = made
    return found


class IdeaForm(forms.Form):
    """An idea of a CHIN."""

    title = forms.CharField(
        label="Title", max_length=150, help_text="A few words that others know it by.",
        error_messages={"required": "Give the idea a title."},
    )  # fmt: skip
    problem = forms.CharField(
        label="Which problem is it about?", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Two or three sentences. You write it out later.",
        error_messages={"required": "Say which problem it is about."},
    )  # fmt: skip
    topic = forms.ChoiceField(
        label="Topic", choices=[("", "Choose a topic"), *Topic.choices], error_messages={"required": "Choose a topic."}
    )


class ChangeIdeaForm(IdeaForm):
    """Another title, problem or topic."""

    excluded = forms.ChoiceField(
        label="Does it fall in an area outside the programme?", choices=NEITHER, required=False,
        help_text="It is flagged, and not refused.",
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, shapes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not shapes:
            del self.fields["excluded"]


class TakeUpForm(forms.Form):
    """The idea is taken up, to be shaped with its CHIN."""

    excluded = forms.ChoiceField(
        label="Does it fall in an area outside the programme?", choices=NEITHER, required=False,
        widget=forms.RadioSelect, help_text="It is flagged for those who decide, and not refused.",
    )  # fmt: skip


class NothingForm(forms.Form):
    """Nothing is asked but a yes."""


class WhyForm(forms.Form):
    """An act that needs a reason."""

    reason = ReasonField()


class FiguresForm(forms.Form):
    """As at which day the portal's figures are put into the case."""

    day = DayField(label="As at which day?", help_text="The figures are frozen as they are of that day.")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].accept(last=today)  # type: ignore[attr-defined]


class LimitForm(forms.Form):
    """Up to which sum the short form is enough, from a day."""

    limit = PoundsField(label="The short form is enough up to")
    from_day = DayField(label="From")
    reason = ReasonField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_day"].accept(first=today)  # type: ignore[attr-defined]


def flattened(answers: Mapping[str, Any]) -> dict[str, str]:
    """Answers as a form's data: rows as JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in answers.items()}
