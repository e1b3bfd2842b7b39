"""The board's figures, each with its parts, the rows behind them, and its sources."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.urls import reverse

from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import EARLIEST
from cc2h.kit.figures import Figure, Part, Source, ratio_percent
from cc2h.kit.links import with_query
from chins.coverage import ChangePart, ChinCoverage, Coverage, Decomposition, Projection
from chins.models import ChinState
from chins.workflow import COUNTED, ChinStatus
from practices.models import Commissioner

COUNTING = "operational, approved or proposed"


PLACE = "the-key"  # stands in an address for what it is about


@dataclass(frozen=True)
class Rows:
    """Where the rows behind a commissioner's figures are, as at the reader's day or another one.

    Each kind of path is worked out once, whatever the day: a dashboard has dozens.
    """

    asat: AsAt
    commissioner: Commissioner
    _addresses: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    _days: dict[date, "Rows"] = field(default_factory=dict, compare=False, repr=False)

    def on(self, day: date) -> "Rows":
        """The same rows as at another day."""
        if day not in self._days:
            self._days[day] = replace(self, asat=replace(self.asat, day=day), _addresses={}, _days={})
        return self._days[day]

    def coverage(self, **query: Any) -> str:
        """Practices and patients by CHIN: one row a CHIN, and one for those in none."""
        return self._url("chins:coverage_rows", self.commissioner.ods_code, query)

    def changes(self, since: date, **query: Any) -> str:
        """What changed since a day, a row a change."""
        return self._url("board:changes", self.commissioner.ods_code, {"since": since.isoformat(), **query})

    def still_to_join(self, **query: Any) -> str:
        """Practices in no CHIN, with the joins that are planned."""
        return self._url("board:still_to_join", self.commissioner.ods_code, query)

    def chin(self, slug: str) -> str:
        """A CHIN's page."""
        return self._url("chins:chin_detail", slug, {})

    def members(self, slug: str) -> str:
        """The practices of a CHIN in the list of practices."""
        if "members" not in self._addresses:
            query = {"chin": PLACE, **self.asat.query()}
            self._addresses["members"] = with_query(reverse("practices:practice_list"), query)
        return self._addresses["members"].replace(PLACE, slug)

    def _url(self, name: str, key: str, query: dict[str, Any]) -> str:
        if name not in self._addresses:
            self._addresses[name] = reverse(name, args=[PLACE])
        asked = " ".join([name, key, *map(str, query.items())])
        if asked not in self._addresses:
            address = self._addresses[name].replace(PLACE, key)
            self._addresses[asked] = with_query(address, {**query, **self.asat.query()})
        return self._addresses[asked]

    def part(self, name: str, value: Any, measure: str, url: str, unit: str = "") -> Part:
        """A part whose rows are at `url`, and as CSV at the same address with format=csv."""
        return Part(
            name=name,
            value=value,
            unit=unit,
            url=url,
            csv=as_csv(url),
            measure=measure,
        )


def as_csv(url: str) -> str:
    """The address of the same rows as CSV."""
    return f"{url}{'&' if '?' in url else '?'}format=csv"


def word(commissioner: Commissioner, count: int = 1) -> str:
    """What this commissioner calls a CHIN, or several."""
    return commissioner.local_word if count == 1 else commissioner.local_word_plural


def capital(text: str) -> str:
    """The text with its first letter as a capital: a local word at the beginning of a line."""
    return text[:1].upper() + text[1:]


def sources(coverage: Coverage, rows: Rows) -> tuple[Source, ...]:
    """Where list sizes come from, and from which day."""
    if coverage.extract_day is None:
        return ()
    return (Source(label=f"list sizes of {words.day(coverage.extract_day)}", url=rows.coverage()),)


def notes(coverage: Coverage) -> str:
    """What a reader must know of the lists behind the numbers, in sentences."""
    said = []
    if coverage.carried_forward:
        has = "has" if coverage.carried_forward == 1 else "have"
        said.append(
            f"{words.plural(coverage.carried_forward, 'practice')} {has} no list of that day: the newest earlier one counts."
        )
    if coverage.without_list:
        has = "has" if coverage.without_list == 1 else "have"
        said.append(
            f"{words.plural(coverage.without_list, 'practice')} {has} no list at all: counted as a practice, with 0 patients."
        )
    return " ".join(said)


