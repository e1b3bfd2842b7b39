"""How large the database is, and what it grew by: PostgreSQL tells its size, and seldom what is free where it keeps it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from cc2h.kit.models import DatabaseSize

LOOKED_BACK = 30  # days over which growth is told
KEPT = 400  # days of which the size is kept


@dataclass(frozen=True, slots=True)
class Growth:
    """What the database grew by since the night to a day; less than 0 where it shrank."""

    since: date
    days: int
    bytes: int

    def days_until(self, free: int) -> int | None:
        """In how many days as many bytes are used up at this pace; None where it does not grow."""
        return free * self.days // self.bytes if self.bytes > 0 else None


def now() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def note(day: date) -> None:
    """Keep today's size, and forget the oldest."""
    DatabaseSize.objects.update_or_create(day=day, defaults={"bytes": now()})
    DatabaseSize.objects.filter(day__lt=day - timedelta(days=KEPT)).delete()


def growth(size: int, today: date) -> Growth | None:
    """What it grew by over the last month, or since the first night; None before that."""
    nights = DatabaseSize.objects.filter(day__gte=today - timedelta(days=LOOKED_BACK), day__lt=today)
    first = nights.order_by("day").first()
    return Growth(first.day, (today - first.day).days, size - first.bytes) if first else None
