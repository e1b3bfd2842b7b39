"""A figure that can say how it was worked out.

Whatever number a page shows is a `Figure`: its value, the day it is true of, the formula in words, the
parts that went into it, each with a link to its rows, and its sources. `Figure.derive` computes the value
from the parts, and `measured` computes a part from the rows behind its link, so that a test (or a
doubting reader with a spreadsheet) can follow any number on any page down to the rows and back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from statistics import median
from typing import Literal, NamedTuple

from django.utils.safestring import SafeString

from cc2h.kit import words

Value = Decimal | int | date | str
Kind = Literal["count", "sum", "ratio", "difference", "date", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where rows or a statement come from: a file of a day, an import, a paper."""

    label: str
    url: str = ""
    detail: str = ""


class Part(NamedTuple):
    """One number (or day) inside a figure. A tuple, because a page may have hundreds.

    `url` leads a person to the rows; `csv` is the same rows as CSV (empty when `url` itself is the CSV).
    `measure` says how `value` follows from those rows; see `measured`. `less`: other rows, as CSV, whose measure
    has been taken off; `of`: those of whose measure `value` is so many percent.
    """

    name: str
    value: Value | None
    unit: str = ""
    url: str = ""
    csv: str = ""
    measure: str = "count"
    less: str = ""
    of: str = ""

    @property
    def display(self) -> str:
        return show(self.value, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a paper says of the same thing. `difference` is the records' value minus the paper's."""

    text: str
    value: Decimal | int | date | str | None = None
    unit: str = ""
    source: Source | None = None
    basis: str = ""
    difference: Decimal | int | None = None
    settled: str = ""

    @property
    def display(self) -> str:
        """The value with the decimal places the paper gave: 89%, not 89.0%."""
        given = _given(self.value) if isinstance(self.value, Decimal | int) else None
        return show(self.value, self.unit, given)

    @property
    def difference_text(self) -> str:
        """The difference in words: `−0.6 points`, `+1`, `the same`, or nothing when it can't be computed."""
        if self.difference is None:
            return ""
        if not self.difference:
            return "the same"
        if self.unit == "%":
            return words.signed(self.difference, 1) + " points"
        if self.unit == "£":
            return words.signed_pounds(self.difference)
        return words.signed(self.difference, _given(self.difference))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A shown figure. `kind` says how `value` follows from `parts`:

    - count, sum: the parts added up (`unit` is what is counted)
    - ratio: the first part divided by the second, times 100 when `unit` is "%"
    - difference: the first part minus the second
    - date: the latest of the parts; not known while one of them is not known
    - text: the first part, as words

    `value` is rounded half up to `places` (default: 1 for "%" and "points", else 0); None is "not known".
    `beside`: figures shown under this one, such as what it is of one state. `behind`: figures that the page has
    elsewhere in words. Both are explained where this one is.
    """

    key: str
    label: str
    kind: Kind
    value: Value | None
    unit: str = ""
    places: int | None = None
    as_at: date | None = None
    known: date | None = None
    formula: str = ""
    parts: Sequence[Part] = ()
    sources: Sequence[Source] = ()
    computed_at: datetime | None = None
    statements: Sequence[Statement] = ()
    note: str = ""
    beside: Sequence["Figure"] = ()
    behind: Sequence["Figure"] = ()

    def derive(self, parts: Sequence[Value | None] | None = None) -> Value | None:
        """The value worked out anew from `parts` (default: this figure's own), or None if one is not known.

        Raises ValueError for a ratio or difference that has not exactly two parts.
        """
        values = [part.value for part in self.parts] if parts is None else list(parts)
        if not values or any(value is None for value in values):
            return None
        if self.kind == "text":
            return str(values[0])
        if self.kind == "date":
            return max(value for value in values if isinstance(value, date))
        numbers = [_number(value) for value in values]
        places = _places(self.unit, self.places)
        if self.kind in ("count", "sum"):
            return words.half_up(sum(numbers, Decimal()), places)
        if len(numbers) != 2:
            raise ValueError(f"A {self.kind} needs two parts, {self.key} has {len(numbers)}.")
        first, second = numbers
        if self.kind == "difference":
            return words.half_up(first - second, places)
        if not second:
            return None
        return words.half_up(first * (100 if self.unit == "%" else 1) / second, places)

    @property
    def display(self) -> str:
        """The value as shown: `88.4%`, `48`, `+50.4`, `31 Dec 2018`, `not known`."""
        if self.value is None:
            return "not known"
        if self.kind == "difference":
            return words.signed(_number(self.value), _places(self.unit, self.places))
        return show(self.value, self.unit, self.places)

    @property
    def working(self) -> str:
        """The sum itself, without its result: `354,996 ÷ 401,396`; empty when there is nothing to combine."""
        sign = {"count": " + ", "sum": " + ", "ratio": " ÷ ", "difference": f" {words.MINUS} "}.get(self.kind)
        return sign.join(part.display for part in self.parts) if sign and len(self.parts) > 1 else ""


def counted(part: Part, text: str = "") -> SafeString:
    """A number, or the words that say it, as a link to its rows: a filter of templates, where a page has hundreds.

    data-part and its like are for a test that follows it; a part without rows as CSV has none.
    """
    texts = (part.name, part.url, part.csv, part.less, part.of, text or part.display)
    name, url, csv, less, of, shown = escape("\0".join(texts)).split("\0")  # in one go: each link has six
    marks = ""
    if csv:
        marks = f' data-part="{name}" data-value="{escape("" if part.value is None else str(part.value))}" data-measure="{part.measure}" data-csv="{csv}"'
        marks += (less and f' data-less="{less}"') + (of and f' data-of="{of}"')
    return SafeString(f'<a class="app-num" href="{url}"{marks}>{shown}</a>')


def counted_cells(parts: Iterable[Part], labels: Sequence[str]) -> SafeString:
    """The numbers of a row of a table as its cells, under columns of these labels: a filter of templates."""
    cell = '<td role="cell" class="num" data-label="{}">{}</td>'
    return SafeString("".join(cell.format(escape(label), counted(p)) for p, label in zip(parts, labels, strict=True)))


def ratio_percent(part: Value | None, whole: Value | None, places: int = 1) -> Decimal | None:
    """`part` of `whole` as a percentage rounded half up; None when there is no whole.

    >>> ratio_percent(48, 54), ratio_percent(0, 0)
    (Decimal('88.9'), None)
    """
    if part is None or whole is None or not _number(whole):
        return None
    return words.half_up(_number(part) * 100 / _number(whole), places)


def measured(measure: str, rows: Iterable[Mapping[str, str]]) -> Value | None:
    """What `measure` gives over CSV rows (as csv.DictReader yields them).

    `count` the rows; `sum:COLUMN`; `value:COLUMN` the one row's cell; `distinct:COLUMN` how many different
    values; `max:COLUMN` and `min:COLUMN` of ISO days or numbers; `median:COLUMN` of numbers. Blank cells are not known and are left
    out. Raises KeyError for a column that is not there, ValueError for an unknown measure or a `value`
    over more than one row.
    """
    name, _, column = measure.partition(":")
    if name == "count":
        return sum(1 for _ in rows)
    cells = [cell for cell in (row[column] for row in rows) if cell != ""]
    if name == "sum":
        return sum((words.decimal(cell) for cell in cells), Decimal())
    if name == "distinct":
        return len(set(cells))
    if name == "median":
        return median(map(words.decimal, cells)) if cells else None
    if name in ("max", "min"):
        values = [_cell(cell) for cell in cells]
        return (max if name == "max" else min)(values) if values else None
    if name == "value":
        if len(cells) > 1:
            raise ValueError(f"{measure} over {len(cells)} rows: expected one.")
        return _cell(cells[0]) if cells else None
    raise ValueError(f"Unknown measure {measure!r}.")


def show(value: Value | None, unit: str = "", places: int | None = None) -> str:
    """A value in the spelling of its unit: "%", "£", "points" or a plain count of things."""
    if value is None:
        return "not known"
    if isinstance(value, int) and not unit:
        return words.number(value, places or 0)
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return words.short_day(value)
    if places is None:
        places = _places(unit, None) or _given(value)
    if unit == "%":
        return words.number(value, places) + "%"
    if unit == "£":
        return words.pounds(value, places)
    if unit == "points":
        return words.signed(value, places)
    return words.number(value, places)


def _cell(cell: str) -> Value:
    """A CSV cell as a day, a number, or else its words."""
    try:
        return date.fromisoformat(cell) if "-" in cell[1:] else words.decimal(cell)
    except (ValueError, ArithmeticError):
        return cell


def _number(value: Value | None) -> Decimal:
    if isinstance(value, date) or value is None:
        raise TypeError(f"{value!r} is not a number.")
    return words.decimal(value)


def _places(unit: str, places: int | None) -> int:
    return places if places is not None else 1 if unit in ("%", "points") else 0


def _given(value: Decimal | int) -> int:
    """How many decimal places `value` was given with."""
    if isinstance(value, int):
        return 0
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
