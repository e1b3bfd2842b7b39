"""What the examples show: forms, figures, rows and requests, all made up and in no table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString
from django_filters.widgets import RangeWidget

from cc2h.kit import charts, words
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part, Source, Statement
from cc2h.kit.forms import DayField, DayInput, ReasonField
from cc2h.kit.lists import NUMERIC, ListTable
from cc2h.kit.saved.queries import Shelf, ViewLink
from cc2h.kit.sparks import sparkline

HERE = "?"  # where the examples' links lead: to this page again
DAY, KNOWN, BEFORE = date(2018, 12, 6), date(2018, 11, 15), date(2018, 3, 30)
MOMENT = datetime(2018, 12, 6, 9, 5, tzinfo=UTC)
STATES = [("active", "Active"), ("dormant", "Dormant"), ("closed", "Closed")]
NETWORKS = [("north", "CHIN 1 North"), ("south", "CHIN 2 South"), ("none", "In no CHIN")]


def asked(query: str = "", *, day: date = DAY, known: date | None = None) -> HttpRequest:
    """A request for a list, with these parameters."""
    made = HttpRequest()
    made.path, made.GET = "", QueryDict(query)
    made.asat = AsAt(day, known, DAY)  # type: ignore[attr-defined]
    return made


class DayRange(forms.MultiWidget):
    """Two days, from and to."""

    def __init__(self) -> None:
        super().__init__([DayInput(), DayInput()])

    def decompress(self, value: Any) -> list[Any]:
        return [value.start, value.stop] if value else [None, None]


class Days(forms.MultiValueField):
    widget = DayRange

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(fields=[DayField(), DayField()], require_all_fields=False, **kwargs)

    def compress(self, data_list: list[Any]) -> slice | None:
        return slice(*data_list) if data_list else None


class Sample(forms.Form):
    """A field of every kind."""

    name = forms.CharField(label="Name of the practice", max_length=100, help_text="As the practice writes it.")
    code = forms.CharField(label="ODS code", max_length=6)
    email = forms.EmailField(label="E-mail address", required=False)
    phone = forms.CharField(label="Telephone", required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    patients = forms.IntegerField(label="Patients", help_text="On the day of the extract.")
    share = forms.DecimalField(label="Share of the list", decimal_places=1, help_text="In percent.")
    day = DayField(label="From", help_text="The first day on which it is so.")
    state = forms.ChoiceField(label="State", choices=STATES)
    network = forms.ChoiceField(label="CHIN", choices=NETWORKS, widget=forms.RadioSelect)
    networks = forms.MultipleChoiceField(label="CHINs", choices=NETWORKS, widget=forms.CheckboxSelectMultiple)
    several = forms.MultipleChoiceField(label="States", choices=STATES, required=False)
    open = forms.NullBooleanField(label="Takes new patients")
    told = forms.BooleanField(label="The practice has been told", help_text="By letter or by telephone.")
    reason = ReasonField()
    file = forms.FileField(label="File", help_text="CSV or Excel, as it was published.")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    size = forms.Field(label="List size", required=False, widget=RangeWidget({"type": "number"}))
    between = Days(label="Between", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


FILLED: Mapping[str, Any] = {
    "name": "Ashenbourne Surgery",
    "code": "Z99001",
    "email": "reception@ashenbourne.example",
    "phone": "020 7946 0111",
    "patients": 11533,
    "share": Decimal("12.5"),
    "day": DAY,
    "state": "dormant",
    "network": "south",
    "networks": ["north", "none"],
    "several": ["active", "closed"],
    "open": True,
    "told": True,
    "reason": "Told by the practice on the telephone.",
    "size": slice(2000, 20000),
    "between": slice(BEFORE, DAY),
    "version": 7,
}
WRONG = {"code": "Z99001-2", "patients": "many", "share": "a half", "day": "1900-01-01", "email": "reception@"}


class Lines(Sample):
    """The first few of them, to be shown together."""

    field_order = ("name", "code", "day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for other in [other for other in self.fields if other not in ("name", "code", "day")]:
            del self.fields[other]

    def clean(self) -> None:
        if self.errors:
            self.add_error(None, "A practice that was closed can’t be opened again.")


class Filters(forms.Form):
    """The filters of a list."""

    q = forms.CharField(label="Search", required=False, help_text="Name, code or postcode")
    network = forms.ChoiceField(label="CHIN", choices=[("", "Any, or none"), *NETWORKS], required=False)
    state = forms.MultipleChoiceField(
        label="State", choices=STATES, required=False, widget=forms.CheckboxSelectMultiple
    )
    since = DayField(label="In it since", required=False)
    changed = forms.BooleanField(label="Changed this year", required=False)


class Practices(ListTable):
    """A list's table: a heading, a state, a number, a line."""

    code = tables.Column(verbose_name="Code")
    name = tables.Column(verbose_name="Practice")
    state = tables.Column(verbose_name="State")
    patients = tables.Column(verbose_name="Patients", attrs=NUMERIC)
    months = tables.Column(verbose_name="12 months", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name"}

    def render_name(self, value: str) -> SafeString:
        return SafeString(f'<a href="{HERE}">{value}</a>')

    def render_state(self, value: str) -> SafeString:
        return self.tag(value)

    def render_patients(self, value: int) -> str:
        return words.number(value)


def _practice(number: int, name: str, state: str, patients: int | None) -> dict[str, Any]:
    sizes = [(30 * month, (patients or 0) + (month * number * 37) % 240 - 120) for month in range(12)]
    line = sparkline(date(2018, 1, 1), sizes if patients else [])
    return {"code": f"Z990{number:02}", "name": name, "state": state, "patients": patients, "months": line}


PRACTICES = [
    _practice(1, "Ashenbourne Surgery", "active", 11533),
    _practice(2, "Bramblecote Medical Centre", "active", 8204),
    _practice(3, "Cloverfield and Deepwater Group Practice, with its branch at Old Market", "dormant", None),
    _practice(4, "Elderwick Practice", "closed", 412),
]


def listed(query: str = "", *, rows: int = 4, columns: str = "", caption: str = "", empty: str = "") -> ListTable:
    """A table of so many practices, in the order that the query asks for."""
    request = asked(query)
    order = request.GET.get("sort", "")
    made = [PRACTICES[number % 4] for number in range(rows)]
    if order:
        made.sort(key=lambda row: (row[order.lstrip("-")] is None, row[order.lstrip("-")]), reverse=order[0] == "-")
    attrs = {"row_header": "name", "caption": caption}
    table = Practices(made, order_by=order, request=request, empty_text=empty, attrs=attrs)
    table.asat = request.asat  # type: ignore[attr-defined]
    table.choose(columns.split(",") if columns else [])
    return table


def page(number: int, rows: int) -> Page[int]:
    """A page of 25 of so many rows."""
    return Paginator(range(rows), 25).get_page(number)


def shelf(*, views: bool = True) -> Shelf:
    """Saved views: the reader's own, one that somebody shared, and none."""
    made = [
        ViewLink("Largest first", HERE, by="", shared=False, current=True, change=HERE, delete=HERE),
        ViewLink("In no CHIN", HERE, by="", shared=True, current=False, change=HERE, delete=HERE),
        ViewLink(
            "For the quarter’s payments", HERE, by="Finance officer", shared=True, current=False, change="", delete=""
        ),
    ]
    return Shelf(made if views else [], HERE)


# Figures ------------------------------------------------------------------------------------------------

PAPER = Source(label="Road map for the board", url=HERE, detail="page 3")
SAYS = Statement(
    text="89% of the population",
    value=Decimal(89),
    unit="%",
    source=PAPER,
    basis="48 of 54 practices is 88.9%, which is a share of practices.",
    difference=Decimal("-0.6"),
)
SETTLED = Statement(
    text="88.4% of patients",
    value=Decimal("88.4"),
    unit="%",
    source=PAPER,
    difference=Decimal(0),
    settled="by the manager.",
)
WORDS_ONLY = Statement(text="that most practices take part", source=Source(label="Minutes of the forum"))
FILE = Source(label="list-sizes-december.csv", url=HERE, detail="1 December 2018")


def share(key: str, **more: Any) -> Figure:
    """A percentage with both its parts."""
    return Figure(
        **{
            "key": key,
            "label": "Patients in a CHIN",
            "kind": "ratio",
            "value": Decimal("88.4"),
            "unit": "%",
            "as_at": DAY,
            "formula": "Patients of practices in a CHIN, divided by all patients.",
            "parts": (
                Part("Patients in a CHIN", 358041, "patients", HERE),
                Part("All patients", 405166, "patients", HERE),
            ),
            "sources": (FILE,),
            **more,
        }
    )


def count(key: str, label: str, value: int | None, unit: str = "practices") -> Figure:
    """A number of things, or one that nobody knows."""
    return Figure(
        key=key,
        label=label,
        kind="count",
        value=value,
        unit=unit,
        formula="The rows, counted.",
        parts=(Part(label, value, unit, HERE),),
    )


def change(key: str) -> Figure:
    """What lies between two days, by states."""
    return Figure(
        key=key,
        label="Change since 30 March 2018",
        kind="difference",
        value=Decimal("50.4"),
        unit="points",
        as_at=DAY,
        known=KNOWN,
        formula="The share on the later day less that on the earlier one.",
        parts=(Part("6 December 2018", Decimal("88.4"), "%", HERE), Part("30 March 2018", Decimal("38.0"), "%", HERE)),
        note="Practices that merged in between count once on either day.",
        beside=(
            count(f"{key}.operational", "Operational", 2, "CHINs"),
            count(f"{key}.approved", "Approved", 2, "CHINs"),
        ),
        behind=(count(f"{key}.joined", "Practices that joined", 27),),
    )


def last_day(key: str, *, known: bool) -> Figure:
    """A day that follows from others; not known while one of them is not."""
    last = date(2019, 10, 1) if known else None
    return Figure(
        key=key,
        label="Every practice in a CHIN",
        kind="date",
        value=last,
        formula="The day of the last planned join; not known while a practice has none.",
        parts=(
            Part("Marramdown Health Centre", date(2019, 2, 1), url=HERE),
            Part("Quillhaven Surgery", last, url=HERE),
        ),
        computed_at=MOMENT,
    )


# Charts, marks, records ---------------------------------------------------------------------------------

TREND = [
    (date(2018, month, 28), value)
    for month, value in zip(range(3, 13), (38, 38, 39, 39, 39, 39, 52, 66, 72, 75), strict=True)
]


def trend() -> charts.Chart:
    """A chart of made-up months. Not kept yet: see cc2h.kit.charts.keep."""
    return charts.lines(
        title="Patients in a CHIN (made up)",
        alt="A line from 38% in March 2018 to 75% in December 2018, in steps, steepest in autumn.",
        rows=[{"day": day, "percent": value} for day, value in TREND],
        x="day",
        series=[charts.Series(column="percent", label="In a CHIN")],
        unit="%",
        steps=True,
        target=(90, "Target 90%"),
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """As practices.maps marks a CHIN."""

    number: int | str
    name: str


MARKS = [Mark(number, f"CHIN {number + 1}") for number in range(8)]
MARKS += [Mark("none", "In no CHIN"), Mark("plain", "Practice")]
POINTS = [SimpleNamespace(mark=mark, across=5 + 10 * place, down=50, shift=0) for place, mark in enumerate(MARKS)]
POINTS.append(SimpleNamespace(mark=MARKS[0], across=5, down=50, shift=13))

MESSAGES = [
    Message(constants.SUCCESS, "Ashenbourne Surgery joins CHIN 1 North on 1 January 2019."),
    Message(constants.INFO, "Your sign-in ends in ten minutes."),
    Message(constants.WARNING, "Two rows of the file were held back."),
    Message(constants.ERROR, "The file is not one that the portal knows."),
]
