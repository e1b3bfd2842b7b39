"""Shapes that every room's answers share: figures that explain themselves, acts of a history."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

import msgspec

from cc2h.kit.figures import Figure, Part, Source, Statement
from cc2h.kit.history import Entry

Number = int | float | str | None  # a day, or an amount of money, as text
Pounds = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]+\.[0-9]{2}$", description="Pounds and pence.")]


def number(value: Decimal | int | date | str | None, unit: str = "") -> Any:
    """A value as it is: JSON has no decimals or days of its own, and msgspec writes a Decimal digit by digit.

    Money is text with two decimals, as what reads a number of JSON mostly makes a binary fraction of it.
    """
    return pounds(value) if unit == "£" and isinstance(value, Decimal | int) else value


def pounds(value: Decimal | int | None) -> Any:
    """An amount of money: `"1500.00"`; None where it is not stated."""
    return None if value is None else f"{value:.2f}"


@cache
def amounts_of(shape: Any) -> frozenset[str]:
    """The names of its fields that are amounts of money."""
    hints = get_type_hints(shape, include_extras=True)
    return frozenset(name for name, hint in hints.items() if hint == Pounds or Pounds in get_args(hint))


class SourceShape(msgspec.Struct):
    """Where rows come from: a file of a day, an import, a paper."""

    label: str
    page: str


class PartShape(msgspec.Struct):
    """One number inside a figure. `rows` is the page of its rows; with /api/v1 before it, or format=csv, they are data."""

    name: str
    value: Number
    unit: str
    rows: str


class StatementShape(msgspec.Struct):
    """What a paper says of the same thing; `difference` is the records’ value minus the paper’s."""

    says: str
    value: Number
    difference: Number
    source: str
    settled: str


class FigureShape(msgspec.Struct):
    """A number, how it was worked out, of which parts, from which sources, and what papers say otherwise."""

    key: str
    label: str
    kind: str
    value: Number
    unit: str
    display: str
    formula: str
    parts: list[PartShape]
    sources: list[SourceShape]
    statements: list[StatementShape]
    note: str
    as_at: date | None
    known: date | None
    computed_at: datetime | None


class ChangeShape(msgspec.Struct):
    """One fact before and after."""

    field: str
    before: str
    after: str


class EntryShape(msgspec.Struct):
    """One act on a record: when, who, what, and what it changed."""

    when: datetime
    who: str
    what: str
    changes: list[ChangeShape]


class HistoryShape(msgspec.Struct):
    """What was done to a record, newest first."""

    name: str
    entries: list[EntryShape]


def _part(part: Part) -> PartShape:
    return PartShape(part.name, number(part.value, part.unit), part.unit, part.url)


def _source(source: Source) -> SourceShape:
    return SourceShape(source.label, source.url)


def _statement(one: Statement) -> StatementShape:
    return StatementShape(
        one.text,
        number(one.value, one.unit),
        number(one.difference, one.unit),
        one.source.label if one.source else "",
        one.settled,
    )


def figure(one: Figure) -> FigureShape:
    """A figure with all that explains it."""
    return FigureShape(
        one.key,
        one.label,
        one.kind,
        number(one.value, one.unit),
        one.unit,
        one.display,
        one.formula,
        [_part(part) for part in one.parts],
        [_source(source) for source in one.sources],
        [_statement(statement) for statement in one.statements],
        one.note,
        one.as_at,
        one.known,
        one.computed_at,
    )


def figures(several: Iterable[Figure]) -> list[FigureShape]:
    """Figures with those that stand beside and behind them."""
    found = []
    for one in several:
        found.append(figure(one))
        found += figures([*one.beside, *one.behind])
    return found


def entries(several: Iterable[Entry] | None) -> list[EntryShape]:
    return [
        EntryShape(one.when, one.who, one.what, [ChangeShape(c.field, c.before, c.after) for c in one.changes])
        for one in several or ()
    ]


def history(context: Any, asat: Any) -> HistoryShape:
    """What templates/kit/history.html shows."""
    return HistoryShape(context["name"], entries(context["entries"]))
