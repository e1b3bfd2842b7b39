"""What practices had of a measure in a period, read once for every page that holds them against each other.

Whose a practice was (its CHIN, its commissioner) is that of the period's last day, as in roll-ups.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Q

from cc2h.kit.asat import AsAt
from cc2h.kit.dated import just_before
from cc2h.kit.together import Asking, Raw
from kpis import untold
from kpis.models import Better, Definition, Measure, MeasureKind, PracticeValue
from kpis.series import definitions_of, value_of
from practices.models import Practice
from practices.queries import practices_seen

SHARES = (MeasureKind.PROPORTION,)
COUNTED = (MeasureKind.RATE, MeasureKind.RATIO)  # events over what they are counted in, or over what was expected


@dataclass(frozen=True, slots=True)
class Own:
    """What one practice had. `named`: the reader may see whose it is."""

    practice_id: int
    code: str
    name: str
    chin: str
    chin_name: str
    commissioner: str
    commissioner_name: str
    in_programme: bool
    numerator: Decimal | None
    denominator: Decimal | None
    value: float
    named: bool
    secret: bool = False  # unpublished, and not the reader’s to know

    @property
    def x(self) -> float:
        return float(self.numerator or 0)

    @property
    def n(self) -> float:
        return float(self.denominator or 0)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many practices of the period are not compared, and why."""

    suppressed: int = 0
    no_denominator: int = 0
    impossible: int = 0  # more of a proportion than there are
    not_open: int = 0
    secret: int = 0  # too few unpublished ones to be counted without showing them

    @property
    def any(self) -> int:
        return self.suppressed + self.no_denominator + self.impossible + self.not_open + self.secret


@dataclass(frozen=True)
class Values:
    """Everybody's values of a period that can be compared, and who was left out."""

    measure: Measure
    definition: Definition
    ends: date
    months: int
    rows: Sequence[Own]
    left_out: LeftOut

    @property
    def better(self) -> Better:
        return Better(self.definition.better)

    @property
    def kind(self) -> str:
        return str(self.definition.kind)

    @cached_property
    def counted(self) -> bool:
        """Whether each has a numerator and a denominator, which limits need."""
        with_both = self.kind in SHARES + COUNTED
        return with_both and all(row.numerator is not None and row.denominator for row in self.rows)

    def together(self, keep: Callable[[Own], bool]) -> list[Own]:
        """A group to be added up, or compared with.

        Without those that the reader may not be told where these are so few, in it or in the rest, that what they have
        could be worked out.
        """
        rows = [row for row in self.rows if keep(row)]
        hidden = sum(row.secret for row in rows)
        if untold.together(hidden, self.hidden):
            return rows
        return [row for row in rows if not row.secret]

    @cached_property
    def hidden(self) -> int:
        """How many unpublished values count that the reader may not be told."""
        return sum(row.secret for row in self.rows)

    def chins_of(self, commissioner: str) -> list[tuple[str, str]]:
        """(slug, name) of those with a practice that the reader may see, by name; of all commissioners where blank."""
        found = {
            row.chin: row.chin_name
            for row in self.rows
            if row.chin and row.named and commissioner in ("", row.commissioner)
        }
        return sorted(found.items(), key=lambda pair: pair[1])

    @property
    def commissioners(self) -> list[tuple[str, str]]:
        found = {row.commissioner: row.commissioner_name for row in self.rows}
        return sorted(found.items(), key=lambda pair: pair[1])


_PERIODS = """
    WITH RECURSIVE ends AS (
        (SELECT v.ends FROM kpis_practicevalue v
         WHERE v.measure_id = %(measure)s AND v.superseded_at IS NULL AND v.ends <= %(day)s ORDER BY v.ends DESC LIMIT 1)
        UNION ALL
        SELECT (SELECT v.ends FROM kpis_practicevalue v
                WHERE v.measure_id = %(measure)s AND v.superseded_at IS NULL AND v.ends < e.ends ORDER BY v.ends DESC LIMIT 1)
        FROM ends e WHERE e.ends IS NOT NULL
    )
    SELECT ends FROM ends WHERE ends IS NOT NULL
"""


def periods_asked(measure: Measure, asat: AsAt) -> Raw:
    """From one to the next by the index, as a measure has thousands of values in each."""
    return Raw(_PERIODS, {"measure": measure.pk, "day": asat.day})


