"""Taking an import back while nothing was built on it: what it wrote is void, what it superseded is in force again.

What an import wrote, the history knows: its rows were written in an act of their own (`Import.act`). So nothing has to
be kept beside them, and every kind of file is undone in the same way:

- dated records that it recorded are closed, and those that it closed are recorded again (`_Dated`);
- what is not dated has the facts from before (`_Plain`); a record that it made stays, with nothing held of it;
- what a kind keeps in another way, it takes back itself (`Importer.kept_otherwise`, a `Facts`).

All of it is a few statements over all rows, whatever their number. Rooms say by `pages`, `lives`, `resting` and
`hanging` where a record is shown, which facts are its life, what rests on them, and what else can be about it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.urls import reverse

from cc2h.kit import dated, history, words, work
from cc2h.kit.imports.kinds import Importer, kinds
from cc2h.kit.models import Import
from cc2h.kit.sql import Sql

SHOWN = 5  # examples of what was built on an import
HOUSEKEEPING = ("id", "thread", "held", "reason", "recorded_by_id", "closed_by_id", "closed_act", "closed_reason")
SORT_MEMORY = "128MB"
Found = tuple[str, str]  # a record in words, and its page or nothing
Hanging = Callable[[Sequence[int]], tuple[int, list[Found]]]  # ids → how many are about them, and the first few

# Where records of a model are shown; those of other models are shown on the page of what they belong to.
pages: dict[type[models.Model], Callable[[Any], str]] = {}
lives: dict[str, str] = {}  # dated model → its foreign key: without such a row the record was never there
resting: list[tuple[str, str, str, str]] = []  # dated model, its foreign key; and the same of what it rests on
hanging: list[tuple[type[models.Model], str, Hanging]] = []  # the model, what hangs on its records
STANDS: dict[str, str] = {}  # model whose history is not kept → the condition, in SQL on `t`, that a row counts


@dataclass(frozen=True)
class Taken:
    """Of one kind of fact: how many the import wrote that are withdrawn, and how many of before are in force again."""

    what: str
    withdrawn: int
    restored: int
    dated: bool = True

    def __str__(self) -> str:
        written, before = words.number(self.withdrawn), words.number(self.restored)
        if not self.dated:
            stay = f"{written} it brought stay as names, with nothing held of them" if self.withdrawn else ""
            back = f"{before} it changed are called and described as before" if self.restored else ""
            return f"{_capital(self.what)}: {'; '.join(filter(None, (stay, back)))}."
        are = "is" if self.restored == 1 else "are"
        again = f"; {before} that it superseded {are} in force again" if self.restored else ""
        return f"{_capital(self.what)}: {written} withdrawn{again}."


@dataclass(frozen=True)
class BuiltOn:
    """What somebody built on an import, how many, and the first few with their pages."""

    what: str
    count: int
    first: list[Found]

    def __str__(self) -> str:
        named = words.listed([text for text, _ in self.first] + (["more"] if self.count > len(self.first) else []))
        return f"{self.what}: {words.number(self.count)}" + (f" ({named})" if named else "")


@dataclass(frozen=True)
class Plan:
    """What undoing would do, or what forbids it."""

    taken: list[Taken]
    built_on: list[BuiltOn]


class Facts:
    """A table in which a kind of file keeps facts in its own way; a room subclasses it for its importers."""

    what: ClassVar[str]

    def __init__(self, one: Import, sql: Sql) -> None:
        self.one, self.sql = one, sql

    def taken(self) -> Taken:
        raise NotImplementedError

    def built_on(self) -> list[BuiltOn]:
        return []

    def take_back(self) -> None:
        raise NotImplementedError


class _Table:
    """A governed table in which an import wrote; `made` is a temporary one with the ids of what it made."""

    def __init__(self, model: type[Any], sql: Sql) -> None:
        self.model, self.sql, self.table = model, sql, str(model._meta.db_table)
        self.made = f"made_{self.table}"
        self.what = _plural(model)

    def find(self) -> None:
        raise NotImplementedError

    def taken(self) -> Taken:
        raise NotImplementedError

    def built_on(self) -> list[BuiltOn]:
        raise NotImplementedError

    def take_back(self) -> None:
        raise NotImplementedError


class _Dated(_Table):
    """The versions of one dated model that an import recorded (`made`, a temporary table of ids) and closed (`shut`).

    A version that a later import replaced, and that was recorded again when that one was undone, is the import's own.
    """

    def __init__(self, model: type[dated.Dated], sql: Sql) -> None:
        super().__init__(model, sql)
        self.shut = f"shut_{self.table}"
        rule = next(c for c in model._meta.constraints if isinstance(c, ExclusionConstraint))
        names = [str(name) for name, _ in rule.expressions if str(name) not in ("period", "held")]
        self.key = [_column(model, name) for name in names]
        self.facts = [str(field.column) for field in model._meta.concrete_fields if field.column not in HOUSEKEEPING]

    def same(self, one: str, other: str, columns: Iterable[str]) -> str:
        return " AND ".join(f"{one}.{column} IS NOT DISTINCT FROM {other}.{column}" for column in columns)

    def keys(self, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{column} = {other}.{column}" for column in self.key)

    def find(self) -> None:
        events = history.event_table(self.model)
        written = f"SELECT pgh_obj_id AS id FROM {events} WHERE pgh_context_id = %(act)s AND pgh_label = "
        self.sql.table(self.made, f"{written} 'insert' EXCEPT {written} 'update'")
        self.sql.table(self.shut, f"{written} 'update' EXCEPT {written} 'insert'")
        while self.sql.run(
            f"""
            WITH gone AS (
                DELETE FROM {self.made} m USING {events} e, kit_import later
                WHERE e.pgh_obj_id = m.id AND e.pgh_label = 'update' AND e.pgh_context_id = later.act
                  AND later.state = 'undone' RETURNING m.id, later.undo_act
            )
            INSERT INTO {self.made}
            SELECT t.id FROM gone JOIN {self.table} r ON r.id = gone.id
            JOIN {events} e ON e.pgh_context_id = gone.undo_act AND e.pgh_label = 'insert'
            JOIN {self.table} t ON t.id = e.pgh_obj_id AND {self.keys("t", "r")} AND {self.same("t", "r", self.facts)}
            """
        ):
            pass

    def taken(self) -> Taken:
        return Taken(
            self.what, *self.sql.rows(f"SELECT (SELECT count(*) FROM {self.made}), count(*) FROM {self.shut}")[0]
        )

    def built_on(self) -> list[BuiltOn]:
        changed = f"SELECT t.id FROM {self.made} m JOIN {self.table} t USING (id) WHERE NOT upper_inf(t.held)"
        in_the_way = f"""
            SELECT DISTINCT t.id FROM {self.shut} s JOIN {self.table} r ON r.id = s.id
            JOIN {self.table} t ON {self.keys("t", "r")} AND t.period && r.period AND upper_inf(t.held)
            WHERE t.id NOT IN (TABLE {self.made})
        """
        return [
            *_records(
                self.sql, self.model, f"{_capital(self.what)} changed since, by hand or by a later file", changed
            ),
            *_records(self.sql, self.model, f"{_capital(self.what)} recorded since for the same days", in_the_way),
        ]

    def take_back(self) -> None:
        self.sql.run(
            f"""
            UPDATE {self.table} t SET held = tstzrange(lower(t.held), clock_timestamp()), closed_by_id = %(by)s,
                closed_reason = %(why)s, closed_act = CASE WHEN EXISTS (
                    SELECT FROM {self.shut} s JOIN {self.table} r ON r.id = s.id
                    WHERE {self.keys("r", "t")} AND r.period && t.period) THEN 'corrected' ELSE 'voided' END
            FROM {self.made} m WHERE m.id = t.id
            """
        )
        columns = ", ".join(self.facts)
        self.sql.run(
            f"""
            INSERT INTO {self.table} (thread, held, reason, recorded_by_id, closed_act, closed_reason, {columns})
            SELECT CASE r.closed_act WHEN 'voided' THEN gen_random_uuid() ELSE r.thread END,
                   tstzrange(m.moment, NULL), %(why)s, %(by)s, '', '', {", ".join("r." + name for name in self.facts)}
            FROM (SELECT clock_timestamp() AS moment) m CROSS JOIN {self.shut} s JOIN {self.table} r ON r.id = s.id
            """
        )


class _Plain(_Table):
    """The records of one model without days that an import made (`made`) or changed."""

    def __init__(self, model: type[models.Model], sql: Sql) -> None:
        super().__init__(model, sql)
        self.changed = f"changed_{self.table}"
        self.facts = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]

    def find(self) -> None:
        events = history.event_table(self.model)
        self.sql.table(
            self.made, f"SELECT pgh_obj_id AS id FROM {events} WHERE pgh_context_id = %(act)s AND pgh_label = 'insert'"
        )
        self.sql.table(
            self.changed,
            f"""
            SELECT e.pgh_obj_id AS id, max(e.pgh_id) AS after, (
                SELECT max(b.pgh_id) FROM {events} b WHERE b.pgh_obj_id = e.pgh_obj_id AND b.pgh_id < min(e.pgh_id)) AS before
            FROM {events} e WHERE e.pgh_context_id = %(act)s AND e.pgh_label = 'update'
              AND e.pgh_obj_id NOT IN (TABLE {self.made}) GROUP BY e.pgh_obj_id
            """,
        )

    def _images(self) -> str:
        """SQL: the record as it is (t), as it was before (b) and as the import left it (a)."""
        events = history.event_table(self.model)
        return f"{self.changed} c JOIN {events} b ON b.pgh_id = c.before JOIN {events} a ON a.pgh_id = c.after"

    def taken(self) -> Taken:
        counts = f"SELECT (SELECT count(*) FROM {self.made}), count(*) FROM {self.changed}"
        made, changed = self.sql.rows(counts)[0]
        return Taken(self.what, made, changed, dated=False)

    def built_on(self) -> list[BuiltOn]:
        other = " OR ".join(
            f"(a.{name} IS DISTINCT FROM b.{name} AND t.{name} IS DISTINCT FROM a.{name})" for name in self.facts
        )
        query = f"SELECT t.id FROM {self._images()} JOIN {self.table} t ON t.id = c.id WHERE {other}"
        return _records(self.sql, self.model, f"{_capital(self.what)} changed since", query)

    def take_back(self) -> None:
        names = ", ".join(
            f"{name} = CASE WHEN a.{name} IS DISTINCT FROM b.{name} THEN b.{name} ELSE t.{name} END"
            for name in self.facts
        )
        self.sql.run(f"UPDATE {self.table} t SET {names} FROM {self._images()} WHERE c.id = t.id")


# What a page and the worker ask ------------------------------------------------------------------------


def plan(one: Import) -> Plan:
    """What undoing an import would take back, and what was built on it. It reads; temporary tables go with it."""
    with transaction.atomic():
        work_ = _Undoing(one)
        return Plan(work_.taken(), work_.built_on())


def refuse_if_built_on(one: Import) -> None:
    """Raise ValidationError, saying what, where something was built on the import."""
    if found := plan(one).built_on:
        raise _refusal(found)


def refuse_to_others(one: Import, by: Any) -> None:
    """Raise ValidationError where the import changed what the person may not change."""
    kind = kinds.get(one.kind, Importer)
    if not kind.may_undo(Sql(connection.cursor(), act=one.act), by):
        raise ValidationError(
            "It changed what you may not change, so you can’t undo it: whoever may change all of it can.",
            code="not_theirs",
        )


def take_back(one: Import, tell: Callable[[int], None]) -> None:
    """Withdraw what the import wrote, in the caller's transaction and act. tell: called with percents.

    Raises ValidationError where something was built on it.
    """
    undoing = _Undoing(one)
    undoing.lock()
    refuse_to_others(one, one.undone_by)
    tell(20)
    if found := undoing.built_on():
        raise _refusal(found)
    tell(40)
    undoing.take_back(tell)
    work.nudge()


def _refusal(found: Sequence[BuiltOn]) -> ValidationError:
    return ValidationError(
        f"It can’t be undone: something was built on it. {'. '.join(map(str, found))}.", code="built_on"
    )


class _Undoing:
    """One import with the tables in which it wrote."""

    def __init__(self, one: Import) -> None:
        self.one, self.kind = one, kinds.get(one.kind, Importer)
        by = one.undone_by_id
        why = f"The import of {one.file_name} was undone: {one.undo_reason}"
        self.sql = Sql(connection.cursor(), act=one.act, id=one.pk, by=by, why=why)
        self.sql.run("SET LOCAL work_mem = %(memory)s", memory=SORT_MEMORY)
        touched = [model for model in apps.get_models() if self._wrote(model)]
        self.dated = [_Dated(model, self.sql) for model in touched if issubclass(model, dated.Dated)]
        self.plain = [_Plain(model, self.sql) for model in touched if not issubclass(model, dated.Dated)]
        self.tables: list[_Table] = [*self.dated, *self.plain]
        self.others: list[Any] = [facts(one, self.sql) for facts in self.kind.kept_otherwise]
        for table in self.tables:
            table.find()
        self.brought: dict[type[Any], str] = {}
        self._find_brought()

    def _wrote(self, model: type[models.Model]) -> bool:
        if not history.is_governed(model) or model is Import:
            return False
        return bool(
            self.sql.value(f"SELECT EXISTS (SELECT FROM {history.event_table(model)} WHERE pgh_context_id = %(act)s)")
        )

    def _find_brought(self) -> None:
        """Tables of the records that were not there without the import: those it made, and those whose life it tells."""
        for plain in self.plain:
            self.brought[plain.model] = f"TABLE {plain.made}"
        for of in self.dated:
            name = lives.get(of.model._meta.label)
            if name is None:
                continue
            key: Any = of.model._meta.get_field(name)
            table = f"brought_{key.related_model._meta.db_table}"
            made = f"SELECT t.{key.column} FROM {of.made} m JOIN {of.table} t USING (id)"
            self.sql.table(
                table,
                f"""
                SELECT id FROM ({made}) AS m(id)
                EXCEPT SELECT t.{key.column} FROM {of.shut} s JOIN {of.table} t USING (id)
                EXCEPT SELECT {key.column} FROM {of.table} WHERE upper_inf(held) AND id NOT IN (TABLE {of.made})
                """,
            )
            before = self.brought.get(key.related_model)
            self.brought[key.related_model] = f"TABLE {table}" + (f" UNION {before}" if before else "")

    def taken(self) -> list[Taken]:
        found = [table.taken() for table in [*self.others, *self.tables]]
        return [one for one in found if one.withdrawn or one.restored]

    def lock(self) -> None:
        """Those it is about, lower rooms first and each in primary-key order, as every service does.

        What it brought is locked against new references too, so that nobody builds on it meanwhile.
        """
        keys: dict[Any, list[str]] = {}
        for of in self.dated:
            for field in of.model._meta.concrete_fields:
                if field.is_relation and history.is_governed(field.related_model):
                    both = f"(TABLE {of.made} UNION TABLE {of.shut}) AS w"
                    keys.setdefault(field.related_model, []).append(
                        f"SELECT t.{field.column} FROM {both} JOIN {of.table} t USING (id)"
                    )
        for model in reversed(apps.get_models()):
            table = model._meta.db_table
            if model in keys:
                ids = " UNION ".join(keys[model])
                self.sql.run(f"SELECT id FROM {table} WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE")
            if model in self.brought:
                self.sql.run(f"SELECT id FROM {table} WHERE id IN ({self.brought[model]}) ORDER BY id FOR UPDATE")

    def built_on(self) -> list[BuiltOn]:
        if self.kind.not_undone:
            return [BuiltOn(self.kind.not_undone, 1, [])]
        if self.one.act is None:
            return [
                BuiltOn("It came in before the portal kept what each file wrote, so that can’t be told apart", 1, [])
            ]
        found = self._said_again()
        for table in [*self.others, *self.tables]:
            found += table.built_on()
        return [*found, *self._resting(), *self._referring(), *self._hanging()]

    def _said_again(self) -> list[BuiltOn]:
        """Later files that said the same of something, so that nothing was written: it rests on this file's word."""
        later = Import.objects.filter(
            kind__in=self.kind.said_again_by or (self.one.kind,),
            state=Import.State.IMPORTED,
            merged_at__gte=self.one.merged_at,
            findings__unchanged__gt=0,
        ).exclude(pk=self.one.pk)
        if self.kind.of_one_day:
            later = later.filter(extract_day=self.one.extract_day)
        wrote = any(self.one.findings.get(verdict) for verdict in ("new", "changed", "closed"))
        count = later.count() if wrote else 0
        if not count:
            return []
        first = [(str(one), page(one)) for one in later.order_by("merged_at")[:SHOWN]]
        return [BuiltOn("Later files that say the same of some of it: undo them first", count, first)]

    def _resting(self) -> list[BuiltOn]:
        found: list[BuiltOn] = []
        of_label = {of.model._meta.label: of for of in self.dated}
        for label, name, on, by in resting:
            if on not in of_label:
                continue
            model, below = apps.get_model(label), of_label[on]
            own = next((of.made for of in self.dated if of.model is model), None)
            not_own = f"AND t.id NOT IN (TABLE {own})" if own else ""
            column, other = (_column(m, n) for m, n in ((model, name), (below.model, by)))
            query = f"""
                SELECT DISTINCT t.id FROM {below.made} m JOIN {below.table} b ON b.id = m.id
                JOIN {model._meta.db_table} t ON t.{column} = b.{other} AND upper_inf(t.held) AND t.period && b.period
                WHERE lower(t.held) > lower(b.held) {not_own} AND b.{other} NOT IN ({self._brought(below.model, by)})
            """
            found += _records(self.sql, model, f"{_capital(_plural(model))} recorded since that rest on it", query)
        return found

    def _brought(self, model: type[models.Model], name: str) -> str:
        related: Any = model._meta.get_field(name).related_model
        return self.brought.get(related, "SELECT NULL::bigint WHERE false")

    def _referring(self) -> list[BuiltOn]:
        found: dict[type[Any], list[str]] = {}
        for target, ids in self.brought.items():
            relations: list[Any] = target._meta.get_fields(include_hidden=True)
            for relation in relations:
                field: Any = getattr(relation, "field", None)
                if not relation.auto_created or not getattr(field, "db_constraint", False):
                    continue
                model = relation.related_model
                own = next((of.made for of in self.tables if of.model is model), None)
                stands = STANDS.get(
                    model._meta.label, "upper_inf(t.held)" if issubclass(model, dated.Dated) else "true"
                )
                if not history.is_governed(model) and model._meta.label not in STANDS:
                    continue
                not_own = f"AND t.id NOT IN (TABLE {own})" if own else ""
                found.setdefault(model, []).append(
                    f"SELECT t.id FROM {model._meta.db_table} t WHERE t.{field.column} IN ({ids}) AND {stands} {not_own}"
                )
        return [
            built
            for model, queries in found.items()
            for built in _records(
                self.sql, model, f"{_capital(_plural(model))} of what it brought", " UNION ".join(queries)
            )
        ]

    def _hanging(self) -> list[BuiltOn]:
        found = []
        for model, what, find in hanging:
            if model in self.brought:
                count, first = find([pk for (pk,) in self.sql.rows(self.brought[model])])
                if count:
                    found.append(BuiltOn(what, count, first[:SHOWN]))
        return found

    def take_back(self, tell: Callable[[int], None]) -> None:
        tables = [*self.others, *self.tables]
        for done, table in enumerate(tables, 1):
            table.take_back()
            tell(40 + 59 * done // len(tables))


def page(record: Any) -> str:
    """The address of a record's own page, or of the one it belongs to; blank where there is none."""
    if isinstance(record, Import):
        return reverse("imports:import_detail", args=[record.pk])
    if type(record) in pages:
        return pages[type(record)](record)
    for field in record._meta.concrete_fields:
        if field.related_model in pages and getattr(record, field.attname) is not None:
            return pages[field.related_model](getattr(record, field.name))
    return ""


def _column(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).column)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plural(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name_plural)


def _records(sql: Sql, model: type[Any], what: str, query: str) -> list[BuiltOn]:
    """The records whose ids a query finds: how many, and the first few."""
    sql.table("found_here", query)
    count = sql.value("SELECT count(*) FROM found_here")
    if not count:
        return []
    ids = [pk for (pk,) in sql.rows("SELECT id FROM found_here ORDER BY id LIMIT %(shown)s", shown=SHOWN)]
    return [
        BuiltOn(
            what, count, [(_called(one), page(one)) for one in model._default_manager.filter(pk__in=ids).order_by("pk")]
        )
    ]


def _called(record: Any) -> str:
    """A record in words; a version of a dated one with its days, and with what has become of it."""
    if not isinstance(record, dated.Dated):
        return str(record)
    belongs = next((str(getattr(record, f.name)) for f in record._meta.concrete_fields if f.related_model in pages), "")
    name = str(record) if belongs in str(record) else f"{belongs}: {record}"
    said = f"{name}, {words.period(record.period.lower, record.period.upper)}"
    if record.held.upper_inf:
        return said
    return f"{said}, {str(record.get_closed_act_display()).partition(':')[0].lower()} by {record.closed_by or 'the portal'}"
