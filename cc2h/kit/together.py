"""Several questions in one statement: what a page shows of many tables costs one way to the database, not one for each.

A function that needs rows yields its questions and is sent their rows, each a list, and returns what it makes of them:

    def standing(case) -> Asking[str]:
        cycles, tranches = yield Cycle.objects.filter(case=case), Tranche.objects.filter(case=case)
        return f"{len(cycles)} cycles, {len(tranches)} tranches"

`together` answers many such functions at once: the first questions of all of them in one statement, then the second ones
in another, and so on. `alone` answers one. A question is a queryset, of records or values, the `totals` of one, or a `Raw`
statement. What a queryset prefetches is not fetched: ask for it beside it.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Aggregate, QuerySet, Value
from psycopg import Cursor
from psycopg.adapt import Loader
from psycopg.pq import Format


@dataclass(frozen=True, slots=True)
class Raw:
    """A statement, whose rows come as tuples."""

    sql: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all the rows of a queryset: a tuple of them, as `aggregate` gives them."""

    rows: QuerySet[Any]
    sums: Mapping[str, Aggregate]


def totals(rows: QuerySet[Any], **sums: Aggregate) -> Totals:
    return Totals(rows, sums)


T = TypeVar("T")
Question = QuerySet[Any] | Raw | Totals
Asking = Generator[Question | tuple[Question, ...], Any, T]


def alone(one: Asking[T]) -> T:
    """What it makes of its answers."""
    return together([one])[0]


def together(several: Iterable[Asking[T]]) -> list[T]:
    """What each makes of its answers, in as many statements as the one with the most turns asks."""
    asking = list(several)
    made: dict[int, T] = {}
    answers: dict[int, Any] = dict.fromkeys(range(len(asking)))
    while answers:
        asked: dict[int, Question | tuple[Question, ...]] = {}
        for place, answer in answers.items():
            try:
                asked[place] = asking[place].send(answer)
            except StopIteration as done:
                made[place] = done.value
        found = iter(rows_of([one for its in asked.values() for one in (its if isinstance(its, tuple) else (its,))]))
        answers = {
            place: [next(found) for _ in its] if isinstance(its, tuple) else next(found) for place, its in asked.items()
        }
    return [made[place] for place in range(len(asking))]


def rows_of(questions: Sequence[Question]) -> list[Any]:
    """The rows of each, by one statement."""
    prepared = [_prepared(one) for one in questions]
    asked = [one for one in prepared if one.sql]
    answers: Iterable[Sequence[tuple[Any, ...]]] = _answered([one.sql for one in asked]) if asked else ()
    for one, rows in zip(asked, answers, strict=True):
        one.rows = rows
    return [one.made() for one in prepared]


class _OfQuerySet:
    """A queryset that is answered by rows from elsewhere: its own compiler reads them, with all that it converts."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.queryset = queryset.all()
        self.compiler = self.queryset.query.get_compiler(connection=connection)
        self.rows: Sequence[tuple[Any, ...]] = ()
        try:
            self.sql = connection.ops.compose_sql(*self.compiler.as_sql())  # type: ignore[attr-defined]
        except EmptyResultSet:
            self.sql = ""

    def made(self) -> list[Any]:
        if not self.sql:
            return []
        self.compiler.execute_sql = lambda *_, **__: [self.rows]
        self.queryset.query.get_compiler = lambda *_, **__: self.compiler  # type: ignore[method-assign]
        reading: Any = self.queryset
        return list(reading._iterable_class(reading))


class _OfTotals(_OfQuerySet):
    def __init__(self, asked: Totals) -> None:
        grouped: Any = asked.rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them")
        super().__init__(grouped.annotate(**asked.sums).values_list(*asked.sums))
        self.of_nothing = tuple(one.empty_result_set_value for one in asked.sums.values())

    def made(self) -> Any:
        return next(iter(super().made()), self.of_nothing)


class _OfRaw:
    def __init__(self, raw: Raw) -> None:
        self.sql: str = connection.ops.compose_sql(raw.sql, raw.parameters)  # type: ignore[attr-defined]
        self.rows: Sequence[tuple[Any, ...]] = ()

    def made(self) -> list[Any]:
        return list(self.rows)


def _prepared(one: Question) -> _OfQuerySet | _OfRaw:
    if isinstance(one, Raw):
        return _OfRaw(one)
    return _OfTotals(one) if isinstance(one, Totals) else _OfQuerySet(one)


class _JsonAsText(Loader):
    """As Django has it, whose fields read it themselves."""

    format = Format.BINARY

    def load(self, data: Any) -> str:
        return bytes(data)[1:].decode()  # the first byte is its version


def _answered(statements: Sequence[str]) -> Sequence[Sequence[tuple[Any, ...]]]:
    """Rows in the binary format, which says the type of each column of a row within an array."""
    columns = ", ".join(f"ARRAY(SELECT q FROM ({one}) AS q)" for one in statements)  # noqa: S608 - composed above
    connection.ensure_connection()
    plain: Any = Cursor(connection.connection)
    plain.format = Format.BINARY
    plain.adapters.register_loader("jsonb", _JsonAsText)
    with connection._prepare_cursor(plain) as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"SELECT {columns}")
        return tuple(cursor.fetchone())