def population(
    coverage: Coverage,
    rows: Rows,
    label: str = "",
    then: Coverage | None = None,
) -> Figure:
    """Patients in a CHIN, percent of all registered patients; behind it what it was `then`, and the difference."""
    name = word(coverage.commissioner)
    key = f"population-{coverage.commissioner.ods_code}"
    return Figure(
        key=key,
        label=label or f"Patients in a {name}",
        kind="ratio",
        value=coverage.population_percent,
        unit="%",
        as_at=coverage.day,
        known=rows.asat.known,
        formula=f"Registered patients of open practices that are in a {name} which is {COUNTING}, divided by "
        "registered patients of all open practices. Each practice counts with its newest list not later than the day.",
        parts=(
            rows.part(f"Patients in a {name}", coverage.covered_patients, "sum:patients", rows.coverage(placed="in")),
            rows.part("All registered patients", coverage.patients, "sum:patients", rows.coverage()),
        ),
        sources=sources(coverage, rows),
        computed_at=coverage.computed_at,
        note=notes(coverage),
        beside=_by_status(coverage, rows, key, "patients"),
        behind=_since(coverage, then, rows) if then else (),
    )


def _by_status(coverage: Coverage, rows: Rows, key: str, basis: str) -> tuple[Figure, ...]:
    """Patients or practices (the `basis`) in CHINs of each state, percent of all: operational always, others if any."""
    names, of = word(coverage.commissioner, 2), "Registered patients" if basis == "patients" else "Open practices"
    whole = coverage.patients if basis == "patients" else coverage.practices
    shares = []
    for status in COUNTED:
        practices, patients = coverage.by_status[status.value]
        if status is not ChinStatus.OPERATIONAL and not practices:
            continue
        state = status.label.lower()
        number = patients if basis == "patients" else practices
        part = rows.part(
            f"{capital(basis)} in {state} {names}", number, f"sum:{basis}", rows.coverage(chin_status=status.value)
        )
        shares.append(
            Figure(
                key=f"{key}-{status.value}",
                label="Operational alone" if status is ChinStatus.OPERATIONAL else status.label,
                kind="ratio",
                value=ratio_percent(number, whole),
                unit="%",
                formula=f"The same for {state} {names} alone.",
                parts=(part, rows.part(f"{of}, all", whole, f"sum:{basis}", rows.coverage())),
            )
        )
    return tuple(shares)


def _since(now: Coverage, then: Coverage, rows: Rows) -> tuple[Figure, ...]:
    """Patients in a CHIN on another day, and how many points that is from now; nothing while either is not known."""
    if now.population_percent is None or then.population_percent is None:
        return ()
    before = rows.on(then.day)
    figure = population(then, before)
    was = replace(figure, key=f"{figure.key}-then", label=f"On {words.day(then.day)}", beside=())
    change = Figure(
        key=f"{figure.key}-change",
        label=f"Change since {words.day(then.day)}",
        kind="difference",
        value=now.population_percent - then.population_percent,
        unit="points",
        formula="The one percentage less the other.",
        parts=tuple(
            Part(name=words.day(of.day), value=of.population_percent, unit="%", url=whence.coverage())
            for of, whence in ((now, rows), (then, before))
        ),
    )
    return was, change


def practices(coverage: Coverage, rows: Rows) -> Figure:
    """Practices in a CHIN, percent of all open practices."""
    name = word(coverage.commissioner)
    return Figure(
        key="practices",
        label=f"Practices in a {name}",
        kind="ratio",
        value=coverage.practices_percent,
        unit="%",
        as_at=coverage.day,
        known=rows.asat.known,
        formula=f"Open practices that are in a {name} which is {COUNTING}, divided by all open practices.",
        parts=(
            rows.part(
                f"Practices in a {name}", coverage.covered_practices, "sum:practices", rows.coverage(placed="in")
            ),
            rows.part("All open practices", coverage.practices, "sum:practices", rows.coverage()),
        ),
        computed_at=coverage.computed_at,
        beside=_by_status(coverage, rows, "practices", "practices"),
    )


def _of(coverage: Coverage, rows: Rows, key: str, label: str, kind: Any, value: Any, **facts: Any) -> Figure:
    return Figure(
        key=key,
        label=label,
        kind=kind,
        value=value,
        as_at=coverage.day,
        known=rows.asat.known,
        computed_at=coverage.computed_at,
        **facts,
    )


