"""Random worlds: what was true from day to day, and how what was held of it changed at a few moments."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from chins.models import Chin, ChinState, Membership
from practices.models import Commissioner, ListSize, Practice, PracticeStanding, Succession

FIRST = date(2018, 1, 1)
TODAY = date(2018, 6, 20)
MOMENTS = [datetime(2018, 1, 1, tzinfo=UTC), datetime(2018, 3, 1, 12, tzinfo=UTC), datetime(2018, 5, 1, 12, tzinfo=UTC)]
KNOWN = [None, None, *MOMENTS, *(moment + timedelta(seconds=1) for moment in MOMENTS)]
COMMISSIONERS, CHINS, PRACTICES = 2, 3, 6


class Segment(NamedTuple):
    """Something true from a day to another (None: no end)."""

    first: date
    until: date | None
    fact: Any


def a_day(random: Random) -> date:
    """A day from before the first month to after today; now and then the edge of a month."""
    day = FIRST + timedelta(days=random.randint(-20, 220))
    return day.replace(day=1) - timedelta(days=random.choice([0, 1])) if random.random() < 0.3 else day


def timeline(random: Random, fact: Callable[[], Any]) -> list[Segment]:
    """Up to four segments one after the other, some of them gaps (a fact of None)."""
    cuts = sorted({a_day(random) for _ in range(random.randint(0, 3))})
    if random.random() < 0.7:
        cuts = sorted({FIRST - timedelta(days=random.choice([0, 1, 25, 400])), *cuts})
    ends = [*cuts, None][1:]
    segments = [Segment(day, until, fact()) for day, until in zip(cuts, ends, strict=False)]
    return [segment for segment in segments if segment.fact is not None]


def write(random: Random, model: Any, fact: Callable[[], Any], columns: Callable[[Any], dict[str, Any]]) -> None:
    """One record's timelines, each held from one of the moments until another takes its place."""
    changes = [0] + [n for n in (1, 2) if random.random() < 0.3]
    for place, n in enumerate(changes):
        closed = MOMENTS[changes[place + 1]] if place + 1 < len(changes) else None
        model.objects.bulk_create(
            model(
                **columns(segment.fact),
                period=DateRange(segment.first, segment.until),
                held=DateTimeTZRange(MOMENTS[n], closed),
                closed_act="corrected" if closed else "",
            )
            for segment in timeline(random, fact)
        )


def sizes(random: Random, practice: Practice) -> Iterator[ListSize]:
    """List sizes of most months; some late, some missing, some revised; of one practice in eight none at all."""
    first, days = random.choice([-2, -1, 0, 0, 2, 4, 9, 9]), set()
    for month in range(first, 7):
        if random.random() < 0.25:
            continue
        day = FIRST + timedelta(days=month * 30 + random.choice([0, 0, 1, 13, 29]))
        moment = random.choice([0, 0, 0, 1, 2])
        revised = MOMENTS[moment + 1] if moment < 2 and random.random() < 0.25 else None
        facts = {"practice": practice, "day": day, "row_number": 1}
        if day in days:
            continue
        days.add(day)
        yield ListSize(**facts, patients=random.randint(0, 20_000), recorded_at=MOMENTS[moment], superseded_at=revised)
        if revised:
            yield ListSize(**facts, patients=random.randint(0, 20_000), recorded_at=revised)


def build(random: Random) -> None:
    """Write a world's rows in bulk, as an import would; the triggers that judge a commit are not reached."""
    commissioners = [
        Commissioner.objects.create(ods_code=f"9{n}X", name=f"Commissioner {n}", short_name=f"C{n}")
        for n in range(COMMISSIONERS)
    ]
    chins = [
        Chin.objects.create(slug=f"chin-{n}", name=f"CHIN {n}", commissioner=commissioners[n % COMMISSIONERS])
        for n in range(CHINS)
    ]
    for chin in chins:
        write(
            random,
            ChinState,
            lambda: random.choice(["proposed", "approved", "operational", "operational", "closed", None]),
            lambda status, chin=chin: {"chin": chin, "status": status},
        )
    practices = [Practice.objects.create(ods_code=f"E9000{n}") for n in range(PRACTICES)]
    for number, practice in enumerate(practices):
        home = number % COMMISSIONERS
        write(
            random,
            PracticeStanding,
            lambda home=home: (
                random.choice(["active", "active", "active", "active", "closed", "dormant"]),
                random.choice([home, home, home, 1 - home]),
            ),
            lambda fact, practice=practice: {
                "practice": practice,
                "status": fact[0],
                "commissioner": commissioners[fact[1]],
            },
        )
        write(
            random,
            Membership,
            lambda: random.choice([*chins, *chins, None]),
            lambda chin, practice=practice: {"practice": practice, "chin": chin},
        )
        ListSize.objects.bulk_create(sizes(random, practice))
    for predecessor, successor in pairwise(practices):
        if random.random() < 0.3:
            Succession.objects.create(
                predecessor=predecessor,
                successor=successor,
                period=DateRange(a_day(random), None),
                held=DateTimeTZRange(MOMENTS[random.choice([0, 1])], None),
            )
