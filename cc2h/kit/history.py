"""History of every governed record, kept by triggers in the database, so that bulk SQL is caught too."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import pghistory
import pgtrigger
import structlog
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from pghistory import middleware, runtime
from psycopg.types.range import Range

from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import Dated
from cc2h.kit.days import LONDON, end_of_day


def governed(model: type[Any]) -> type[Any]:
    """Class decorator: every insert and update of the model leaves an event with who, when and which request."""
    return pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())(model)


# Of a table that only grows. TRUNCATE asks no row's guards, so it is refused by itself; what empties a programme lifts it.
NEVER_EMPTIED = pgtrigger.Trigger(
    name="never_emptied",
    level=pgtrigger.Statement,
    operation=pgtrigger.Truncate,
    when=pgtrigger.Before,
    func="RAISE EXCEPTION 'What % holds stays.', TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = 'never_emptied';",
)


class HistoryMiddleware(middleware.HistoryMiddleware):
    """Puts the user, the address and a request id beside every change a request makes."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_context(request) | {
            "method": request.method,
            "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),  # that of the log's lines
        }


@contextmanager
def act_of_its_own(act: UUID, **metadata: Any) -> Iterator[None]:
    """Changes made inside are the act `act`, told apart from what the same request, command or worker does besides."""
    with pghistory.context() as around:
        runtime._tracker.value = runtime.Context(id=act, metadata={**around.metadata, **metadata})
        try:
            yield
        finally:
            runtime._tracker.value = around


def by_the_act_of(cause: models.Model, versions: QuerySet, done: Literal["insert", "update"]) -> QuerySet:
    """Those of the governed `versions` that were recorded (insert) or closed (update) by the act that recorded `cause`.

    What one service does, in one request or for one file, is one act.
    """
    act = _events(cause).filter(pgh_label="insert", pgh_context__isnull=False).values("pgh_context")
    events = versions.model.pgh_event_models[done].objects.filter(pgh_label=done, pgh_context__in=act)
    return versions.filter(pk__in=events.values("pgh_obj"))


# As it was ---------------------------------------------------------------------------------------------


def in_force(model: type[models.Model], asat: AsAt) -> QuerySet:
    """An event for each governed record: with its facts as they were at the end of the page's day.

    What was first recorded later than that is told as it was recorded first.
    """
    ends = end_of_day(asat.day)
    moment = min(ends, asat.known_at) if asat.known_at else ends
    events: QuerySet = model.pgh_event_models["insert"].objects.all()  # type: ignore[attr-defined]
    of_it = events.filter(pgh_obj=OuterRef("pgh_obj"))
    later = of_it.filter(pgh_id__gt=OuterRef("pgh_id"), pgh_created_at__lt=moment)
    earlier = of_it.filter(pgh_id__lt=OuterRef("pgh_id"))
    return events.filter(~Exists(later), Q(pgh_created_at__lt=moment) | ~Exists(earlier))


def tell(records: Iterable[Any], asat: AsAt, *facts: str) -> None:
    """Gives governed records of one model the facts they had on the page's day: to be shown, and never saved. One query."""
    found = [] if asat.is_today else [one for one in records if one is not None]
    if not found:
        return
    model = type(found[0])
    fields = [model._meta.get_field(name) for name in facts]
    was = {one.pgh_obj_id: one for one in in_force(model, asat).filter(pgh_obj__in={one.pk for one in found})}
    for one in found:
        if (event := was.get(one.pk)) is not None:
            for field in fields:
                setattr(one, field.attname, getattr(event, field.attname))


def had(asat: AsAt, model: type[models.Model], path: str = "", **facts: Any) -> Q:
    """A condition on rows: their governed record (at `path`, as in benefit__, or themselves) had such facts on the day."""
    if asat.is_today:
        return Q(**{f"{path}{name}": value for name, value in facts.items()})
    return Q(**{f"{path}pk__in": in_force(model, asat).filter(**facts).values("pgh_obj")})


# Reading it ------------------------------------------------------------------------------------------

HOUSEKEEPING = ("id", "thread", "held", "reason", "recorded_by", "closed_by", "closed_act", "closed_reason")


@dataclass(frozen=True, slots=True)
class Change:
    """One fact before and after, in words; blank where there was none."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One act on one record: when, who, what was done and why, what changed by it, in which request."""

    when: datetime
    who: str
    what: str
    changes: tuple[Change, ...]
    request: str = ""


class ChangedMeanwhile(Exception):
    """Somebody saved a record while another was editing it. `entries` are what they did, newest first."""

    def __init__(self, record: models.Model, entries: list[Entry], version: int) -> None:
        self.record, self.entries, self.version = record, entries, version
        super().__init__("Somebody else changed this record while you were working on it.")


def version(record: models.Model) -> int:
    """The number of the newest event of a governed record: an editor brings it back to show what they had seen."""
    return _events(record).order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0


def unchanged_since(record: models.Model, seen: int) -> None:
    """Raise ChangedMeanwhile if the record has another version than `seen`, which the page had. Lock the record first."""
    newest = version(record)
    if newest != seen:
        since = _of_plain([record], after=min(seen, newest - 1)) or _of_plain([record])
        raise ChangedMeanwhile(record, since, newest)


