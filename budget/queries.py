"""Reading the budget of a commissioner for a financial year, as at a day: few statements, however many entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, Max, Min, OuterRef, Q

from budget.kinds import EFFECTS, PROMISES, SUMS, stated_in_sql, sum_in_sql
from budget.models import Balance, Contribution, Entry, Growth, Line, Refusal, Request, Source
from cc2h.accounts.authority import GRANTS, Action
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.days import end_of_day, year_of
from cc2h.kit.together import Asking, Raw, alone
from chins.models import Chin, Deputy, Post, PostHolding
from practices.models import Commissioner
from practices.queries import commissioners_where

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Sums:
    """What has become of an allocation, in pounds and pence. allocated: None where it is not stated, which is not 0."""

    allocated: Decimal | None = None
    earmarked: Decimal = NOTHING
    committed: Decimal = NOTHING
    paid: Decimal = NOTHING
    delegated: Decimal = NOTHING  # of the allocation, to CHINs

    @property
    def left(self) -> Decimal | None:
        """What can still be promised; less than 0 where the allocation was cut below what is."""
        return None if self.allocated is None else self.allocated - self.earmarked - self.committed

    @property
    def overcommitted(self) -> bool:
        return self.left is not None and self.left < 0


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the budget in a year, and its sums with those of the CHINs it is delegated to."""

    line: Line
    sums: Sums


@dataclass(frozen=True, slots=True)
class Total:
    """Of several lines: the sums of what is known, and of how many lines the allocation is not stated."""

    sums: Sums
    unknown: int


@dataclass(frozen=True, slots=True)
class Budget:
    """The lines of a year inside the programme's budget and outside it, each with their total."""

    year: int
    inside: Sequence[Row]
    outside: Sequence[Row]

    @property
    def total(self) -> Total:
        return total_of(self.inside)

    @property
    def total_outside(self) -> Total:
        return total_of(self.outside)


def total_of(rows: Iterable[Row]) -> Total:
    """What the lines come to. The allocation is not stated where that of no line is."""
    found = [row.sums for row in rows]
    stated = [sums.allocated for sums in found if sums.allocated is not None]
    added = {name: sum((getattr(sums, name) for sums in found), NOTHING) for name in (*SUMS[1:], "delegated")}
    return Total(Sums(sum(stated, NOTHING) if stated else None, **added), len(found) - len(stated))


def budget(user: Any, commissioner: Commissioner, year: int, asat: AsAt) -> tuple["Years | None", Budget]:
    """The years of the lines that this person may see, and the budget of one of them: the lines are read once."""
    entered = ArraySubquery(Balance.objects.filter(line=OuterRef("pk")).order_by().values("year"))
    lines = list(
        lines_of(user, commissioner).annotate(entered=entered).select_related("source").order_by("place", "name", "pk")
    )
    known = [one for line in lines for one in (line.first_year, line.last_year, *line.entered) if one is not None]
    running = [
        line
        for line in lines
        if year in line.entered or line.first_year <= year <= (year if line.last_year is None else line.last_year)
    ]
    return Years(min(known), max(known)) if known else None, _budget(running, year, asat)


def budget_of(lines: Any, year: int, asat: AsAt) -> Budget:
    """The budget that these lines make in the year."""
    running = lines.running(year).select_related("source", "owner", "commissioner").order_by("place", "name", "pk")
    return _budget(list(running), year, asat)


def _budget(running: Sequence[Line], year: int, asat: AsAt) -> Budget:
    sums = sums_by_line([line.pk for line in running], year, asat)
    rows = [Row(line, sums.get(line.pk, Sums())) for line in running]
    return Budget(year, [row for row in rows if row.line.inside], [row for row in rows if not row.line.inside])


