"""What the factories of dated records share."""

from datetime import UTC, date, datetime

import factory
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
