"""Dated records on two time lines: `period`, when it was true, and `held`, while we held it to be true.

Both are half-open. A version is never changed: to end, correct or void a record, its version's `held` is
closed and a successor is inserted (a void has none). All versions of one record share its `thread`.
The database refuses any other UPDATE and every DELETE.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Any, Self, TypeVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import Exists, FilteredRelation, OuterRef, Q

from cc2h.kit.asat import AsAt
from cc2h.kit.days import end_of_day
from cc2h.kit.problems import check

CLOSING_COLUMNS = ("held", "closed_by_id", "closed_act", "closed_reason")


class StaleRecord(Exception):
    """Somebody else changed the record first. `latest` is the version now held, or None after a void."""

    def __init__(self, found: "Dated", latest: "Dated | None") -> None:
        self.found, self.latest = found, latest
        super().__init__("Somebody else changed this record while you were working on it.")


class Act(models.TextChoices):
    ENDED = "ended", "Ended"
    CORRECTED = "corrected", "Corrected"
    VOIDED = "voided", "Voided: never true"


class DatedQuerySet(models.QuerySet):
    """Reading dated rows: `as_at(day)` is what we hold true of a day, `as_at(day, known)` what we held then."""

    def held(self, known: datetime | None = None) -> Self:
        """Versions held now, or held just before the moment `known`."""
        if known is None:
            return self.filter(held__upper_inf=True)
        return self.filter(held__contains=known - timedelta(microseconds=1))

    def open_on(self, day: date) -> Self:
        """Versions whose period contains `day`."""
        return self.filter(period__contains=day)

    def as_at(self, day: date, known: datetime | None = None) -> Self:
        return self.held(known).open_on(day)

    def starting_after(self, day: date) -> Self:
        return self.filter(period__startswith__gt=day)

    def planned(self, asat: AsAt) -> Self:
        """Versions to come after the page's day. Of a day that is past, what had been recorded by its end.

        What was first recorded later was no plan yet, and what has become of it since is told as what happened.
        """
        later = self.held(asat.known_at).starting_after(asat.day)
        if asat.day >= asat.today:
            return later
        by_then = self.model._default_manager.filter(held__startswith__lt=end_of_day(asat.day))
        return later.filter(Exists(by_then.filter(thread=OuterRef("thread"))))


def true_on(relation: str, day: date, known: datetime | None = None) -> FilteredRelation:
    """The version of a dated `relation` that holds on the day, for `annotate`: a join instead of a query a row."""
    held = Q(**{f"{relation}__held__upper_inf": True})
    if known is not None:
        held = Q(**{f"{relation}__held__contains": known - timedelta(microseconds=1)})
    return FilteredRelation(relation, condition=Q(**{f"{relation}__period__contains": day}) & held)


def just_before(moment: datetime | None) -> datetime | None:
    """The last instant before a moment: what is held at it was held just before the moment."""
    return moment and moment - timedelta(microseconds=1)


def true_in_sql(alias: str, known: bool) -> str:
    """The condition that a version holds on %(day)s, as it is held now or, if `known`, at the moment %(known)s."""
    return f"{alias}.period @> %(day)s AND " + (f"{alias}.held @> %(known)s" if known else f"upper_inf({alias}.held)")


def dated_triggers() -> list[pgtrigger.Trigger]:
    columns = ", ".join(f"'{name}'" for name in CLOSING_COLUMNS)
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.Trigger(
            name="only_closed_once",
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            func=f"""
                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)
                   OR (to_jsonb(NEW) - ARRAY[{columns}]) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY[{columns}])
                THEN
                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';
                END IF;
                RETURN NEW;
            """,
        ),
    ]


class Dated(models.Model):
    """A version of something that was true for a time. Subclasses add what was true and a `one_truth`."""

    thread = models.UUIDField("record", default=uuid.uuid4, editable=False)
    period = DateRangeField("from and to")
    held = DateTimeRangeField("held", editable=False)
    reason = models.TextField("reason", blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    closed_act = models.CharField(max_length=9, choices=Act, blank=True, editable=False)
    closed_reason = models.TextField(blank=True, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        triggers = dated_triggers()

    @property
    def first_day(self) -> date:
        return self.period.lower

    @property
    def last_day(self) -> date | None:
        """The last day it was true (inclusive), or None while it has no end."""
        return None if self.period.upper is None else self.period.upper - timedelta(days=1)

    @property
    def recorded_at(self) -> datetime:
        return self.held.lower

    @property
    def closed_at(self) -> datetime | None:
        return self.held.upper


def guards(table: str) -> list[models.BaseConstraint]:
    """The checks every dated table has. `table` prefixes the constraints' names."""
    return [
        models.CheckConstraint(
            name=f"{table}_period_has_a_start",
            condition=Q(period__isempty=False, period__lower_inf=False),
            violation_error_message="The last day must not be before the first day.",
        ),
        models.CheckConstraint(
            name=f"{table}_held_has_a_start",
            condition=Q(held__isempty=False, held__lower_inf=False),
            violation_error_message="A record must be held from a moment.",
        ),
        models.CheckConstraint(
            name=f"{table}_closed_with_an_act",
            condition=Q(held__upper_inf=True, closed_act="") | (Q(held__upper_inf=False) & ~Q(closed_act="")),
            violation_error_message="A closed version says whether it was ended, corrected or voided.",
        ),
    ]