# The balances are what all entries come to; of an earlier day, or as known on one, the entries are added up.
_WHERE = """
    (%(lines)s::bigint[] IS NULL OR line_id = ANY(%(lines)s)) AND (%(chins)s::bigint[] IS NULL OR chin_id = ANY(%(chins)s))
    AND (%(year)s::int IS NULL OR year = %(year)s)
"""
_BY_BALANCE = f"""
    SELECT sum(allocated), sum(earmarked), sum(committed), sum(paid), sum(allocated) FILTER (WHERE chin_id IS NOT NULL), {{keys}}
    FROM budget_balance WHERE {_WHERE} GROUP BY {{keys}}
"""  # noqa: S608 - constants of ours
_BY_ENTRY = f"""
    SELECT CASE WHEN {stated_in_sql()} THEN {sum_in_sql("allocated")} END, {sum_in_sql("earmarked")},
           {sum_in_sql("committed")}, {sum_in_sql("paid")},
           sum(CASE kind WHEN 'delegated_out' THEN amount ELSE 0 END), {{keys}}
    FROM budget_entry
    WHERE {_WHERE} AND day <= %(day)s AND (%(known)s::timestamptz IS NULL OR recorded_at < %(known)s)
    GROUP BY {{keys}}
"""  # noqa: S608 - the sums are constants of ours
Key = Literal["line_id", "year", "chin_id"]


def sums_by_line(lines: Sequence[int], year: int, asat: AsAt) -> dict[int, Sums]:
    """The sums of each line in the year as at the day; a line without an entry is not among them."""
    return {line: sums for (line,), sums in sums_by("line_id", asat=asat, lines=lines, year=year).items()}


def sums_by(
    *keys: Key,
    asat: AsAt,
    lines: Sequence[int] | None = None,
    chins: Sequence[int] | None = None,
    year: int | None = None,
) -> dict[tuple[Any, ...], Sums]:
    """The sums as at the day by each of the keys, of these lines, CHINs and year, or of all where none are given.

    What nothing is entered for is not among them.
    """
    now = asat.known is None and asat.day >= asat.today
    given = {"lines": lines, "chins": chins}
    with connection.cursor() as cursor:
        cursor.execute(
            (_BY_BALANCE if now else _BY_ENTRY).format(keys=", ".join(keys)),
            {name: None if ids is None else list(ids) for name, ids in given.items()}
            | {"year": year, "day": asat.day, "known": asat.known_at},
        )
        return {tuple(found[5:]): Sums(*_known(found[:5])) for found in cursor.fetchall()}


def _known(found: Sequence[Decimal | None]) -> Iterable[Any]:
    allocated, *others = found
    return (allocated, *(NOTHING if value is None else value for value in others))


# Pages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Years:
    """The financial years that lines run in, or have entries for, from the first to the last."""

    first: int
    last: int

    def nearest(self, year: int) -> int:
        return min(max(year, self.first), self.last)

    def before(self, year: int) -> int | None:
        """The year to go back to; None where there is none."""
        return min(year - 1, self.last) if year > self.first else None

    def after(self, year: int) -> int | None:
        return max(year + 1, self.first) if year < self.last else None


def commissioners(user: Any) -> list[Any]:
    """Those whose whole budget this person may see, by name; has_lines: whether there is any."""
    lines = Line.objects.filter(commissioner=OuterRef("pk"))
    return list(commissioners_where(user, Action.VIEW_BUDGET).annotate(has_lines=Exists(lines)))


def lines_of(user: Any, commissioner: Commissioner) -> Any:
    """The lines of the commissioner that this person may see."""
    return Line.objects.visible_to(user).filter(commissioner=commissioner)


def years_of(lines: Any) -> Years | None:
    """The years of the lines; None where there are none."""
    found = lines.aggregate(
        first=Min("first_year"),
        begins=Max("first_year"),
        ends=Max("last_year"),
        entered_first=Min("balances__year"),
        entered=Max("balances__year"),
    )
    if found["first"] is None:
        return None
    known = [year for year in found.values() if year is not None]
    return Years(min(known), max(known))


def year_to_open(lines: Any, year: int) -> int:
    """The year a budget opens with: the last, up to this one, that anything is entered for; else the nearest.

    What is entered for lines inside the programme’s budget counts before what is entered for others.
    """
    had = lines.filter(balances__year__lte=year)
    last = had.aggregate(inside=Max("balances__year", filter=Q(inside=True)), any=Max("balances__year"))
    if last["any"] is not None:
        return int(last["any"] if last["inside"] is None else last["inside"])
    span = years_of(lines)
    return span.nearest(year) if span else year