def all_practices(coverage: Coverage, rows: Rows) -> Figure:
    """Open practices."""
    part = rows.part("Open practices", coverage.practices, "sum:practices", rows.coverage())
    formula = "Practices whose status is active on the day, counted."
    return _of(
        coverage, rows, "all-practices", "Open practices", "count", coverage.practices, parts=(part,), formula=formula
    )


def covered_practices(coverage: Coverage, rows: Rows) -> Figure:
    """Open practices in a CHIN."""
    name = word(coverage.commissioner)
    part = rows.part(f"Practices in a {name}", coverage.covered_practices, "sum:practices", rows.coverage(placed="in"))
    formula = f"Open practices in a {name} which is {COUNTING} on the day, counted."
    return _of(
        coverage,
        rows,
        "covered-practices",
        f"Practices in a {name}",
        "count",
        coverage.covered_practices,
        parts=(part,),
        formula=formula,
    )


def all_patients(coverage: Coverage, rows: Rows) -> Figure:
    """Registered patients of open practices."""
    part = rows.part("Registered patients", coverage.patients, "sum:patients", rows.coverage())
    return _of(
        coverage,
        rows,
        "all-patients",
        "Registered patients",
        "count",
        coverage.patients,
        parts=(part,),
        formula="The registered patients of all open practices, added up.",
        sources=sources(coverage, rows),
        note=notes(coverage),
    )


def chins(coverage: Coverage, rows: Rows) -> Figure:
    """CHINs that count, by state."""
    names = word(coverage.commissioner, 2)
    by_state = {status: sum(chin.status == status for chin in coverage.chins) for status in COUNTED}
    return _of(
        coverage,
        rows,
        "chins",
        capital(names),
        "count",
        len(coverage.chins),
        formula=f"{capital(names)} that are {COUNTING} on the day, counted.",
        parts=tuple(
            rows.part(str(status.label), number, "count", rows.coverage(chin_status=status.value, of="own"))
            for status, number in by_state.items()
        ),
    )


def still_to_join(coverage: Coverage, rows: Rows) -> Figure:
    """Practices in no CHIN; behind it their patients."""
    name = word(coverage.commissioner)
    part = rows.part("Practices still to join", coverage.uncovered_practices, "sum:practices", rows.still_to_join())
    return _of(
        coverage,
        rows,
        "still-to-join",
        "Practices still to join",
        "count",
        coverage.uncovered_practices,
        parts=(part,),
        formula=f"Open practices that are in no {name} on the day, counted.",
        behind=(patients_to_join(coverage, rows),),
    )


def patients_to_join(coverage: Coverage, rows: Rows) -> Figure:
    """Registered patients of practices in no CHIN."""
    part = rows.part(
        "Patients of practices still to join", coverage.uncovered_patients, "sum:patients", rows.still_to_join()
    )
    return _of(
        coverage,
        rows,
        "patients-to-join",
        "Patients of practices still to join",
        "count",
        coverage.uncovered_patients,
        parts=(part,),
        formula="Their registered patients, added up.",
    )


def _chin(coverage: Coverage, slug: str) -> ChinCoverage | None:
    return next((chin for chin in coverage.chins if chin.slug == slug), None)


def chin_patients(coverage: Coverage, rows: Rows, slug: str) -> Figure | None:
    """Registered patients of one CHIN; None when it does not count on the day."""
    if (chin := _chin(coverage, slug)) is None:
        return None
    part = rows.part(f"Patients of {chin.name}", chin.patients, "sum:patients", rows.members(slug))
    return _of(
        coverage,
        rows,
        f"patients-{slug}",
        f"Patients of {chin.name}",
        "count",
        chin.patients,
        parts=(part,),
        formula="The registered patients of its open practices, added up.",
        sources=sources(coverage, rows),
    )


def chin_practices(coverage: Coverage, rows: Rows, slug: str) -> Figure | None:
    """Practices of one CHIN; None when it does not count on the day."""
    if (chin := _chin(coverage, slug)) is None:
        return None
    part = rows.part(f"Practices in {chin.name}", chin.practices, "count", rows.members(slug))
    return _of(
        coverage,
        rows,
        f"practices-{slug}",
        f"Practices in {chin.name}",
        "count",
        chin.practices,
        parts=(part,),
        formula="Its open practices, counted.",
    )


