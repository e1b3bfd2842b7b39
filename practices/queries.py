"""What pages about practices read: the filters' choices, the list's rows and sums, a practice's page."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from cc2h.accounts.authority import Action, Target, authority_of
from cc2h.kit import history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import just_before, true_in_sql
from practices.matching import Matching, counted, facts
from practices.models import (
    Commissioner,
    Contact,
    Federation,
    FederationMembership,
    ListSize,
    NamesRelease,
    Practice,
    PracticeDetail,
    PracticeStanding,
    Status,
    Succession,
)
from practices.networks import Place, networks
from practices.querysets import CommissionerQuerySet, DatedQuerySet, PracticeQuerySet

FEW = 5  # commissioners whose CHINs, federations and boroughs still fit into one choice


def commissioner_choices(user: Any) -> list[tuple[str, str]]:
    """(code, name) of the commissioners the person sees, by name."""
    return list(commissioners_seen(user).values_list("ods_code", "short_name"))


# Each part gives its name, values and labels; `seen` are the commissioners of whom that is asked.
COMMISSIONERS = "SELECT 'commissioner', k.ods_code, k.short_name FROM practices_commissioner k WHERE {visible}"
OF_COMMISSIONERS = """
WITH seen AS MATERIALIZED (SELECT k.id FROM practices_commissioner k WHERE {visible} AND {asked})
SELECT 'chin', slug, name FROM ({networks}) AS n
UNION ALL
SELECT 'federation', f.slug, f.name FROM practices_federation f WHERE f.commissioner_id IN (SELECT id FROM seen)
UNION ALL
SELECT DISTINCT 'borough', d.borough, d.borough FROM practices_practicedetail d
WHERE {d_true} AND d.borough <> '' AND d.practice_id = ANY(ARRAY(
    SELECT s.practice_id FROM practices_practicestanding s WHERE s.commissioner_id IN (SELECT id FROM seen)))
UNION ALL
"""


def filter_choices(user: Any, asat: AsAt, commissioner: str) -> Mapping[str, list[tuple[str, str]]]:
    """What the list can be filtered by: commissioner, chin, federation and borough, each (value, label) by label.

    Somebody who sees more than a few commissioners chooses one (`commissioner`, an ODS code) first.
    """
    held = authority_of(user)
    everywhere, ids = held.everywhere(Action.VIEW_REGISTER), held.commissioner_ids(Action.VIEW_REGISTER)
    known = asat.known_at
    statement = COMMISSIONERS
    if commissioner or not (everywhere or len(ids) > FEW):
        statement = OF_COMMISSIONERS + COMMISSIONERS
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(
                visible="true" if everywhere else "k.id = ANY(%(visible)s)",
                asked="k.ods_code = %(commissioner)s" if commissioner else "true",
                networks=networks().choices_in_sql("SELECT id FROM seen", known is not None),
                d_true=true_in_sql("d", known is not None),
            ),
            {
                "visible": sorted(ids),
                "commissioner": commissioner,
                "day": asat.day,
                "known": just_before(known),
            },
        )
        found = cursor.fetchall()
    choices: dict[str, list[tuple[str, str]]] = {name: [] for name in ("commissioner", "chin", "federation", "borough")}
    for name, value, label in found:
        choices[name].append((value, label))
    return {name: sorted(pairs, key=lambda pair: pair[1]) for name, pairs in choices.items()}


# One statement: the matching practices once, their sums, the page's keys, and only then what those rows show, each
# fact by a subquery of its own, which the planner need not order. PostgreSQL takes three joins as at a day for narrow
# and would look up thousands of rows one by one (ten times as long), so it is told to join by hashing. Written short,
# because psycopg remembers only short statements.
PAGE = re.sub(
    r"\s+",
    " ",
    """