def one_truth(name: str, *fields: str, message: str) -> ExclusionConstraint:
    """At most one version per `fields`, day and moment. `message` is what a person is told."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((field, RangeOperators.EQUAL) for field in fields),
            ("period", RangeOperators.OVERLAPS),
            ("held", RangeOperators.OVERLAPS),
        ],
        violation_error_message=message,
    )


# Recording ------------------------------------------------------------------------------------------

_recording_at: ContextVar[datetime | None] = ContextVar("recording_at", default=None)
Record = TypeVar("Record", bound=Dated)


@contextmanager
def recording_at(moment: datetime) -> Iterator[None]:
    """Record as if it were `moment`. For the demonstration programme's past, never for real records."""
    token = _recording_at.set(moment)
    try:
        yield
    finally:
        _recording_at.reset(token)


def recording() -> datetime | None:
    """The moment that is pretended (recording_at), or None where none is, as ever."""
    return _recording_at.get()


def now() -> datetime:
    """This moment by the database's clock, which moves also inside a transaction."""
    pretended = recording()
    if pretended is not None:
        return pretended
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def period_of(first: date, last: date | None = None) -> DateRange:
    """The period from `first` to `last`, both included; no end when `last` is None.

    Raises ValidationError when `last` is before `first`.
    """
    if last is not None and last < first:
        raise ValidationError(
            f"The last day, {last:%-d %B %Y}, is before the first day, {first:%-d %B %Y}.",
            code="dates_out_of_order",
        )
    return DateRange(first, None if last is None else last + timedelta(days=1), "[)")


def record(
    model: type[Record], *, by: Any, first: date, last: date | None = None, reason: str = "", **facts: Any
) -> Record:
    """Insert a new record of `model`, true from `first` to `last` inclusive, held from now.

    Raises ValidationError for what its fields can't hold.
    """
    new = model(
        period=period_of(first, last),
        held=DateTimeTZRange(now(), None, "[)"),
        recorded_by=by,
        reason=reason,
        **facts,
    )
    check(new)
    new.save(force_insert=True)
    return new


def _close(version: Dated, act: Act, *, by: Any, reason: str) -> datetime:
    """Close the version's `held`; raises StaleRecord if it was closed by somebody else first."""
    moment = now()
    model = type(version)
    closed = model.objects.filter(pk=version.pk, held__upper_inf=True).update(
        held=DateTimeTZRange(version.held.lower, moment, "[)"),
        closed_by=by,
        closed_act=act,
        closed_reason=reason,
    )
    if not closed:
        found = model.objects.get(pk=version.pk)
        raise StaleRecord(found, model.objects.held().filter(thread=version.thread).order_by("-pk").first())
    return moment


def _successor(version: Record, moment: datetime, *, by: Any, reason: str, **changes: Any) -> Record:
    skipped = {"id", "held", "closed_by", "closed_act", "closed_reason", "recorded_by", "reason"}
    facts = {f.name: getattr(version, f.name) for f in version._meta.concrete_fields if f.name not in skipped}
    successor = type(version)(
        **(facts | changes), held=DateTimeTZRange(moment, None, "[)"), recorded_by=by, reason=reason
    )
    check(successor, *changes)
    successor.save(force_insert=True)
    return successor


@transaction.atomic
def end(version: Record, *, last: date, by: Any, reason: str = "") -> Record:
    """It was true until `last` inclusive. Returns the successor, which has the end."""
    if last < version.first_day:
        raise ValidationError(
            f"It began on {version.first_day:%-d %B %Y}, so it can’t end on {last:%-d %B %Y}, before it began. "
            "If it was never true, void it.",
            code="dates_out_of_order",
        )
    moment = _close(version, Act.ENDED, by=by, reason=reason)
    return _successor(version, moment, by=by, reason=reason, period=period_of(version.first_day, last))


@transaction.atomic
def correct(version: Record, *, by: Any, reason: str, **changes: Any) -> Record:
    """What was recorded was wrong: the successor has `changes` (field names, `period` included)."""
    moment = _close(version, Act.CORRECTED, by=by, reason=reason)
    return _successor(version, moment, by=by, reason=reason, **changes)


def anew(version: Record, *, by: Any, reason: str) -> Record:
    """A voided version holds after all: what it said is a record again."""
    return _successor(version, now(), by=by, reason=reason, thread=uuid.uuid4())


@transaction.atomic
def void(version: Dated, *, by: Any, reason: str) -> None:
    """It was never true: it counts on no day from now on, and *as known on* an earlier day still shows it."""
    if not reason.strip():
        raise ValidationError("Say why this was never true.", code="reason_required")
    _close(version, Act.VOIDED, by=by, reason=reason)
