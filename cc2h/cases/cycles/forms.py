"""Forms of cycles."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from budget.models import LineKind
from cc2h.cases.cycles.models import UNITS, Prediction
from cc2h.cases.cycles.services import Expected, Found
from cc2h.cases.cycles.states import Act, Verdict, Way
from cc2h.kit.days import NotADay, parse_year, year_name
from cc2h.kit.forms import DayField, ReasonField, RecordField
from cc2h.kit.money import NotAnAmount, parse_pounds
from kpis.models import Definition

Library = Mapping[str, Definition]  # of the measures that can be chosen, by their codes
ROWS = 3  # predictions that are made with the plan; more are added one by one


class NumberField(forms.DecimalField):
    """A number of a measure, with a decimal point; commas between thousands are let by."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "max_digits": 14,
            "decimal_places": 4,
            "widget": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            "error_messages": {"invalid": "Give a number, like 62 or 62.5.", "required": "Give a number, like 62."},
        }
        super().__init__(label=label, **given | kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


def _of_the_library(library: Library) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="From the library",
        required=False,
        choices=[("", "None: described here"), *((code, one.name) for code, one in library.items())],
        help_text="Then its values of the CHIN are its numbers, and none is asked for every week.",
    )


def _of(typed: Mapping[str, Any], library: Library) -> dict[str, Any]:
    """What is predicted, of a measure of the library by its own name and unit where it is one."""
    found = library.get(typed.get("library") or "")
    if found is None:
        return dict(typed) | {"library": None}
    unit = found.unit if found.unit in dict(UNITS) else ""
    return dict(typed) | {"library": found.measure, "measure": typed["measure"] or found.name, "unit": unit}