_DOCUMENTS = """
    SELECT DISTINCT document FROM budget_entry
    WHERE line_id = ANY(%(lines)s) AND kind = ANY(%(kinds)s) AND document <> '' AND (%(year)s::int IS NULL OR year = %(year)s)
      AND (%(day)s::date IS NULL OR day <= %(day)s) AND (%(known)s::timestamptz IS NULL OR recorded_at < %(known)s)
    ORDER BY document
"""


def documents(lines: Iterable[int], asat: AsAt, year: int | None = None) -> list[str]:
    """The papers by which the lines were given their allocations."""
    return alone(documents_asked(lines, asat, year))


def documents_asked(lines: Iterable[int], asat: AsAt, year: int | None = None) -> Asking[list[str]]:
    """The same, asked together with other questions."""
    given: dict[str, Any] = {
        "lines": [*lines],
        "kinds": [kind.value for kind, effect in EFFECTS.items() if effect.allocated],
        "year": year,
        "day": asat.day if asat.day < asat.today else None,
        "known": asat.known_at,
    }
    rows = yield Raw(_DOCUMENTS, given)
    return [document for (document,) in rows]


class Growing(NamedTuple):
    """By how much a line is assumed to grow into a financial year; no percentage: by how much is not stated."""

    year: int
    percent: Decimal | None
    basis: str


def growing(lines: Iterable[Line], year: int = 0) -> dict[int, list[Growing]]:
    """By line, what each is assumed to grow by after the year."""
    found: dict[int, list[Growing]] = {line.pk: [] for line in lines}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line_id, year, percent, basis FROM budget_growth WHERE line_id = ANY(%s) AND year > %s ORDER BY year",
            [[*found], year],
        )
        for line, *one in cursor.fetchall():
            found[line].append(Growing(*one))
    return found


@dataclass(frozen=True, slots=True)
class Run:
    """A line over its years: what is allocated to each; None where that is not stated."""

    line: Line
    allocated: Mapping[int, Decimal | None]

    @property
    def last_known(self) -> int | None:
        """The last year whose allocation is known."""
        return max((year for year, amount in self.allocated.items() if amount is not None), default=None)


@dataclass(frozen=True, slots=True)
class Ending:
    """The lines that end with a financial year."""

    year: int
    runs: Sequence[Run]


def runs(lines: Any, years: Years, asat: AsAt) -> list[Run]:
    """Each line with the years it runs in."""
    found = list(lines.select_related("source").order_by("place", "name", "pk"))
    sums = sums_by("line_id", "year", asat=asat, lines=[line.pk for line in found])
    entered = {(line, year): one.allocated for (line, year), one in sums.items()}
    return [
        Run(
            line,
            {
                year: entered.get((line.pk, year))
                for year in range(years.first, years.last + 1)
                if line.first_year <= year <= (line.last_year or years.last) or (line.pk, year) in entered
            },
        )
        for line in found
    ]


def endings(several: Iterable[Run]) -> list[Ending]:
    """The lines by the year they end with, the first first."""
    by_year: dict[int, list[Run]] = {}
    for run in several:
        if run.line.last_year is not None:
            by_year.setdefault(run.line.last_year, []).append(run)
    return [Ending(year, by_year[year]) for year in sorted(by_year)]


@dataclass(frozen=True, slots=True)
class Delegated:
    """What a CHIN may use of a line in a year."""

    line: Line
    year: int
    chin: Chin
    sums: Sums


def delegated_to(user: Any, asat: AsAt) -> list[Delegated]:
    """What is delegated to the CHINs of this person's posts, the newest year first."""
    found = Balance.objects.delegated_to(user).select_related("line", "chin")
    ordered = list(found.order_by("-year", "chin__name", "line__place", "line__name", "pk"))
    chins = [one.chin_id for one in ordered if one.chin_id is not None]
    sums = sums_by("line_id", "year", "chin_id", asat=asat, chins=chins)
    return [
        Delegated(one.line, one.year, one.chin, sums[key])
        for one in ordered
        if one.chin is not None and (key := (one.line_id, one.year, one.chin_id)) in sums
    ]