def entries(*querysets: QuerySet, limit: int | None = None, name: Callable[[Any], str] = str) -> list[Entry]:
    """What was done to the records of all the querysets together, newest first, at most `limit`.

    Give every version of a dated record, held or not. `name` says which record it was.
    """
    found: list[Entry] = []
    for queryset in querysets:
        dated = issubclass(queryset.model, Dated)
        found += _of_dated(list(queryset), name) if dated else _of_plain(list(queryset), name=name)
    return sorted(found, key=lambda entry: entry.when, reverse=True)[:limit]


def changes_between(before: Dated, after: Dated) -> list[Change]:
    """What one version of a dated record says otherwise than another."""
    return list(_changes(type(after), before, after, skipped=HOUSEKEEPING))


def event_table(model: type[models.Model]) -> str:
    """The table with the events of a governed model."""
    return str(model.pgh_event_models["insert"]._meta.db_table)  # type: ignore[attr-defined]


def is_governed(model: type[models.Model]) -> bool:
    """Whether its history is kept."""
    return bool(getattr(model, "pgh_event_models", None))


def _events(record: models.Model) -> QuerySet:
    return type(record).pgh_event_models["insert"].objects.filter(pgh_obj=record.pk)  # type: ignore[attr-defined]


def _of_plain(records: list[Any], after: int = 0, name: Callable[[Any], str] = str) -> list[Entry]:
    if not records:
        return []
    of = {record.pk: record for record in records}
    model = type(records[0]).pgh_event_models["insert"]
    events = list(model.objects.filter(pgh_obj__in=of).select_related("pgh_context").order_by("pgh_id"))
    people = _people(_metadata(event).get("user") for event in events)
    found, befores = [], dict[Any, Any]()
    for event in events:
        record, before = of[event.pgh_obj_id], befores.get(event.pgh_obj_id)
        changes = tuple(_changes(type(record), before, event, skipped=("id",))) if before else ()
        if event.pgh_id > after and (changes or before is None):
            metadata = _metadata(event)
            done = f"{_called(record, name, ' ')}: {'changed' if before else 'recorded'}"
            found.append(
                Entry(
                    event.pgh_created_at,
                    people.get(metadata.get("user"), "the portal"),
                    done,
                    changes,
                    metadata.get("request_id", ""),
                )
            )
        befores[event.pgh_obj_id] = event
    return found[::-1]


def _of_dated(versions: list[Any], name: Callable[[Any], str]) -> list[Entry]:
    threads: dict[Any, list[Any]] = {}
    for one in sorted(versions, key=lambda one: one.held.lower):
        threads.setdefault(one.thread, []).append(one)
    people = _people([one.recorded_by_id for one in versions] + [one.closed_by_id for one in versions])
    requests = _requests(versions)
    found = []
    for thread in threads.values():
        before = None
        for one in thread:
            act = str(before.get_closed_act_display()).lower() if before else "recorded"
            found.append(
                Entry(
                    one.held.lower,
                    people.get(one.recorded_by_id, "the portal"),
                    _done(one, act, one.reason, name),
                    tuple(changes_between(before, one)) if before else (),
                    requests.get((one.pk, "insert"), ""),
                )
            )
            before = one
        if before is not None and before.held.upper is not None:
            found.append(
                Entry(
                    before.held.upper,
                    people.get(before.closed_by_id, "the portal"),
                    _done(before, str(before.get_closed_act_display()).lower(), before.closed_reason, name),
                    (),
                    requests.get((before.pk, "update"), ""),
                )
            )
    return found


def _called(record: models.Model, name: Callable[[Any], str], between: str) -> str:
    """What it is and its name, or the name alone where that says what it is: “CHIN 1”, not “CHIN CHIN 1”."""
    kind, own = str(record._meta.verbose_name), name(record)
    return own if own.casefold().startswith(kind.casefold()) else f"{kind[:1].upper()}{kind[1:]}{between}{own}"


def _done(record: Any, act: str, reason: str, name: Callable[[Any], str]) -> str:
    when = words.period(record.period.lower, record.period.upper)
    return f"{_called(record, name, ', ')}, {when}: {act}" + (f". “{reason}”" if reason else "")


def _metadata(event: Any) -> dict[str, Any]:
    return (event.pgh_context.metadata if event.pgh_context else None) or {}


def _requests(versions: list[Any]) -> dict[tuple[int, str], str]:
    if not versions:
        return {}
    events = type(versions[0]).pgh_event_models["insert"].objects
    rows = events.filter(pgh_obj__in=[one.pk for one in versions], pgh_context__isnull=False)
    return {
        (pk, label): metadata.get("request_id", "")
        for pk, label, metadata in rows.values_list("pgh_obj", "pgh_label", "pgh_context__metadata")
    }


def _people(ids: Iterable[Any]) -> dict[Any, str]:
    wanted = {one for one in ids if one is not None}
    return {user.pk: str(user) for user in get_user_model()._default_manager.filter(pk__in=wanted)} if wanted else {}


def _changes(model: type[models.Model], before: Any, after: Any, skipped: Collection[str]) -> Iterator[Change]:
    for field in model._meta.concrete_fields:
        if field.name in skipped or not hasattr(after, field.attname):
            continue
        old = getattr(before, field.attname, None)
        new = getattr(after, field.attname)
        if old != new:
            yield Change(str(field.verbose_name), _shown(before, field), _shown(after, field))


def _shown(record: Any, field: Any) -> str:
    value = getattr(record, field.name, None) if record is not None else None
    if value is None or value == "":
        return ""
    if isinstance(value, Range):
        return words.period(value.lower, value.upper)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return words.moment(value.astimezone(LONDON))
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return words.number(value) if isinstance(value, int | float) else str(value)
