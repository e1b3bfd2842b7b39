"""What benefits come to, each figure with its formula and the way to the rows it is the sum of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.html import escape, format_html

from cc2h.kit import charts, words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import last_of_year, year_in_address, year_name
from cc2h.kit.figures import Figure, Part, Source, counted
from cc2h.kit.links import link, with_query
from kpis.benefits import wording
from kpis.benefits.filters import NONE, PROGRAMME
from kpis.benefits.models import PointOfDelivery
from kpis.models import Initiative

ONCE = (
    "Of two benefits that rest on the same measure or point of delivery, of organisations that overlap, the larger counts "
    "and the other counts nothing, until somebody says how they are split."
)
FORMULAS = {
    "planned": f"The planned gross savings of the year, added up. {ONCE}",
    "forecast": f"The gross savings that are forecast for the year, added up. {ONCE}",
    "validated": f"The gross savings of the year that somebody validated who neither entered nor owns them. {ONCE}",
    "investment": "Recurrent and non-recurrent investment of the year, added up, of the benefits that state both.",
    "net": "Of the benefits that state their saving and all of their investment: what counts of the gross saving, less the "
    "investment.",
    "return": "Of the benefits that state their saving and all of their investment: pounds of gross saving that count, for "
    "each pound that is invested.",
}
# name: the column of the rows' CSV, the row's attribute, and what a row without it is called
AMOUNTS = {
    "planned": ("counted_planned", "counted_saving", "not stated"),
    "forecast": ("counted_forecast", "counted_forecast_saving", "not forecast"),
    "validated": ("counted_validated", "counted_validated_saving", "with nothing validated"),
    "investment": ("investment", "investment", "not stated"),
}
LABELS = {
    "planned": "Planned gross saving",
    "forecast": "Forecast",
    "validated": "Validated",
    "investment": "Investment",
    "net": "Net saving",
}
COLUMNS = ("planned", "forecast", "validated", "investment")


class Amount(NamedTuple):
    """A number that leads to its rows, and its words where they say more. Templates show it whole."""

    part: Part
    text: str = ""

    def __html__(self) -> str:
        if self.part.value is not None:
            return counted(self.part, self.text)
        return f'<span class="app-quiet">{escape(self.text)}</span>'


class Card(NamedTuple):
    """A figure, and its words where they say more than its number."""

    figure: Figure
    text: str = ""
    lines: Sequence[str] = ()


class Line(NamedTuple):
    """A line of a table: its name and page, how many benefits, and each of COLUMNS."""

    name: str
    href: str
    benefits: Part
    cells: Sequence[Amount]


@dataclass(frozen=True)
class Book:
    """The rows of one year, or of some of it, and where they are. query: the filters that give them."""

    rows: Sequence[Any]
    asat: AsAt
    query: Mapping[str, str] = field(default_factory=dict)
    computed_at: datetime | None = None

    def only(self, keep: Callable[[Any], bool], **query: str) -> "Book":
        return replace(self, rows=[row for row in self.rows if keep(row)], query={**self.query, **query})

    @property
    def complete(self) -> "Book":
        return self.only(lambda row: row.net is not None, complete="yes")

    def known(self, attribute: str) -> list[Decimal]:
        found = (getattr(row, attribute) for row in self.rows)
        return [value for value in found if value is not None]

    def part(self, name: str, column: str, attribute: str, unit: str = "£") -> Part:
        """The sum of a column; None where no row states it."""
        url = link(self.asat, "benefits:row_list", query=self.query)
        known = self.known(attribute)
        if not known:
            return Part(name=name, value=None, unit=unit, url=url)
        value = sum(known, Decimal())
        value = words.half_up(value, 2 if value % 1 else 0)
        return Part(name, value, unit, url, with_query(url, {"format": "csv"}), f"sum:{column}")

    def count(self, name: str) -> Part:
        url = link(self.asat, "benefits:row_list", query=self.query)
        return Part(name, len(self.rows), "", url, with_query(url, {"format": "csv"}))

    def amount(self, whose: str, name: str) -> Amount:
        """A cell of a table."""
        column, attribute, missing = AMOUNTS[name]
        part = self.part(f"{whose}: {name}", column, attribute)
        without = len(self.rows) - len(self.known(attribute))
        if part.value is None:
            return Amount(part, "nothing yet" if name == "validated" else wording.NOT_STATED)
        if not part.value and any(_left_out(row, attribute) for row in self.rows if name != "investment"):
            return Amount(part, f"{part.display}: counted with others")
        if not without or name == "validated":
            return Amount(part)
        return Amount(part, f"at least {part.display}, {without} {'unknown' if missing == 'not stated' else missing}")

    def cells(self, whose: str) -> list[Amount]:
        return [self.amount(whose, name) for name in COLUMNS]

    def figure(self, key: str, label: str, kind: Any, parts: Sequence[Part], **more: Any) -> Figure:
        papers = sorted({row.benefit.paper for row in self.rows if row.benefit.paper})
        whole = Figure(
            key=key,
            label=label,
            kind=kind,
            value=None,
            unit="£",
            as_at=self.asat.day,
            known=self.asat.known,
            parts=parts,
            sources=[Source(label=paper) for paper in papers],
            computed_at=self.computed_at,
            **{"formula": FORMULAS[key], **more},
        )
        return replace(whole, value=whole.derive())

    def card(self, name: str) -> Card:
        """One of COLUMNS as a card, whose parts are the initiatives."""
        column, attribute, missing = AMOUNTS[name]
        whole = self.part(LABELS[name], column, attribute)
        parts = [
            part
            for initiative in Initiative
            if (part := self.of_initiative(initiative).part(str(initiative.label), column, attribute)).value is not None
        ]
        places = _places(parts)
        figure = self.figure(name, LABELS[name], "sum", parts, places=places, note=self._note(name))
        without = len(self.rows) - len(self.known(attribute))
        if whole.value is None:
            text = "nothing yet" if name == "validated" else wording.NOT_STATED
        else:
            text = f"at least {figure.display}" if without and name != "validated" else ""
        return Card(figure, text, [self._left_in_rows(whole.url, without, missing)] if without else [])

    def _left(self, without: int, missing: str) -> str:
        of = words.plural(len(self.rows), "benefit")
        return f"{words.number(without)} of {of} {missing}"

    def _left_in_rows(self, url: str, without: int, missing: str) -> str:
        of = words.plural(len(self.rows), "benefit")
        return format_html('<a class="app-num" href="{}">{} of {}</a> {}', url, words.number(without), of, missing)

    def _note(self, name: str) -> str:
        _, attribute, missing = AMOUNTS[name]
        without = len(self.rows) - len(self.known(attribute))
        out = [row for row in self.rows if attribute != "investment" and _left_out(row, attribute)]
        said = [f"{self._left(without, missing)}: not among the sum."] if without else []
        if out:
            said.append(f"Counted elsewhere: {words.listed(row.benefit.title for row in out)}.")
        return " ".join(said)

    def saving_and_investment(self) -> list[Part]:
        """What a net saving and a return are worked out of; nothing where no benefit states both."""
        if not self.rows:
            return []
        return [
            self.part("Gross saving that counts", "counted_planned", "counted_saving"),
            self.part("Investment", "investment", "investment"),
        ]

    def net(self) -> Card:
        book = self.complete
        parts = book.saving_and_investment()
        without = len(self.rows) - len(book.rows)
        note = f"{self._left(without, 'don’t state all of it')}: not among the sums." if without else ""
        figure = book.figure("net", LABELS["net"], "difference", parts, places=_places(parts), note=note)
        text = wording.NOT_STATED if figure.value is None else wording.pounds(figure.value)
        return Card(figure, text, [f"{words.number(without)} unknown"] if without else [])

    def returned(self) -> Card:
        """Pounds for each pound."""
        book = self.complete
        parts = book.saving_and_investment()
        without = len(self.rows) - len(book.rows)
        note = f"{self._left(without, 'don’t state all of it')}: not among the sums." if without else ""
        figure = book.figure("return", "Return on investment", "ratio", parts, places=2, note=note)
        if figure.value is None:
            return Card(figure, "nothing is invested" if book.rows else wording.NOT_STATED)
        return Card(figure, f"{figure.display} for each £1")

    def of_initiative(self, initiative: Initiative) -> "Book":
        return self.only(lambda row: row.benefit.initiative == initiative, initiative=initiative.value)

    def of_commissioner(self, commissioner: Any) -> "Book":
        return self.only(lambda row: row.benefit.commissioner_id == commissioner.pk, commissioner=commissioner.ods_code)

    def of_chin(self, chin: Any) -> "Book":
        return self.only(lambda row: row.benefit.chin_id == chin.pk, chin=chin.slug)

    def of_point(self, point: str) -> "Book":
        return self.only(lambda row: row.benefit.point_of_delivery == point, point=point or NONE)

    def of_year(self, year: int) -> "Book":
        return self.only(lambda row: row.year == year, year=year_in_address(year))


def _left_out(row: Any, attribute: str) -> bool:
    mine = getattr(row, attribute.removeprefix("counted_"))
    return bool(mine) and getattr(row, attribute) == 0


def _places(parts: Iterable[Part]) -> int:
    return 2 if any(isinstance(part.value, Decimal) and part.value % 1 for part in parts) else 0


def cards(book: Book) -> list[Card]:
    """Planned, forecast, validated, invested, net, and the return on it."""
    return [*(book.card(name) for name in COLUMNS), book.net(), book.returned()]


def by_year(book: Book) -> list[Line]:
    """A line a year, which leads to the dashboard of that year."""
    return [
        Line(
            year_name(year),
            link(book.asat, "benefits:home", query={"year": year_in_address(year)}),
            (of := book.of_year(year)).count(f"{year_name(year)}: benefits"),
            of.cells(year_name(year)),
        )
        for year in sorted({row.year for row in book.rows})
    ]


def by_initiative(book: Book) -> list[Line]:
    found = []
    for initiative in Initiative:
        of, name = book.of_initiative(initiative), str(initiative.label)
        if of.rows:
            href = link(book.asat, "benefits:benefit_list", query={"initiative": initiative.value})
            found.append(Line(name, href, of.count(f"{name}: benefits"), of.cells(name)))
    return found


def by_organisation(book: Book) -> list[Line]:
    """A line for the programme as a whole, each commissioner, and each CHIN whose own benefits there are."""
    found = []
    whole = book.only(lambda row: row.benefit.commissioner_id is None, commissioner=PROGRAMME)
    if whole.rows:
        name = "The programme as a whole"
        found.append(Line(name, "", whole.count(f"{name}: benefits"), whole.cells(name)))
    several = {row.benefit.commissioner for row in book.rows if row.benefit.commissioner_id is not None}
    for one in sorted(several, key=lambda commissioner: commissioner.short_name):
        of = book.of_commissioner(one)
        found.append(Line(one.short_name, "", of.count(f"{one.short_name}: benefits"), of.cells(one.short_name)))
        chins = {row.benefit.chin for row in of.rows if row.benefit.chin_id is not None}
        for chin in sorted(chins, key=lambda chin: (chin.name, chin.pk)):
            own = of.of_chin(chin)
            href = link(book.asat, "chins:chin_detail", chin.slug)
            found.append(Line(f"of them {chin.name}", href, own.count(f"{chin.name}: benefits"), own.cells(chin.name)))
    return found


# Activity ------------------------------------------------------------------------------------------------


class Trajectory(NamedTuple):
    """A point of delivery: planned, forecast and validated change of activity in each year."""

    name: str
    years: Sequence[tuple[str, Amount, Amount, Amount]]


def _activity(book: Book, whose: str, kind: str) -> Amount:
    attribute = {"planned": "counted_activity"}.get(kind, f"counted_{kind}_activity")
    part = book.part(f"{whose}: {kind} activity", f"counted_{kind}_activity", attribute, unit="")
    if part.value is None:
        return Amount(part, "nothing yet" if kind == "validated" else wording.NOT_STATED)
    without = len(book.rows) - len(book.known(attribute))
    said = wording.activity(part.value)
    return Amount(part, f"{said}, {without} unknown" if without and kind == "planned" else said)


def trajectories(book: Book) -> list[Trajectory]:
    """By point of delivery and year; what benefits state no point of delivery comes last."""
    found = []
    names = [(one.value, str(one.label)) for one in PointOfDelivery]
    for value, name in [*names, ("", "Point of delivery not stated")]:
        of = book.of_point(value)
        if not of.rows:
            continue
        years = []
        for year in sorted({row.year for row in of.rows}):
            own, whose = of.of_year(year), f"{name}, {year_name(year)}"
            amounts = [_activity(own, whose, kind) for kind in ("planned", "forecast", "validated")]
            years.append((year_name(year), *amounts))
        found.append(Trajectory(name, years))  # type: ignore[arg-type]
    return found


def chart(book: Book) -> charts.Chart | None:
    """By how much activity is planned to fall in each year, a line for each point of delivery that states some.

    None where fewer than two years state any, or some of it is to rise: lines are drawn upwards from 0.
    """
    points = [one for one in PointOfDelivery if any(row.benefit.point_of_delivery == one for row in book.rows)]
    told: dict[str, dict[int, Decimal]] = {}
    for one in points:
        for row in book.rows:
            if row.benefit.point_of_delivery == one and row.counted_activity is not None:
                years = told.setdefault(str(one.label), {})
                years[row.year] = years.get(row.year, Decimal()) - row.counted_activity
    every = sorted({year for years in told.values() for year in years})
    if len(every) < 2 or any(value < 0 for years in told.values() for value in years.values()):
        return None
    drawn = [{"Year ending": last_of_year(y), **{name: years.get(y) for name, years in told.items()}} for y in every]
    said = words.listed(f"{words.number(years[max(years)])} in {name}" for name, years in told.items())
    return charts.lines(
        title="How much less activity is planned",
        alt=f"Line chart of planned falls in activity by financial year. At the end: {said}.",
        rows=drawn,
        x="Year ending",
        series=[charts.Series(column=name, label=name.removesuffix(" admissions")) for name in told],
    )


# What is at risk -------------------------------------------------------------------------------------------


class Risk(NamedTuple):
    """A benefit, why it is at risk, and by how much, if that is known."""

    benefit: Any
    why: str
    amount: str | None


def at_risk(year: Book, every: Book) -> list[Risk]:
    """Forecast below plan in the year; and nothing validated of any year although the day to do so has passed."""
    below = [row for row in year.rows if row.below_plan is not None and row.below_plan > 0]
    found = [
        Risk(row.benefit, "Forecast below plan", wording.pounds(row.below_plan))
        for row in sorted(below, key=lambda row: (-row.below_plan, row.benefit.title))
    ]
    validated = {row.benefit_id for row in every.rows if row.validated_saving is not None}
    due = {row.benefit_id: row.benefit for row in every.rows if row.benefit.due and row.benefit.due < every.asat.day}
    late = [benefit for pk, benefit in due.items() if pk not in validated]
    for benefit in sorted(late, key=lambda benefit: (benefit.due, benefit.title)):
        found.append(Risk(benefit, f"Nothing validated; due in {wording.quarter_of(benefit.due)}", None))
    return found