SELECT set_config('enable_nestloop', 'off', true);
SELECT * FROM (
WITH matching (id, status, commissioner, patients, key) AS MATERIALIZED ({matching}),
sums AS (SELECT status, count(*) AS n, coalesce(sum(patients), 0) AS patients FROM matching GROUP BY status),
page AS (
    SELECT id, status, commissioner, patients, row_number() OVER () AS place
    FROM (
        SELECT id, status, commissioner, patients FROM matching WHERE status = ANY(%(shown)s)
        ORDER BY {key} {direction} NULLS LAST, id
        LIMIT %(size)s
        OFFSET (SELECT least(%(page)s, ceil(sum(n) / %(size)s)::int) - 1 FROM sums WHERE status = ANY(%(shown)s))
            * %(size)s
    ) AS x
)
SELECT
    CASE WHEN place IS NULL OR place = 1
        THEN (SELECT json_object_agg(status, json_build_array(n, patients)) FROM sums) END,
    id, status, patients,
    (SELECT p.ods_code FROM practices_practice p WHERE p.id = x.id),
    (SELECT d.name FROM practices_practicedetail d WHERE d.practice_id = x.id AND {d_true}),
    (SELECT c.short_name FROM practices_commissioner c WHERE c.id = x.commissioner),
    {network},
    (SELECT string_agg(l.day - %(before)s || ' ' || l.patients, ',' ORDER BY l.day) FROM practices_listsize l
        WHERE l.practice_id = x.id AND l.day >= %(before)s AND l.day <= %(day)s AND {l_counted}),
    patients - (SELECT l.patients FROM practices_listsize l
        WHERE l.practice_id = x.id AND l.day <= %(before)s AND {l_counted} ORDER BY l.day DESC LIMIT 1),
    place
FROM (SELECT) AS once LEFT JOIN page AS x ON true
) AS listed ORDER BY place
""",
)


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """A row of the list. `change` is in patients over a year; None where no list of that year is held.

    `sizes` are the list sizes of that year as one text, `days patients,days patients`: after how many days from its
    first day each is dated. Most are drawn again and again, so nobody need take them apart each time.
    """

    ods_code: str
    name: str
    status: str
    commissioner: str
    place: Place | None
    patients: int | None
    change: int | None
    sizes: str


@dataclass(frozen=True, slots=True)
class PracticePage:
    """`sums`: status → (practices, registered patients) of all that match, whatever their status."""

    sums: Mapping[str, tuple[int, int]]
    rows: list[PracticeRow]


def practice_page(
    matching: Matching, *, statuses: Sequence[str], sort: str, falling: bool, page: int, size: int
) -> PracticePage:
    """One page of those that match and have one of `statuses`, ordered by a fact, what is not known last.

    `page` counts from 1; one too far is the last.
    """
    known, fact = matching.known, facts(matching.known)
    columns = ["standing.practice_id", "standing.status", "standing.commissioner_id", fact["patients"]]
    key = "patients" if sort == "patients" else "key"  # not worked out twice
    statement = PAGE.format(
        matching=matching.select([*columns, fact[sort] if key == "key" else "NULL"]),
        key=key,
        direction="DESC" if falling else "ASC",
        d_true=true_in_sql("d", known),
        l_counted=counted("l", known),
        network=networks().place_in_sql("x.id", known),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, matching.parameters | {"shown": [*statuses], "size": size, "page": page})
        while cursor.nextset():
            pass
        found = cursor.fetchall()
    sums = {status: (n, patients) for status, (n, patients) in (found[0][0] or {}).items()}
    return PracticePage(
        {status: sums.get(status, (0, 0)) for status in Status.values},
        [
            PracticeRow(
                code,
                name or code,
                status,
                commissioner,
                _place(*place) if place else None,
                patients,
                change if sizes and not sizes.rpartition(",")[2].startswith("0 ") else None,
                sizes or "",
            )
            for _, pk, status, patients, code, name, commissioner, place, sizes, change, _ in found
            if pk is not None
        ],
    )


def _place(pk: str, slug: str, name: str, since: str) -> Place:
    return Place(int(pk), slug, name, date.fromisoformat(since))


def newest_extracts(asat: AsAt) -> Mapping[int, date]:
    """Commissioner → the day of the newest list size of any of its active practices, not later than the day."""
    active = Matching(asat).where("standing.status = 'active'")
    columns = ("standing.commissioner_id", f"max({facts(active.known)['list_day']})")
    with connection.cursor() as cursor:
        cursor.execute(active.select(columns, "GROUP BY 1"), active.parameters)
        return dict(cursor.fetchall())


# The columns of the list's CSV, and the fact each holds.
CSV_COLUMNS = {
    "ods_code": "ods_code",
    "name": "name",
    "postcode": "postcode",
    "commissioner": "commissioner_code",
    "borough": "borough",
    "status": "status",
    "chin": "chin",
    "chin_status": "chin_status",
    "since": "since",
    "patients": "patients",
    "list_day": "list_day",
    "carried_forward": "commissioner_id",
    "federation": "federation",
}


def rows_after(
    matching: Matching, *, sort: str, falling: bool, key: Sequence[Any] | None, limit: int
) -> tuple[list[tuple[Any, ...]], Sequence[Any] | None]:
    """At most `limit` rows of CSV_COLUMNS, each behind its primary key, that come after `key` (the fact, the key).

    Also the key of the last, or None where no row comes after it.
    """
    if key is not None:
        matching = matching.after(sort, falling=falling, value=key[0], pk=key[1])
    matching, fact = matching.ordered(sort, falling=falling), facts(matching.known)
    columns = ["standing.practice_id", *(fact[name] for name in CSV_COLUMNS.values()), fact[sort]]
    newest = newest_extracts(matching.asat)
    with connection.cursor() as cursor:
        cursor.execute(f"{matching.select(columns)} LIMIT %(limit)s", matching.parameters | {"limit": limit + 1})
        found = cursor.fetchall()
    more = len(found) > limit
    rows = [(*_carried(line[1:-1], newest),) for line in found[:limit]]
    numbered = [(line[0], *row) for line, row in zip(found, rows, strict=False)]
    return numbered, (found[limit - 1][-1], found[limit - 1][0]) if more else None


def _carried(line: Sequence[Any], newest: Mapping[int, date]) -> tuple[Any, ...]:
    """A row of CSV_COLUMNS: in the place of the commissioner, whether its list size is carried forward."""
    *before, list_day, commissioner, federation = line
    return (*before, list_day, list_day is not None and list_day < newest.get(commissioner, list_day), federation)


def export_rows(matching: Matching) -> Iterator[tuple[Any, ...]]:
    """The rows of the list's CSV, with the columns of CSV_COLUMNS, read through a cursor of the server.

    A list size older than the commissioner's newest extract is carried forward: `yes`. A practice without any list
    size has blanks.
    """
    newest, fact = newest_extracts(matching.asat), facts(matching.known)
    columns = [fact[name] for name in CSV_COLUMNS.values()]
    with connection.chunked_cursor() as cursor:
        cursor.execute(matching.select(columns), matching.parameters)
        while rows := cursor.fetchmany(2000):
            yield from (_carried(row, newest) for row in rows)


# One practice ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """A practice as authority sees it: whose it is today, wherever the page's day may be. Asked only when it matters."""

    practice: Practice
    name: str
    today: date

    def __str__(self) -> str:
        return self.name

    @cached_property
    def target(self) -> Target:
        """Whose it is; before its first day and after an end, whoever had it next to today."""
        standings = PracticeStanding.objects.held().filter(practice=self.practice)
        commissioners = set(standings.open_on(self.today).values_list("commissioner_id", flat=True))
        if not commissioners:  # it has ended, or was voided
            ever = PracticeStanding.objects.filter(practice=self.practice).order_by(F("held").desc(), "-period")
            last = standings.order_by("-period").first() or ever.first()
            commissioners = {last.commissioner_id} if last else set()
        federations = FederationMembership.objects.as_at(self.today).filter(practice=self.practice)
        place = networks().places([self.practice.pk], self.today, None).get(self.practice.pk)
        return Target(
            commissioner_ids=frozenset(commissioners),
            chin_ids=frozenset({place.pk} if place else ()),
            practice_ids=frozenset({self.practice.pk}),
            federation_ids=frozenset(federations.values_list("federation_id", flat=True)),
        )

    def authority_target(self) -> Target:
        return self.target


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of a practice on a day. The versions are None where nothing is held of that day."""

    practice: Practice
    name: str
    detail: PracticeDetail | None
    standing: PracticeStanding
    federation: FederationMembership | None
    place: Place | None


def practices_seen(user: Any, asat: AsAt) -> PracticeQuerySet:
    """The practices that this person may see as at the day, with their standing on it."""
    practices: PracticeQuerySet = Practice.objects.visible_to(user, asat)
    return practices


def visible_practices(user: Any, asat: AsAt, ids: Iterable[int]) -> set[int]:
    """Those of the practices that this person may see as at the day."""
    return set(practices_seen(user, asat).filter(pk__in={*ids}).values_list("pk", flat=True))


def practice_seen(user: Any, asat: AsAt, ods_code: str) -> Any:
    """The practice with its name, or None: this person may not see it as at the day, or it is in no register then."""
    return practices_seen(user, asat).filter(ods_code=ods_code).with_details(asat.day, asat.known_at).first()


def practice_facts(practice: Practice, asat: AsAt) -> Facts:
    """The practice as at the day."""
    day, known = asat.day, asat.known_at
    detail = PracticeDetail.objects.as_at(day, known).filter(practice=practice).first()
    memberships = FederationMembership.objects.as_at(day, known).filter(practice=practice)
    return Facts(
        practice=practice,
        name=detail.name if detail else practice.ods_code,
        detail=detail,
        standing=PracticeStanding.objects.as_at(day, known).select_related("commissioner").get(practice=practice),
        federation=memberships.select_related("federation").first(),
        place=networks().places([practice.pk], day, known).get(practice.pk),
    )


# Every version of a practice's dated records, whether it still holds or not: what an address may name.


def standings_of(practice: Practice) -> DatedQuerySet:
    return PracticeStanding.objects.filter(practice=practice).select_related("practice", "commissioner")


def details_of(practice: Practice) -> DatedQuerySet:
    return PracticeDetail.objects.filter(practice=practice).select_related("practice")


def federation_memberships_of(practice: Practice) -> DatedQuerySet:
    return FederationMembership.objects.filter(practice=practice).select_related("federation")


def successions_of(practice: Practice) -> DatedQuerySet:
    """Mergers of it into another, and of others into it; what split off from it, and what it split off from."""
    either = Q(predecessor=practice) | Q(successor=practice)
    return Succession.objects.filter(either).select_related("predecessor", "successor")


def mergers_of(practice: Practice) -> DatedQuerySet:
    return successions_of(practice).filter(kind=Succession.Kind.MERGER)


def splits_of(practice: Practice) -> DatedQuerySet:
    return successions_of(practice).filter(kind=Succession.Kind.SPLIT)


def parts_of(split: Succession) -> list[Practice]:
    """All that split off that day, by code."""
    same = splits_of(split.predecessor).held().filter(predecessor=split.predecessor, period__startswith=split.first_day)
    return sorted((one.successor for one in same), key=lambda practice: practice.ods_code)


def life(practice: Practice, asat: AsAt) -> list[PracticeStanding]:
    """Its standings in order, planned ones included."""
    held = PracticeStanding.objects.held(asat.known_at).filter(practice=practice)
    return list(held.select_related("commissioner").order_by("period"))


def stretch(standings: Sequence[PracticeStanding], standing: PracticeStanding, fact: str) -> tuple[date, date | None]:
    """The time `[first, end)` around `standing`, one of these in order, in which this fact stayed the same.

    A standing ends whenever anything of it changes: a practice is not newly active when its commissioner changes.
    """
    first, end = standing.period.lower, standing.period.upper
    same = [one.period for one in standings if getattr(one, fact) == getattr(standing, fact)]
    for period in reversed(same):
        first = period.lower if period.upper == first else first
    for period in same:
        end = period.upper if period.lower == end else end
    return first, end


def list_sizes(practice: Practice, asat: AsAt) -> list[ListSize]:
    """Every list size dated not later than the day, newest first, with those that a later import replaced."""
    sizes = ListSize.objects.filter(practice=practice, day__lte=asat.day)
    if asat.known_at:
        sizes = sizes.filter(recorded_at__lt=asat.known_at)
    return list(sizes.select_related("source").order_by("-day", "-recorded_at", "-pk"))


def counts(size: ListSize, asat: AsAt) -> bool:
    """Whether this list size is the one that counts for its day, now or as known on the page's day."""
    return size.superseded_at is None or (asat.known_at is not None and size.superseded_at >= asat.known_at)