def delegation(line: Line, year: int, asat: AsAt) -> list[Delegated]:
    """What of the line is delegated to each CHIN in the year."""
    sums = {chin: one for (chin,), one in sums_by("chin_id", asat=asat, lines=[line.pk], year=year).items()}
    chins = Chin.objects.filter(pk__in=[pk for pk in sums if pk is not None]).order_by("name", "pk")
    return [Delegated(line, year, chin, sums[chin.pk]) for chin in chins]


def years_of_line(line: Line, asat: AsAt) -> dict[int, Sums]:
    """The sums of each year that the line runs in, or that has entries."""
    entered = {year: sums for (year,), sums in sums_by("year", asat=asat, lines=[line.pk]).items()}
    last = max(line.first_year, year_of(asat.day)) if line.last_year is None else line.last_year
    return {year: entered.get(year, Sums()) for year in sorted({*range(line.first_year, last + 1), *entered})}


def find_line(user: Any, slug: str) -> Any:
    """The line as a queryset: of one, or none that this person may see."""
    lines = Line.objects.visible_to(user).filter(slug=slug)
    return lines.select_related("source", "commissioner", "owner")


def entries(user: Any, asat: AsAt) -> Any:
    """The entries that this person may see, with what they do."""
    return Entry.objects.visible_to(user).by(asat).with_effects(user)


