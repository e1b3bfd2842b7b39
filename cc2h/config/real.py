"""North Central London as it really is, from a folder of published NHS files.

Files of practices and networks go in the order of their days, so that each tells what had become true since the one
before; list sizes follow when every practice is known. Every file goes the way it would go through the browser: it is
stored, checked and merged, and what is already imported is left alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pghistory
from django.db import connection, transaction

from budget import shipped as budget
from budget.lcs import shipped as local_services
from cc2h.board.statements import record_statements
from cc2h.config.demonstration.loading import commissioners
from cc2h.governance import shipped as governance
from cc2h.kit import words, work
from cc2h.kit.imports import services
from cc2h.kit.models import Import
from cc2h.kit.sql import Sql
from kpis import shipped as measures
from practices.importers import LocalLists, details
from practices.importers.takeovers import NCL
from practices.models import Commissioner, PracticeStanding, Status
from practices.services import close_practice

# E83049 is on the list of 4 November 2025 and no longer among the practices of February 2026; no file states the day.
MERGED_ON = date(2026, 2, 1)
COMPLETE_SINCE = date(2025, 11, 4)  # the ICB's list of this day has every practice of the five boroughs


@dataclass(frozen=True)
class Step:
    """Files of one kind, in order, and what is said about them that they do not say."""

    pattern: str
    day: date | None = None


STEPS = (
    Step("ods/eccg_*.csv*"),
    Step("ods/epraccur_2016*"),
    Step("ods/epraccur_2021*"),
    Step("gp-list-sizes/gp-reg-pat-prac-map_*.csv*"),
    Step("ods/ePCN_*.xlsx"),
    Step("ods/epraccur_202[2-9]*"),
    Step("bsa-list-sizes/*.csv*"),
    Step("gp-list-sizes/gp-reg-pat-prac-all_*.csv*"),
    Step("ncl-icb/emis_list_size_*.csv*"),
    Step("geography/practice_coordinates_*.csv*"),
    Step("geography/*_boroughs_*.geojson*"),
    Step("geography/wards_*.geojson*"),
)

VALUES = (
    Step("qof/MAPPING_INDICATORS_*.csv*"),
    Step("qof/PREVALENCE_*.csv*"),
    Step("fingertips/*.csv*"),
    Step("gpps/*.csv*"),
    Step("nda/*.csv*"),
    Step("nhs-payments/*.csv*"),
    Step("qof/prevalencebyccg_*.csv*"),
    Step("benchmarks/*.csv*"),
)

MERGERS = Step("ncl-icb/practice_merges.csv*", day=MERGED_ON)


def load(data_dir: Path, log: Callable[[str], object] = print) -> None:
    """Build the register of North Central London from `data_dir`; a second time changes nothing.

    Raises ValidationError where the database holds the illustrative programme. Files that are not there are named.
    """
    with pghistory.context(load="real"):
        _commissioners()
        record_statements()
        budget.load()
        local_services.load()
        governance.load()
        measures.load()
        for step in STEPS:
            _import(data_dir, step, log)
        _boroughs_of_old()
        _close_those_no_longer_listed(log)
        _import(data_dir, MERGERS, log)
        for step in VALUES:
            _import(data_dir, step, log)
    work.sweep()


def _import(data_dir: Path, step: Step, log: Callable[[str], object]) -> None:
    paths = sorted(data_dir.glob(step.pattern))
    if not paths:
        log(f"Not there: {step.pattern}")
    for result in services.run(paths, day=step.day, only=(*NCL.followed, NCL.code)):
        log(_told(result))


def _told(result: services.Result) -> str:
    counts = ", ".join(
        f"{words.number(getattr(result, name))} {name}"
        for name in ("new", "changed", "unchanged", "closed")
        if getattr(result, name)
    )
    problems = f"; {words.plural(result.problem_count, 'problem')}" if result.problem_count else ""
    return f"{Path(result.file).name}: {result.status}, {words.plural(result.rows, 'row')}: {counts or 'nothing'}{problems}"


@transaction.atomic
def _commissioners() -> None:
    """The five CCGs, and the one that followed them in April 2020."""
    if Commissioner.objects.filter(ods_code=NCL.code, predecessors__isnull=False).exists():
        return
    commissioners()
    ncl, _ = Commissioner.objects.update_or_create(
        ods_code=NCL.code,
        defaults={
            "name": NCL.name,
            "short_name": NCL.short_name,
            "opened": NCL.since,
            "local_word": NCL.local_word,
            "local_word_plural": NCL.local_word_plural,
            "in_programme": True,
        },
    )
    followed = Commissioner.objects.filter(ods_code__in=NCL.followed)
    followed.update(closed=NCL.since - timedelta(days=1), successor=ncl)


@transaction.atomic
def _boroughs_of_old() -> None:
    """A practice that no local list names was in the borough of the CCG it had: each of the five was one borough."""
    sql = Sql(connection.cursor(), ccgs=list(NCL.followed))
    sql.table(
        "good",
        """
        SELECT p.ods_code AS code, p.id AS practice_id, min(c.short_name) AS borough
        FROM practices_practice p
        JOIN practices_practicestanding t ON t.practice_id = p.id AND upper_inf(t.held)
        JOIN practices_commissioner c ON c.id = t.commissioner_id AND c.ods_code = ANY(%(ccgs)s)
        WHERE EXISTS (SELECT FROM practices_practicedetail d
                      WHERE d.practice_id = p.id AND upper_inf(d.held) AND d.borough = '')
        GROUP BY p.id HAVING count(DISTINCT c.id) = 1
        """,
    )
    details.plan(sql, {"borough": "CASE WHEN h.borough = '' THEN g.borough ELSE h.borough END"})
    details.lock(sql, "SELECT code FROM detail_wanted_keys")
    details.write(sql, by=None, reason="Borough of the CCG it had until March 2020")


def _close_those_no_longer_listed(log: Callable[[str], object]) -> None:
    """The newest ODS file is of June 2022, the ICB's own list of November 2025 has every practice of the five boroughs.

    An import never closes what a file does not mention. Here it is known that the list is complete, so a practice
    that is not on it has closed; when, no file says, and the list's day is taken.
    """
    listed = Import.objects.filter(kind=LocalLists.key, state=Import.State.IMPORTED).order_by("-extract_day").first()
    if listed is None or listed.extract_day is None or listed.extract_day < COMPLETE_SINCE:
        return
    gone = (
        PracticeStanding.objects.as_at(listed.extract_day)
        .filter(commissioner__ods_code=NCL.code)
        .exclude(status=Status.CLOSED)
        .exclude(practice__list_sizes__source=listed)
        .select_related("practice")
        .order_by("practice_id")
    )
    reason = f"Not on the ICB’s list of {words.day(listed.extract_day)}. The day it closed is in no file: the list’s day is taken."
    for standing in gone:
        close_practice(by=None, standing=standing, last=listed.extract_day - timedelta(days=1), reason=reason)
        log(f"{standing.practice}: closed, as it is not on the list of {words.day(listed.extract_day)}")