LONGEST_STEP = timedelta(days=190)  # list sizes come monthly or quarterly; beyond this nothing was published


def with_gaps(points: Sequence[tuple[date, int]]) -> list[dict[str, Any]]:
    """The points as rows of a chart, oldest first, with a break where nothing was published for half a year."""
    rows: list[dict[str, Any]] = []
    for day, patients in points:
        if rows and day - rows[-1]["day"] > LONGEST_STEP:
            rows.append({"day": rows[-1]["day"] + timedelta(days=1), "patients": None})
        rows.append({"day": day, "patients": patients})
    return rows


def successors(user: Any, asat: AsAt, facts: Facts) -> list[tuple[str, str]]:
    """(code, name) of the active practices of the same commissioner, to choose a successor from."""
    visible: PracticeQuerySet = Practice.objects.visible_to(user, asat).with_details(asat.day, asat.known_at)
    visible = visible.exclude(pk=facts.practice.pk)
    same = visible.filter(status=Status.ACTIVE, commissioner_id=facts.standing.commissioner_id)
    return list(same.order_by("name", "pk").values_list("ods_code", "name"))


ANOTHER_PRACTICE = "another practice"  # one whose name the reader may not see


def successions(practice: Practice, user: Any, asat: AsAt) -> list[tuple[Succession, Practice | None, str]]:
    """Mergers and splits it was or is to be part of: the record, the other practice, and what that one was called.

    The other practice is None, and not named, for a person who may not see it.
    """
    found = list(successions_of(practice).held(asat.known_at).order_by("period", "pk"))
    others = [m.successor if m.predecessor_id == practice.pk else m.predecessor for m in found]
    details = PracticeDetail.objects.held(asat.known_at).filter(practice__in=others).order_by("period")
    names = dict(details.values_list("practice_id", "name"))
    seen = visible_practices(user, asat, [other.pk for other in others])
    return [
        (m, other, names.get(other.pk, other.ods_code)) if other.pk in seen else (m, None, ANOTHER_PRACTICE)
        for m, other in zip(found, others, strict=True)
    ]