def periods_of(measure: Measure, asat: AsAt) -> list[date]:
    """The last days of the periods that have values and had ended by the page's day, the newest first."""
    asked = periods_asked(measure, asat)
    with connection.cursor() as cursor:
        cursor.execute(asked.sql, asked.parameters)
        return [row[0] for row in cursor.fetchall()]


def held(asat: AsAt) -> Q:
    """A condition on values: they count now, or counted on the page's second day."""
    known = just_before(asat.known_at)
    current = Q(superseded_at__isnull=True)
    return current if known is None else Q(recorded_at__lte=known) & (current | Q(superseded_at__gt=known))


def in_force(definitions: Sequence[Definition], day: date) -> Definition:
    """The definition of the day; before the first, that."""
    return next((one for one in reversed(definitions) if one.first_day <= day), definitions[0])


def values_of(measure: Measure, ends: date, user: Any, asat: AsAt, definition: Definition | None = None) -> Values:
    """Everybody's values of a period, as the definition reads them (None: the one in force on its last day)."""
    asking = values_asked(measure, ends, user, asat, definition or in_force(definitions_of(measure, asat), ends))
    answer: Any = None
    try:
        while True:  # one by one: thousands of rows are read sooner as they are than packed into one
            answer = [list(one) for one in asking.send(answer)]  # type: ignore[union-attr,arg-type]  # querysets all
    except StopIteration as done:
        found: Values = done.value
        return found


def values_asked(measure: Measure, ends: date, user: Any, asat: AsAt, definition: Definition) -> Asking[Values]:
    """The same, for pages that ask of many measures together (cc2h.kit.together)."""
    found = PracticeValue.objects.filter(held(asat), measure=measure, ends=ends)
    columns = ("practice_id", "numerator", "denominator", "value", "suppressed", "published", "months")
    known = asat.known_at
    practices = Practice.objects.filter(pk__in=found.values("practice_id")).with_standing(ends, known)
    described = (
        practices.with_details(ends, known)
        .with_network(ends, known)
        .values_list(
            *("pk", "ods_code", "name", "chin_slug", "chin_name", "status"),
            *("standing_on__commissioner__ods_code", "standing_on__commissioner__short_name"),
            "standing_on__commissioner__in_programme",
        )
    )
    visible = practices_seen(user, asat).filter(pk__in=found.values("practice_id"))
    told, rows, may_see = yield found.values_list(*columns), described, visible.values_list("pk", flat=True)
    facts = {row[0]: row[1:] for row in rows}
    seen, secret = set(may_see), {row[0] for row in told if not row[5]}
    if secret:
        unpublished = PracticeValue.objects.visible_to(user).filter(held(asat), measure=measure, ends=ends)
        (own,) = yield (unpublished.filter(published=False).values_list("practice_id", flat=True),)
        secret -= set(own)
    return _sorted_out(Values(measure, definition, ends, 0, (), LeftOut()), told, facts, seen - secret, secret)


def _sorted_out(
    empty: Values, told: Sequence[Any], facts: dict[int, Any], named: Collection[int], secret: Collection[int]
) -> Values:
    definition = empty.definition
    why = {"suppressed": 0, "no_denominator": 0, "impossible": 0, "not_open": 0, "secret": 0}
    rows = []
    for practice_id, numerator, denominator, published_value, suppressed, _, _ in told:
        code, name, chin, chin_name, status, commissioner, commissioner_name, in_programme = facts[practice_id]
        value = None if suppressed else value_of(definition, numerator, denominator, published_value)
        impossible = definition.kind in SHARES and None not in (numerator, denominator) and numerator > denominator
        if suppressed:
            why["suppressed"] += 1
        elif status != "active":
            why["not_open"] += 1
        elif value is None:
            why["no_denominator"] += 1
        elif impossible or (numerator is not None and numerator < 0 and definition.kind in SHARES + COUNTED):
            why["impossible"] += 1
        else:
            rows.append(
                Own(
                    *(practice_id, code, name or code, chin or "", chin_name or ""),
                    *(commissioner, commissioner_name, in_programme, numerator, denominator),
                    *(value, practice_id in named, practice_id in secret),
                )
            )
    hidden = sum(row.secret for row in rows)
    if untold.few(hidden):  # what they have could be worked out from what all have
        why["secret"] = hidden
        rows = [row for row in rows if not row.secret]
    rows.sort(key=lambda row: row.code)
    months = told[0][6] if told else 0
    return Values(empty.measure, definition, empty.ends, months, tuple(rows), LeftOut(**why))
