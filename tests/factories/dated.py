"""What the factories of dated records share."""

from datetime import UTC, date, datetime
from typing import Any

import factory
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from cc2h.kit.dated import Act, period_of

LONG_AGO = date(2013, 4, 1)
HELD_SINCE = datetime(2013, 4, 1, tzinfo=UTC)


class DatedFactory(DjangoModelFactory):
    """A version true from `first` to `last`, held from `recorded` until `closed`; the trait `voided` closes it."""

    class Meta:
        abstract = True

    class Params:
        first = LONG_AGO
        last = None
        recorded = HELD_SINCE
        closed = None
        voided = factory.Trait(
            closed=datetime(2018, 4, 1, tzinfo=UTC), closed_act=Act.VOIDED, closed_reason="Entered by mistake"
        )

    period = factory.LazyAttribute(lambda o: period_of(o.first, o.last))
    held = factory.LazyAttribute(lambda o: DateTimeTZRange(o.recorded, o.closed, "[)"))
    closed_act = factory.LazyAttribute(lambda o: Act.CORRECTED if o.closed else "")
    reason = "Recorded for a test"


def recorded_on(record: Any, *days: date) -> None:
    """The governed record’s first event is of the first day, and so on: past the guards, as no portal is."""
    events = type(record).pgh_event_models["insert"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for event, day in zip(events.objects.filter(pgh_obj=record.pk).order_by("pgh_id"), days, strict=True):
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            events.objects.filter(pk=event.pk).update(pgh_created_at=noon)
        cursor.execute("SET LOCAL session_replication_role = origin")