def peers(user: Any, asat: AsAt, facts: Facts) -> list[dict[str, Any]]:
    """The practices of its network that this person may see, itself included, largest first."""
    if facts.place is None:
        return []
    day, known = asat.day, asat.known_at
    visible: PracticeQuerySet = Practice.objects.visible_to(user, asat).with_details(day, known)
    visible = visible.with_network(day, known).with_list_size(day, known)
    rows = visible.filter(chin_id=facts.place.pk).order_by(F("patients").desc(nulls_last=True), "pk")
    return list(rows.values("ods_code", "name", "patients", "list_day", "status"))


def contacts_of(practice: Practice) -> QuerySet[Contact]:
    """Its contact log, withdrawn entries included."""
    return Contact.objects.filter(practice=practice)


def contacts(practice: Practice, asat: AsAt) -> list[Contact]:
    """The contact log up to the day, newest first, withdrawn entries included."""
    log = contacts_of(practice).filter(day__lte=asat.day)
    if asat.known_at:
        log = log.filter(recorded_at__lt=asat.known_at)
    return list(log.select_related("made_by").order_by("-day", "-pk"))


def practice_history(
    practice: Practice, user: Any, asat: AsAt, *, contacts: bool, limit: int | None = None
) -> list[history.Entry]:
    """Who changed what of the practice, newest first; its contact log too for those who may see that.

    Nothing is told of mergers with, and splits from, practices this person may not see.
    """
    log = contacts_of(practice)
    both = successions_of(practice)
    seen = visible_practices(user, asat, chain.from_iterable(both.values_list("predecessor", "successor")))
    return history.entries(
        *(
            model.objects.filter(practice=practice)
            for model in (PracticeDetail, PracticeStanding, FederationMembership)
        ),
        both.filter(predecessor__in=seen, successor__in=seen),
        *([log] if contacts else []),
        *networks().history(practice),
        limit=limit,
    )