class ExpectedForm(forms.Form):
    """A number that the cycle is expected to bring."""

    library = _of_the_library({})
    measure = forms.CharField(label="What you measure", max_length=200, required=False)
    unit = forms.ChoiceField(label="Unit", choices=UNITS, required=False)
    way = forms.ChoiceField(label="It should go", choices=Way.choices)
    baseline = NumberField("Where it stands now", required=False, help_text="Leave it empty if you don’t know.")
    predicted = NumberField("What you expect")
    target = NumberField("Target", required=False, help_text="Where it is not what you expect.")

    def __init__(self, *args: Any, library: Library, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = library
        self.fields["library"] = _of_the_library(library)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not typed.get("measure") and not typed.get("library") and "library" not in self.errors:
            self.add_error("measure", ValidationError("Say what you measure.", code="required"))
        return typed

    def expected(self) -> Expected:
        return Expected(**_of(self.cleaned_data, self.offered))


class PlanForm(forms.Form):
    """A cycle’s question, who tries it where and when, and up to three numbers that it is expected to bring."""

    title = forms.CharField(label="Title", max_length=100, error_messages={"required": "Give the cycle a title."})
    question = forms.CharField(
        label="Which question does it ask?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say which question the cycle asks."},
    )
    who = forms.CharField(label="Who does it?", max_length=300, error_messages={"required": "Say who does it."})
    place = forms.CharField(label="Where?", max_length=300, error_messages={"required": "Say where."})
    first = DayField(label="From", error_messages={"required": "Give the first day."})
    last = DayField(label="To", error_messages={"required": "Give the last day."})

    def __init__(self, *args: Any, library: Library, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = library
        for row in range(1, ROWS + 1):
            labels = {"measure": f"Measure {row}", "way": "It should go", "unit": "Unit"}
            labels |= {"baseline": "Where it stands now", "predicted": "What you expect"}
            self.fields[f"library_{row}"] = _of_the_library(library)
            self.fields[f"measure_{row}"] = forms.CharField(label=labels["measure"], max_length=200, required=False)
            self.fields[f"unit_{row}"] = forms.ChoiceField(label=labels["unit"], choices=UNITS, required=False)
            self.fields[f"way_{row}"] = forms.ChoiceField(label=labels["way"], choices=Way.choices)
            self.fields[f"baseline_{row}"] = NumberField(labels["baseline"], required=False)
            self.fields[f"predicted_{row}"] = NumberField(labels["predicted"], required=False)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = typed.get("first"), typed.get("last")
        if first and last and last < first:
            self.add_error("last", ValidationError("The last day must not be before the first.", code="order"))
        for row in range(1, ROWS + 1):
            measure, predicted = self._measure(typed, row), typed.get(f"predicted_{row}")
            if row == 1 and not measure and f"library_{row}" not in self.errors:
                self.add_error(f"measure_{row}", ValidationError("Say what you measure.", code="required"))
            elif measure and predicted is None and f"predicted_{row}" not in self.errors:
                self.add_error(f"predicted_{row}", ValidationError("Say which number you expect.", code="required"))
            elif predicted is not None and not measure and f"measure_{row}" not in self.errors:
                self.add_error(f"measure_{row}", ValidationError("Say what this number measures.", code="required"))
        return typed

    @staticmethod
    def _measure(typed: Mapping[str, Any], row: int) -> str:
        return typed.get(f"measure_{row}") or typed.get(f"library_{row}") or ""

    def facts(self) -> dict[str, Any]:
        """What the service takes."""
        typed = self.cleaned_data
        names = ("library", "measure", "unit", "way", "baseline", "predicted")
        rows = [
            _of({name: typed[f"{name}_{row}"] for name in names}, self.offered)
            for row in range(1, ROWS + 1)
            if self._measure(typed, row)
        ]
        plain = {name: typed[name] for name in ("title", "question", "who", "place", "first", "last")}
        return plain | {"predictions": [Expected(**row) for row in rows]}


class BeginForm(forms.Form):
    """A yes: the plan says everything."""


class ReplanForm(forms.Form):
    first = DayField(label="From")
    last = DayField(label="To")
    why = ReasonField()


class WeekForm(forms.Form):
    """This week’s boxes and nothing else."""

    def __init__(self, *args: Any, predictions: Iterable[Prediction], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.predictions = list(predictions)
        for one in self.predictions:
            unit = f", {dict(UNITS)[one.unit].lower()}" if one.unit else ""
            self.fields[f"number_{one.pk}"] = NumberField(f"{one.measure}{unit}", required=False)
        self.fields["seen"] = _box("What you saw")
        self.fields["problems"] = _box("What went wrong")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and all(value in (None, "") for value in typed.values()):
            raise ValidationError("Give at least one number, or say what you saw.", code="empty")
        return typed

    def numbers(self) -> dict[int, Decimal | None]:
        return {one.pk: self.cleaned_data[f"number_{one.pk}"] for one in self.predictions}


def _box(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class StudyForm(forms.Form):
    """Of each prediction whether it held and why, and what was learned."""

    def __init__(self, *args: Any, predictions: Iterable[Prediction], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.predictions = list(predictions)
        for one in self.predictions:
            self.fields[f"verdict_{one.pk}"] = forms.ChoiceField(
                label=f"{one.measure}: did the prediction hold?",
                choices=Verdict.choices,
                widget=forms.RadioSelect,
                error_messages={"required": "Say whether it held."},
            )
            self.fields[f"why_{one.pk}"] = ReasonField(label="Why do you say so?")
            self.fields[f"why_{one.pk}"].max_length = 1000  # type: ignore[attr-defined]
        self.fields["summary"] = forms.CharField(
            label="What was found?",
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": "Say what was found."},
        )
        self.fields["learned"] = forms.CharField(
            label="What was learned, in a sentence?",
            max_length=1000,
            help_text="Others who try something like it read this sentence.",
            error_messages={"required": "Say what was learned, in a sentence."},
        )

    def found(self) -> dict[int, Found]:
        typed = self.cleaned_data
        return {one.pk: Found(Verdict(typed[f"verdict_{one.pk}"]), typed[f"why_{one.pk}"]) for one in self.predictions}


class ConcludeForm(forms.Form):
    """What follows from the cycle."""

    act = forms.ChoiceField(
        label="What follows?",
        choices=[
            (Act.ADOPT, "Adopt: it is done so from now on"),
            (Act.ADAPT, "Adapt: it is changed, and tried again in another cycle"),
            (Act.ABANDON, "Abandon: it is not done any more"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what follows."},
    )
    why = ReasonField()
    seed = forms.CharField(
        label="What does the next cycle ask?",
        max_length=1000,
        required=False,
        help_text="Only with “adapt”: the next plan begins with it.",
    )
    last = forms.TypedChoiceField(
        label="Was it the last cycle?",
        choices=[("no", "No, another follows"), ("yes", "Yes: the case is ready to be decided on")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether another cycle follows."},
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("act") == Act.ADAPT and not (typed.get("seed") or "").strip():
            self.add_error("seed", ValidationError("Say what the next cycle asks.", code="required"))
        return typed


class WhyForm(forms.Form):
    why = ReasonField()


class AmountsField(forms.CharField):
    """A financial year and an amount a line: 2019/20 150000.00."""

    of_lines = True  # a list, for the API

    def __init__(self) -> None:
        super().__init__(
            label="What it costs in each year",
            max_length=2000,
            help_text="A financial year and its amount in each line, like: 2019/20 150000.00",
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": "Say what it costs in each year."},
        )

    def clean(self, value: Any) -> dict[int, Decimal]:
        found: dict[int, Decimal] = {}
        for number, line in enumerate((super().clean(value) or "").splitlines(), start=1):
            if not line.strip():
                continue
            year, _, amount = line.strip().partition(" ")
            try:
                begins, pounds = parse_year(year), parse_pounds(amount.strip())
            except (NotADay, NotAnAmount) as wrong:
                raise ValidationError(f"Line {number}: {wrong}", code="invalid") from None
            if begins in found:
                raise ValidationError(f"Line {number}: {year_name(begins)} is there already.", code="twice")
            found[begins] = pounds
        return found


class ProposeForm(forms.Form):
    """Scaling: the line of its own, what it costs, and from which month which practices begin."""

    source = RecordField("Source of its money", error_messages={"required": "Choose where its money comes from."})
    line_name = forms.CharField(label="Name of its line", max_length=150, error_messages={"required": "Name the line."})
    kind = forms.ChoiceField(label="Type", choices=LineKind.choices)
    amounts = AmountsField()
    month = DayField(
        label="All practices begin in the month of",
        required=False,
        help_text="Those without a month of their own below.",
    )

    def __init__(self, *args: Any, sources: Sequence[tuple[int, str]], practices: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practices = list(practices)
        self.fields["source"].offer(sources, "Choose")  # type: ignore[attr-defined]
        for one in self.practices:
            self.fields[f"month_{one.pk}"] = DayField(
                label=f"{one.name or one.ods_code} ({one.ods_code})", required=False
            )

    def roll_out(self) -> dict[Any, date]:
        typed = self.cleaned_data
        months = {one: typed.get(f"month_{one.pk}") or typed.get("month") for one in self.practices}
        return {practice: day.replace(day=1) for practice, day in months.items() if day}
