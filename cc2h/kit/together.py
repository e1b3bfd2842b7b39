"""Several questions in one statement: what a page shows of many tables costs one way to the database, not one for each.

A function that needs rows yields its questions and is sent their rows, each a list, and returns what it makes of them:

    def standing(case) -> Asking[str]:
        cycles, tranches = yield Cycle.objects.filter(case=case), Tranche.objects.filter(case=case)
        return f"{len(cycles)} cycles, {len(tranches)} tranches"

`together` answers many such functions at once: the first questions of all of them in one statement, then the second ones
in another, and so on. `alone` answers one. A question is a queryset, of records or values, the `totals` of one, a `Raw`
statement, or one of these that is `kept`. What a queryset prefetches is not fetched: ask for it beside it.

Django takes longer to put a queryset into words, and PostgreSQL to plan them, than the rows take to be read. A `kept`
question is a function that makes a queryset, and the values it is made of. The function is called once, with stand-ins
for the values; from then on its words are kept, and where all questions of a statement are, PostgreSQL keeps its plan:

    def _cycles(case: Any, day: Any) -> Any:
        return Cycle.objects.filter(case=case, planned_on__lte=day)

    cycles = yield kept(_cycles, case.pk, asat.day)

So the function may not look into its values: it hands them on to filters, and may move a day. None, True, False and
members of enumerations are no values but part of which function it is. A person or an authority is given with what it
can be asked for: ids to filter by, and what posts like theirs may do (`Shape`).
"""

import re
from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from itertools import count
from typing import Any, ClassVar, Protocol, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Aggregate, BigIntegerField, Expression, QuerySet, TextField, Value
from psycopg import RawCursor
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.types.numeric import Int8


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


@dataclass(frozen=True, slots=True)
class Kept:
    """A question whose words are worked out once."""

    made_by: Callable[..., QuerySet[Any] | Totals]
    values: tuple[Any, ...]
    most: int | None


def kept(made_by: Callable[..., QuerySet[Any] | Totals], *values: Any, most: int | None = None) -> Kept:
    """The question that the function makes of the values. It must be one that stays: no lambda, no inner function.

    most: how many rows at most.
    """
    return Kept(made_by, values, most)


Given = Callable[[Callable[[Any], Any], type], Any]


class Shape(Hashable, Protocol):
    """What of a value decides about the words of a question: given by `shape_of_question` of values with several parts."""

    def stand_in(self, given: Given) -> Any:
        """What a kept question is made of: given(of, kind) stands for what `of` takes from the value, of this kind."""


T = TypeVar("T")
Question = QuerySet[Any] | Raw | Totals | Kept
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
    worded = [_worded(one) for one in questions]
    asked = [(place, one) for place, one in enumerate(worded) if one.sql]
    answers: dict[int, Sequence[tuple[Any, ...]]] = {}
    if asked:
        stays = all(one.stays for _, one in asked)
        worded_together = _statement if stays else _statement.__wrapped__  # what does not come again is not kept
        statement, names = worded_together(tuple([one.sql for _, one in asked]))
        values = [one.values_of(questions[place]) for place, one in asked]
        given = [values[number][name] for number, name in names]
        found = _answered(statement, given, keeps_its_plan=stays)
        answers = {place: rows for (place, _), rows in zip(asked, found, strict=True)}
    return [one.made(answers.get(place, ())) for place, one in enumerate(worded)]


def worded(question: Kept) -> tuple[str, dict[str, Any]]:
    """Its statement, with %(name)s for each value, and the values; the statement is empty where it can have no row."""
    words = _worded(question)
    return words.sql, words.values_of(question)


_NAMED = re.compile(r"%(?:%|\((\w+)\)s)")  # a sign of per cent, or what stands for a value


@lru_cache(maxsize=256)
def _statement(several: tuple[str, ...]) -> tuple[str, Sequence[tuple[int, str]]]:
    """One of several, with $1 and so on for values; and which these are, by the number of the question and their name."""
    names: dict[tuple[int, str], str] = {}
    columns = []
    for number, sql in enumerate(several):

        def numbered(found: re.Match[str], number: int = number) -> str:
            return names.setdefault((number, found[1]), f"${len(names) + 1}") if found[1] else "%"

        columns.append(f"ARRAY(SELECT q FROM ({_NAMED.sub(numbered, sql)}) AS q)")  # noqa: S608 - composed above
    return f"SELECT {', '.join(columns)}", list(names)