def chin_share(coverage: Coverage, rows: Rows, slug: str) -> Figure | None:
    """One CHIN's patients, percent of all; None when it does not count on the day."""
    if (chin := _chin(coverage, slug)) is None:
        return None
    return _of(
        coverage,
        rows,
        f"share-{slug}",
        f"Share of {chin.name}",
        "ratio",
        ratio_percent(chin.patients, coverage.patients),
        unit="%",
        parts=(
            rows.part(f"Patients of {chin.name}", chin.patients, "sum:patients", rows.members(slug)),
            rows.part("All registered patients", coverage.patients, "sum:patients", rows.coverage()),
        ),
        formula="The registered patients of its open practices, divided by those of all open practices.",
        sources=sources(coverage, rows),
    )


def opening(state: ChinState, rows: Rows) -> Figure:
    """The day a CHIN became operational."""
    first = state.first_day
    url = rows.on(first).changes(EARLIEST, basis="state", kind=state.status, chin=state.chin.slug)
    return Figure(
        key=f"opening-{state.chin.slug}",
        label=f"{state.chin.name} operational",
        kind="date",
        value=first,
        as_at=rows.asat.day,
        known=rows.asat.known,
        parts=(rows.part("Operational from", first, "max:day", url),),
        formula="The first day on which it is recorded as operational.",
    )


def full_coverage(projected: Projection, rows: Rows) -> Figure:
    """The day on which every practice will be in a CHIN: the latest of the planned joins, once all have one."""
    joins = [out.joins for out in projected.out if out.joins]
    parts = []
    if joins:
        planned = words.plural(len(joins), "practice has", "practices have")
        parts.append(
            rows.part(
                f"The latest planned join ({planned} one)", max(joins), "max:joins", rows.still_to_join(planned="yes")
            )
        )
    if projected.undated:
        without = words.plural(projected.undated, "practice")
        parts.append(
            rows.part(f"{without} without a planned join", None, "max:joins", rows.still_to_join(planned="no"))
        )
    return Figure(
        key="full-coverage",
        label="Full coverage",
        kind="date",
        value=projected.day,
        as_at=projected.as_at,
        known=rows.asat.known,
        formula="The latest of the dated planned joins of the practices still out; none while one of them has no date.",
        parts=tuple(parts),
        note=" ".join(filter(None, [projected.reason, trend_words(projected), hindsight_words(rows.asat)])),
    )


def in_hindsight(asat: AsAt) -> bool:
    """Whether a past day is seen by what is held today, plans that were recorded later included."""
    return asat.known is None and asat.day < asat.today


def hindsight_words(asat: AsAt) -> str:
    """That plans are those held today, and how to see those of the day; blank where they are."""
    if not in_hindsight(asat):
        return ""
    return f"Plans are those held today; “as known on” {words.day(asat.day)} shows what was planned then."


def trend_words(projected: Projection) -> str:
    """Where the trend points, which is never the answer; blank when there is none."""
    if not projected.trend_formula or projected.complete:
        return ""
    if projected.trend_day is None:
        return f"The trend does not reach 100%: {projected.trend_formula}."
    return f"Beside it, the trend reaches 100% on {words.day(projected.trend_day)}: {projected.trend_formula}."


def change_figures(changes: Decomposition, rows: Rows) -> tuple[Figure, Figure]:
    """How many patients in a CHIN, and in all, came and went between two days: the parts sum to the change."""
    name = word(changes.commissioner)

    def figure(key: str, label: str, basis: str, parts: Sequence[ChangePart], change: int) -> Figure:
        return Figure(
            key=key,
            label=label,
            kind="sum",
            value=change,
            as_at=changes.last,
            known=rows.asat.known,
            formula=f"What each kind of change since {words.day(changes.first)} added or took, in patients.",
            parts=tuple(
                rows.part(
                    part.label.replace("CHIN", name),
                    part.patients,
                    "sum:change",
                    rows.changes(changes.first, basis=basis, kind=part.kind),
                )
                for part in parts
            ),
        )

    return (
        figure("covered-change", f"Change of patients in a {name}", "in", changes.covered, changes.covered_change[1]),
        figure("total-change", "Change of all registered patients", "all", changes.total, changes.total_change[1]),
    )