def first_seen(ods_code: str) -> date | None:
    """The first day the portal holds the practice to be in the register."""
    standings = PracticeStanding.objects.held().filter(practice__ods_code=ods_code).order_by("period")
    first = standings.first()
    return first.first_day if first else None


def commissioner_on(practice: Practice, day: date) -> Commissioner:
    """Whose the practice is on a day when it is in the register."""
    return Commissioner.objects.get(standings__in=PracticeStanding.objects.as_at(day).filter(practice=practice))


# Commissioners ---------------------------------------------------------------------------------------


def commissioners_seen(user: Any) -> CommissionerQuerySet:
    """The commissioners whose register this person may see, by name."""
    commissioners: CommissionerQuerySet = Commissioner.objects.visible_to(user)
    return commissioners


def commissioners_where(user: Any, action: Action) -> CommissionerQuerySet:
    """The commissioners for the whole of which this person may do that, by name."""
    commissioners: CommissionerQuerySet = Commissioner.objects.granting(user, action)
    return commissioners


def other_commissioners(than: Commissioner) -> QuerySet[Commissioner]:
    """All commissioners but one, to hand a practice to."""
    return Commissioner.objects.exclude(pk=than.pk).order_by("short_name", "pk")


def listed_commissioners(user: Any, asat: AsAt) -> CommissionerQuerySet:
    """The commissioners this person sees.

    `practices`: how many are active on the day. `programme`: whether it takes part, yes or no.
    """
    active = PracticeStanding.objects.as_at(asat.day, asat.known_at).filter(
        commissioner=OuterRef("pk"), status=Status.ACTIVE
    )
    counted = active.order_by().values("commissioner").annotate(n=Count("pk")).values("n")
    return commissioners_seen(user).annotate(
        practices=Coalesce(Subquery(counted), 0),
        programme=Case(When(in_programme=True, then=Value("yes")), default=Value("no")),
    )