def newest_entries(user: Any, line: Line, year: int, asat: AsAt, limit: int) -> list[Any]:
    return list(entries(user, asat).filter(line=line, year=year).order_by("-day", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class EntryChoices:
    """What entries can be filtered by: lines and CHINs as (slug, name), and financial years, the newest first."""

    lines: list[tuple[str, str]]
    chins: list[tuple[str, str]]
    years: list[int]


def entry_choices(user: Any) -> EntryChoices:
    """As far as this person may see entries; read from the balances, which are fewer."""
    found = Balance.objects.visible_to(user)
    lines = Line.objects.filter(Q(pk__in=Line.objects.visible_to(user).values("pk")) | Q(pk__in=found.values("line")))
    chins = Chin.objects.filter(pk__in=found.filter(chin__isnull=False).values("chin")).order_by("name", "pk")
    years = found.order_by("-year").values_list("year", flat=True).distinct()
    return EntryChoices(list(lines.values_list("slug", "name")), list(chins.values_list("slug", "name")), list(years))


def line_history(line: Line, limit: int | None = None) -> list[history.Entry]:
    """What was done to the line and its growth assumptions; its entries are a history themselves."""
    return history.entries(
        Line.objects.filter(pk=line.pk), Growth.objects.filter(line=line).select_related("line"), limit=limit
    )


def sources_history(sources: Iterable[Source], limit: int | None = None) -> list[history.Entry]:
    """What was done to these sources, and to what the parties to them put in."""
    ids = [one.pk for one in sources]
    puts = Contribution.objects.filter(source__in=ids)
    return history.entries(Source.objects.filter(pk__in=ids), puts, limit=limit)


# What can be chosen, and what is asked for --------------------------------------------------------------


def sources(user: Any) -> Any:
    """The sources of money that this person may see."""
    return Source.objects.visible_to(user).select_related("commissioner")


def sources_of(user: Any, commissioner: Commissioner) -> list[Source]:
    """Those of the commissioner, with what the parties to each put in."""
    return list(sources(user).filter(commissioner=commissioner).prefetch_related("contributions"))


def source_choices(commissioner: Commissioner) -> list[tuple[int, str]]:
    return list(Source.objects.filter(commissioner=commissioner).values_list("pk", "name"))


def source_by_number(pk: int) -> Source:
    source: Source = Source.objects.get(pk=pk)
    return source


def owner_choices(commissioner: Commissioner) -> list[tuple[int, str]]:
    """Posts that can own a line: the commissioner's own and those of its CHINs."""
    posts = Post.objects.filter(Q(commissioner=commissioner) | Q(chin__commissioner=commissioner))
    return [(post.pk, post.title) for post in posts.order_by("title", "pk")]


def owner_by_number(pk: int) -> Post:
    post: Post = Post.objects.get(pk=pk)
    return post


def chin_choices(commissioner: Commissioner) -> list[tuple[int, str]]:
    """The commissioner's CHINs."""
    return list(Chin.objects.filter(commissioner=commissioner).order_by("name", "pk").values_list("pk", "name"))


def chin_by_number(pk: int) -> Chin:
    chin: Chin = Chin.objects.get(pk=pk)
    return chin


def chins_by_numbers(pks: Sequence[int]) -> list[Chin]:
    return list(Chin.objects.filter(pk__in=pks).order_by("name", "pk"))


def other_lines(user: Any, line: Line) -> list[tuple[int, str]]:
    """The lines that money of this one can go to."""
    lines = Line.objects.visible_to(user).filter(commissioner=line.commissioner).exclude(pk=line.pk)
    return list(lines.values_list("pk", "name"))


def line_by_number(pk: int) -> Line:
    line: Line = Line.objects.get(pk=pk)
    return line


def entries_by_anybody(user: Any) -> Any:
    """The entries that this person may see, of whatever day."""
    return Entry.objects.visible_to(user).select_related("line", "line__commissioner", "chin")


def asked_for(user: Any) -> Any:
    """The virements and cuts that this person may see."""
    with_names = ("line", "line__commissioner", "taking", "asked_by", "decided_by")
    return Request.objects.visible_to(user).select_related(*with_names)


def reversible(line: Line, year: int) -> set[int]:
    """The newest of its commitments and earmarks that no other entry has reversed yet."""
    promises = Entry.objects.filter(line=line, year=year, kind__in=PROMISES, reversed_by=None)
    return set(promises.order_by("-day", "-pk").values_list("pk", flat=True)[:50])


def entries_of_request(asked: Request) -> list[Any]:
    """What was entered when it was agreed."""
    return list(asked.entries.select_related("line").order_by("pk"))


def who_agrees(line: Line, asat: AsAt, *, but: Any) -> list[str]:
    """Who may agree what `but` asks for on the line, today, by name."""
    return who_may(Action.AGREE_BUDGET, line, asat, but=but)


def who_may(action: Action, line: Line, asat: AsAt, *, but: Any) -> list[str]:
    """Who besides `but` may do it on the line, today, by name: holders of posts and their deputies."""
    roles = [role.value for role, grants in GRANTS.items() if action in grants]
    posts = Post.objects.filter(role__in=roles, commissioner=line.commissioner_id)
    holders = PostHolding.objects.as_at(asat.today).filter(post__in=posts, holder__is_active=True)
    deputies = Deputy.objects.as_at(asat.today).filter(post__in=posts, deputy__is_active=True)
    found = {*holders.values_list("holder", "holder__name"), *deputies.values_list("deputy", "deputy__name")}
    return sorted(name for pk, name in found if pk != but.pk)


@dataclass(frozen=True, slots=True)
class Changing:
    """What is left of a line now, and would be after a request."""

    line: Line
    before: Sums
    after: Decimal | None

    @property
    def fits(self) -> bool:
        return self.after is not None and self.after >= 0


def what_changes(asked: Request, asat: AsAt) -> list[Changing]:
    """Of each line that a request is about."""
    now = AsAt(asat.today, None, asat.today)
    lines = [(asked.line, -asked.amount)] + ([(asked.taking, asked.amount)] if asked.taking else [])
    sums = sums_by("line_id", asat=now, lines=[line.pk for line, _ in lines], year=asked.year)
    found = []
    for line, change in lines:
        before = sums.get((line.pk,), Sums())
        left = before.left if before.left is not None else (NOTHING if change > 0 else None)
        found.append(Changing(line, before, None if left is None else left + change))
    return found


def newest_contribution(source: Source) -> int:
    """The newest version of any of its contributions; 0 where it has none."""
    events = Contribution.pgh_event_models["insert"].objects.filter(pgh_obj__source=source)  # type: ignore[attr-defined]
    return int(events.aggregate(newest=Max("pgh_id"))["newest"] or 0)


def refusals(user: Any, asat: AsAt) -> Any:
    """What had been refused by the page's day, by commissioners whose claims this person may see."""
    found = Refusal.objects.visible_to(user).filter(at__lt=end_of_day(asat.day))
    return found.select_related("commissioner", "by")


def refused_kinds(found: Any) -> list[str]:
    """What was tried, of these."""
    return list(found.order_by("what").values_list("what", flat=True).distinct())