def _worded(one: Question) -> "_Words":
    if isinstance(one, Kept):
        return _words_kept(one.made_by, one.most, *[_shape(value) for value in one.values])
    return _OfRaw(one) if isinstance(one, Raw) else _of_queryset(one, stays=False)


def _of_queryset(one: QuerySet[Any] | Totals, *, stays: bool) -> "_Words":
    return _OfTotals(one, stays=stays) if isinstance(one, Totals) else _OfQuerySet(one, stays=stays)


class _Words:
    """A question in words: `sql` with its values as %(name)s, empty where it can have no row. stays: for many pages."""

    sql: str
    stays: bool

    def values_of(self, asked: Any) -> dict[str, Any]:
        raise NotImplementedError

    def made(self, rows: Sequence[tuple[Any, ...]]) -> Any:
        raise NotImplementedError


class _OfRaw(_Words):
    stays = True

    def __init__(self, raw: Raw) -> None:
        self.sql = raw.sql

    def values_of(self, asked: Raw) -> dict[str, Any]:
        return {name: _typed(value) for name, value in asked.parameters.items()}

    def made(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        return list(rows)


class _OfQuerySet(_Words):
    """A queryset that is answered by rows from elsewhere: its own compiler reads them, with all that it converts."""

    def __init__(self, queryset: QuerySet[Any], *, stays: bool) -> None:
        self.queryset, self.stays = queryset.all(), stays
        self.compiler: Any = self.queryset.query.get_compiler(connection=connection)
        self.converters: Any = None
        self.given: dict[str, _Given | _Shifted] = {}
        try:
            sql, parameters = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql = ""
            return
        named = tuple([self._named(one) for one in parameters])
        self.sql = (sql.replace("%%", "%%%%") % named).replace(f" IN {_ANY}", " = ANY(").replace(_ANY, "(")

    def _named(self, parameter: Any) -> str:
        """What stands for a value by its name; anything else as it is, for PostgreSQL to plan by."""
        if isinstance(parameter, _Given | _Shifted):
            self.given[parameter.name] = parameter
            return f"%({parameter.name})s"
        said: str = connection.ops.compose_sql("%s", [parameter])  # type: ignore[attr-defined]
        return said.replace("%", "%%")

    def values_of(self, asked: Any) -> dict[str, Any]:
        return {name: one.of(asked.values) for name, one in self.given.items()}

    def made(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        if not rows:
            return []
        compiler, query = copy(self.compiler), copy(self.queryset.query)
        compiler.execute_sql = lambda *_, **__: [rows]
        compiler.get_converters = self._converters
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        reading: Any = type(self.queryset).__new__(type(self.queryset))
        reading.__dict__ = {**self.queryset.__dict__, "_query": query}
        return list(reading._iterable_class(reading))

    def _converters(self, expressions: Any) -> Any:
        if self.converters is None:
            self.converters = self.compiler.get_converters(expressions)
        return self.converters


class _OfTotals(_OfQuerySet):
    def __init__(self, asked: Totals, *, stays: bool) -> None:
        grouped: Any = asked.rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them")
        super().__init__(grouped.annotate(**asked.sums).values_list(*asked.sums), stays=stays)
        self.of_nothing = tuple(one.empty_result_set_value for one in asked.sums.values())

    def made(self, rows: Sequence[tuple[Any, ...]]) -> Any:
        return next(iter(super().made(rows)), self.of_nothing)


# Stand-ins for values --------------------------------------------------------------------------------

_ANY = "(any of "  # as no statement has it


@lru_cache(maxsize=1024)
def _words_kept(made_by: Callable[..., Any], most: int | None, *shapes: Hashable) -> _Words:
    made = made_by(*(_stand_in(place, shape) for place, shape in enumerate(shapes)))
    return _of_queryset(made if most is None else made[:most], stays=True)


def _shape(value: Any) -> Hashable:
    """What of a value decides about the words of a question: its kind, or the value itself where it is none to fill in."""
    if value is None or isinstance(value, bool | Enum):
        return (value,)
    if (shape := getattr(value, "shape_of_question", None)) is not None:
        found: Hashable = shape()
        return found
    for kind in (int, str, datetime, date):
        if isinstance(value, kind):
            return kind
    if isinstance(value, Collection):
        return list
    raise TypeError(f"A question can’t be kept for {value!r}.")


def _stand_in(place: int, shape: Any) -> Any:
    if isinstance(shape, tuple):
        return shape[0]
    if isinstance(shape, type):
        return _given(str(place), shape, lambda values: values[place])
    numbers = count()
    return shape.stand_in(lambda of, kind: _given(f"{place}_{next(numbers)}", kind, lambda values: of(values[place])))


def _given(name: str, kind: type, of: Callable[[Sequence[Any]], Any]) -> Any:
    if issubclass(kind, date):  # a moment is one
        return (_GivenMoment if kind is datetime else _GivenDay).stand_in(name, of)
    return _Given(name, kind, of)


def _typed(value: Any) -> Any:
    """As PostgreSQL is told it: every number of one type, or else it would make a plan for each."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, int) and not isinstance(value, bool):
        return Int8(value)
    if isinstance(value, Collection) and not isinstance(value, str):
        return [_typed(one) for one in value]
    return value


class _Given(Expression):
    """Stands for a number, words, or numbers to choose from."""

    def __init__(self, name: str, kind: type, taken: Callable[[Sequence[Any]], Any]) -> None:
        self.name, self.kind, self.taken = name, kind, taken
        super().__init__(output_field=TextField() if kind is str else BigIntegerField())

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, Any]:
        return (f"{_ANY}%s)" if self.kind is list else "%s"), [self]

    def of(self, values: Sequence[Any]) -> Any:
        return _typed(self.taken(values))


def _looked_into(self: Any, other: Any) -> Any:
    raise TypeError("The words of a kept question are the same whatever its days: compare them before you ask it.")


class _Shifted:
    """Stands for a day or a moment, or for one so long before or after it."""

    zone: ClassVar[Mapping[str, Any]] = {}
    whose: str
    taken: Callable[[Sequence[Any]], Any]
    shift: timedelta

    @classmethod
    def stand_in(cls, whose: str, taken: Callable[[Sequence[Any]], Any], shift: timedelta = timedelta()) -> Any:
        made: Any = cls(2000, 1, 1, **cls.zone)  # type: ignore[call-arg]
        made.whose, made.taken, made.shift = whose, taken, shift
        return made

    @property
    def name(self) -> str:
        return f"{self.whose}_{self.shift // timedelta(microseconds=1)}".replace("-", "m")

    def of(self, values: Sequence[Any]) -> Any:
        return self.taken(values) + self.shift

    def __add__(self, shift: timedelta) -> Any:
        return self.stand_in(self.whose, self.taken, self.shift + shift)

    def __sub__(self, shift: timedelta) -> Any:
        return self.stand_in(self.whose, self.taken, self.shift - shift)

    __lt__ = __le__ = __gt__ = __ge__ = _looked_into


class _GivenDay(_Shifted, date):  # type: ignore[misc]
    pass


class _GivenMoment(_Shifted, datetime):  # type: ignore[misc]
    zone: ClassVar[Mapping[str, Any]] = {"tzinfo": UTC}  # Django makes another of one without


class _JsonAsText(Loader):
    """As Django has it, whose fields read it themselves."""

    format = Format.BINARY

    def load(self, data: Any) -> str:
        return bytes(data)[1:].decode()  # the first byte is its version


class _Plain(RawCursor[Any]):
    keeps_its_plan: bool

    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=self.keeps_its_plan)


def _answered(statement: str, values: Sequence[Any], *, keeps_its_plan: bool) -> Sequence[Sequence[tuple[Any, ...]]]:
    """Rows in the binary format, which says the type of each column of a row within an array."""
    connection.ensure_connection()
    plain: Any = _Plain(connection.connection)
    plain.format, plain.keeps_its_plan = Format.BINARY, keeps_its_plan
    plain.adapters.register_loader("jsonb", _JsonAsText)
    with connection._prepare_cursor(plain) as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, values)
        return tuple(cursor.fetchone())