def programme_counts(commissioners: QuerySet[Commissioner]) -> tuple[int, int]:
    """How many they are, and how many of them take part in the programme."""
    counted = commissioners.aggregate(all=Count("pk"), inside=Count("pk", filter=Q(in_programme=True)))
    return counted["all"], counted["inside"]


def band_words(commissioner: Commissioner) -> str:
    """The band as people say it; empty where none is set."""
    low, high = commissioner.band_low, commissioner.band_high
    if low is not None and high is not None:
        return f"{words.number(low)} to {words.number(high)} patients"
    if low is not None:
        return f"{words.number(low)} patients or more"
    return f"{words.number(high)} patients or fewer" if high is not None else ""


def commissioner_history(commissioner: Commissioner) -> list[history.Entry]:
    """Who changed its settings and its federations and released its names, newest first."""
    return history.entries(
        Commissioner.objects.filter(pk=commissioner.pk),
        federations_of(commissioner),
        names_releases_of(commissioner),
    )


def federations_of(commissioner: Commissioner) -> QuerySet[Federation]:
    return Federation.objects.filter(commissioner=commissioner)


def federations(commissioner: Commissioner, asat: AsAt) -> QuerySet[Federation]:
    """Its federations, each with `practices`: how many are members on the day."""
    return _with_practices(federations_of(commissioner), asat)


def _with_practices(federations: QuerySet[Federation], asat: AsAt) -> QuerySet[Federation]:
    members = FederationMembership.objects.as_at(asat.day, asat.known_at).filter(federation=OuterRef("pk"))
    counted = members.order_by().values("federation").annotate(n=Count("pk")).values("n")
    return federations.annotate(practices=Coalesce(Subquery(counted), 0))


def federations_seen(user: Any, asat: AsAt) -> QuerySet[Federation]:
    """Those the person may see, each with `practices`: how many are members on the day."""
    return _with_practices(Federation.objects.visible_to(user), asat).select_related("commissioner")


def federation_history(federation: Federation) -> list[history.Entry]:
    return history.entries(Federation.objects.filter(pk=federation.pk))


def federations_to_join(commissioner: Commissioner) -> QuerySet[Federation]:
    """Those of the commissioner, and of the ones it took over from."""
    return Federation.objects.filter(Q(commissioner=commissioner) | Q(commissioner__successor=commissioner))


def unplaced_count(commissioner: Commissioner, asat: AsAt) -> int:
    """How many active practices of the commissioner are in no network today."""
    unplaced: PracticeQuerySet = Practice.objects.unplaced(asat.today)
    return unplaced.filter(commissioner_id=commissioner.pk).count()


def names_releases_of(commissioner: Commissioner) -> DatedQuerySet:
    """Every version of its releases of names, whether it still holds or not."""
    return NamesRelease.objects.filter(commissioner=commissioner)


def names_releases(commissioner: Commissioner, asat: AsAt) -> list[NamesRelease]:
    """Releases of names in force on the day or later, as held now."""
    held = names_releases_of(commissioner).held()
    return [release for release in held.order_by("period") if not release.last_day or release.last_day >= asat.today]
