"""Made-up values of a dozen measures, as files of the portal's own format would have brought them, month by month.

Planted for whoever looks: the D-QIST begins in CHIN 1 in January 2018, and more people there are at all three targets for
diabetes from February on; CHIN 2 opens in March 2018, and its emergency admissions fall from April on; two practices truly
differ from the others; one had a month of very many A&E attendances; and flu immunisation has numbers that are not told.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b, sha256
from math import sqrt
from uuid import uuid4

from django.db import connection

from cc2h.config.demonstration.chance import between
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.lists import FIRST_EXTRACT, ListFile, first_of_months
from cc2h.config.demonstration.places import BARNET
from cc2h.config.demonstration.story import REGISTER_MADE, Story
from cc2h.kit.days import LONDON
from cc2h.kit.models import Import, ImportChunk
from chins.models import Membership
from kpis import shipped
from kpis.models import Measure

KIND = "kpi_values"
HEADER = ("measure", "ods_code", "period", "numerator", "denominator", "value", "published")
MONTHLY_AFTER, QUARTERLY_AFTER, YEARLY_AFTER = timedelta(days=15), timedelta(days=40), timedelta(days=198)
SUPPORTED_FROM, OPENED_FROM, TUESDAYS_FROM = date(2018, 2, 1), date(2018, 4, 1), date(2018, 5, 1)
SUPPORTED, OPENED = "barnet-1", "barnet-2"
FAR_BELOW, FAR_ABOVE = "Z99032", "Z99019"  # of diabetes at target; of A&E attendances
SPIKE = ("Z99024", date(2018, 1, 31))
DEPRIVATION_OF, DEPRIVATION_TOLD = date(2015, 12, 31), date(2017, 3, 20)
TOO_SMALL = 5


def _chance(*words: object) -> float:
    """About a standard normal deviate that depends on the words alone."""
    digest = blake2b(" ".join(map(str, words)).encode(), digest_size=8).digest()
    parts = [int.from_bytes(digest[n : n + 2]) / 65536 for n in (0, 2, 4, 6)]
    return (sum(parts) - 2) * sqrt(3)


@dataclass(frozen=True)
class Made:
    """How a measure's values are made up. share: of how many there are (`of_patients` of the list), what is counted.

    spread: by how much practices differ (relative). season: added by calendar month. local: not published.
    """

    code: str
    share: float
    of_patients: float = 1.0
    spread: float = 0.08
    yearly: float = 0.0
    season: Mapping[int, float] | None = None
    local: bool = False
    noise: float = 1.0


_WINTER = {12: 0.06, 1: 0.08, 2: 0.04, 6: -0.03, 7: -0.03, 8: -0.06}
MONTHLY = (
    Made("diabetes-three-targets", 0.385, 0.066, spread=0.06, yearly=0.01, local=True, noise=0.6),
    Made("diabetes-eight-care-processes", 0.52, 0.066, spread=0.12, yearly=0.02, local=True, noise=0.6),
    Made("diabetes-hba1c-target", 0.63, 0.066, spread=0.05, yearly=0.005, local=True, noise=0.6),
    Made("ae-attendances", 0.0268, spread=0.09, season=_WINTER),
    Made("emergency-admissions", 0.0071, spread=0.08, yearly=0.01, season=_WINTER),
    Made("extended-access-minutes", 0.0305, spread=0.1, yearly=0.03, season={12: -0.06, 8: -0.04}, noise=4.0),
)
QUARTERLY = (Made("alcohol-brief-interventions", 0.0021, spread=0.3, yearly=0.05),)
YEARLY = (
    Made("diabetes-prevalence", 0.068, 0.8, spread=0.14, yearly=0.02),
    Made("hypertension-prevalence", 0.118, spread=0.13, yearly=0.005),
    Made("atrial-fibrillation-prevalence", 0.0125, spread=0.16, yearly=0.02),
    Made("ckd-prevalence", 0.0285, 0.78, spread=0.22),
    Made("copd-prevalence", 0.0112, spread=0.24),
    Made("smoking-prevalence", 0.152, 0.82, spread=0.18, yearly=-0.03),
    Made("hypertension-controlled", 0.772, 0.09, spread=0.035),
    Made("flu-immunisation", 0.46, 0.045, spread=0.1, yearly=0.01),
)
SURVEYS = (
    ("patient-satisfaction", 81.0, 6.0),
    ("patient-contact", 68.0, 9.0),
)  # percent, and by how many practices differ


@dataclass(frozen=True)
class Row:
    measure: str
    code: str
    ends: date
    numerator: int | None
    denominator: int | None
    value: float | None
    published: bool

    @property
    def suppressed(self) -> bool:
        return self.numerator is None and self.value is None


@dataclass(frozen=True)
class ValueFile:
    """A file of values of periods of one length, as published."""

    name: str
    ends: date
    months: int
    published: datetime
    rows: tuple[Row, ...]

    @property
    def data(self) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(HEADER)
        period = _period(self.ends, self.months)
        for row in self.rows:
            told = ("*" if row.suppressed else row.numerator, row.denominator, row.value)
            writer.writerow((row.measure, row.code, period, *told, "yes" if row.published else "no"))
        return text.getvalue().encode()


def _period(ends: date, months: int) -> str:
    if months == 1:
        return f"{ends:%Y-%m}"
    year = ends.year - (ends.month < 4)
    name = f"{year}/{(year + 1) % 100:02}"
    if months == 3:
        return f"{name} Q{(ends.month - 4) % 12 // 3 + 1}"
    return f"{ends.year}" if ends.month == 12 else name


def files(
    lists: Iterable[ListFile], members: Mapping[str, Callable[[date], set[str]]], today: date
) -> Iterator[ValueFile]:
    """Every file published up to the day, oldest first. members: by CHIN, who was in it on a day."""
    newest = {one.extract: one for one in lists}  # a revised file of a month comes after it
    found = [
        *_deprivation(newest[FIRST_EXTRACT]),
        *_monthly(newest, members),
        *_quarterly(newest),
        *_yearly(newest),
    ]
    yield from sorted((one for one in found if one.published.date() < today), key=lambda one: (one.published, one.name))


def _ends(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), LONDON)


def _monthly(lists: Mapping[date, ListFile], members: Mapping[str, Callable[[date], set[str]]]) -> Iterator[ValueFile]:
    for extract in first_of_months(FIRST_EXTRACT, max(lists)):
        ends = _ends(extract)
        supported, opened = members[SUPPORTED](ends), members[OPENED](ends)
        rows = []
        for line in lists[extract].lines:
            if line.commissioner != BARNET.code:
                continue
            for one in MONTHLY:
                times = 1.0
                if one.code == "diabetes-three-targets" and ends >= SUPPORTED_FROM and line.code in supported:
                    times = 1.17
                elif one.code == "diabetes-eight-care-processes" and ends >= TUESDAYS_FROM and line.code in supported:
                    times = 1.14
                elif one.code == "emergency-admissions" and ends >= OPENED_FROM and line.code in opened:
                    times = 0.88
                elif one.code.startswith("diabetes-three") and line.code == FAR_BELOW:
                    times = 0.62
                elif one.code == "ae-attendances" and line.code == FAR_ABOVE:
                    times = 1.45
                if one.code == "ae-attendances" and (line.code, ends) == SPIKE:
                    times = 1.8
                rows.append(_row(one, line.code, line.patients, ends, times))
        yield ValueFile(f"measures_{ends:%Y-%m}.csv", ends, 1, _at(ends + MONTHLY_AFTER), tuple(rows))


def _quarterly(lists: Mapping[date, ListFile]) -> Iterator[ValueFile]:
    for extract in first_of_months(FIRST_EXTRACT, max(lists)):
        ends = _ends(extract)
        if ends.month % 3 == 0:
            rows = [
                _counted(one, line.code, line.patients, ends)
                for line in lists[extract].lines
                if line.commissioner == BARNET.code
                for one in QUARTERLY
            ]
            yield ValueFile(f"measures_{ends:%Y-%m}_quarter.csv", ends, 3, _at(ends + QUARTERLY_AFTER), tuple(rows))


def _yearly(lists: Mapping[date, ListFile]) -> Iterator[ValueFile]:
    for year in range(FIRST_EXTRACT.year, max(lists).year + 1):
        ends = date(year, 3, 31)
        of = lists.get(max(ends.replace(day=1), FIRST_EXTRACT))
        if of is None:
            continue
        rows = []
        for line in of.lines:
            for one in YEARLY:
                times = 0.55 if one.code == "diabetes-prevalence" and line.code == FAR_BELOW else 1.0
                rows.append(_row(one, line.code, line.patients, ends, times))
            for code, percent, spread in SURVEYS:
                base = percent + spread * _chance(code, line.code) + 2.2 * _chance(code, line.code, ends)
                answers = round(between(70, 130, "answers", line.code, ends))
                told = round(min(max(base, 20.0), 99.0), 1)
                rows.append(Row(code, line.code, ends, None, answers, told, True))
        yield ValueFile(f"measures_{year - 1}-{year % 100}.csv", ends, 12, _at(ends + YEARLY_AFTER), tuple(rows))


def _deprivation(lists: ListFile) -> Iterator[ValueFile]:
    rows = tuple(
        Row(
            "deprivation",
            line.code,
            DEPRIVATION_OF,
            None,
            None,
            round(max(4.0, 19 + 7 * _chance("imd", line.code)), 2),
            True,
        )
        for line in lists.lines
    )
    yield ValueFile("measures_deprivation_2015.csv", DEPRIVATION_OF, 12, _at(DEPRIVATION_TOLD), rows)


def _share(one: Made, code: str, ends: date) -> float:
    years = (ends - date(2018, 1, 1)).days / 365.25
    differs = 1 + one.spread * _chance(one.code, code)
    return one.share * differs * (1 + one.yearly * years) * (1 + (one.season or {}).get(ends.month, 0.0))


def _row(one: Made, code: str, patients: int, ends: date, times: float) -> Row:
    of = round(patients * one.of_patients * (1 + 0.12 * _chance("of", one.code.split("-")[0], code)))
    if one.of_patients == 1.0:
        of = patients
    expected = min(_share(one, code, ends) * times, 0.98)
    deviates = one.noise * sqrt(expected * (1 - expected) * max(of, 1)) * _chance(one.code, code, ends)
    counted = min(max(round(expected * of + deviates), 0), of)
    if one.code == "flu-immunisation" and counted < TOO_SMALL:
        return Row(one.code, code, ends, None, of, None, True)
    return Row(one.code, code, ends, counted, of, None, not one.local)


def _counted(one: Made, code: str, patients: int, ends: date) -> Row:
    expected = _share(one, code, ends) * patients
    counted = max(round(expected + sqrt(expected) * _chance(one.code, code, ends)), 0)
    told = None if 0 < counted < TOO_SMALL else counted
    return Row(one.code, code, ends, told, None, None, True)


def write(story: Story, lists: Iterable[ListFile], practices: Mapping[str, int], brought_by: int) -> None:
    """The library since the register was made, and every value published by the day of loading, with its file."""
    shipped.load(recorded_at=moment(REGISTER_MADE))
    published = [*files(lists, {slug: _members(story, slug) for slug in (SUPPORTED, OPENED)}, story.today)]
    measures = dict(Measure.objects.values_list("code", "pk"))
    contents = [one.data for one in published]
    imports = Import.objects.bulk_create(
        Import(
            kind=KIND,
            file_name=one.name,
            sha256=sha256(data).hexdigest(),
            size_bytes=len(data),
            state=Import.State.IMPORTED,
            uploaded_by_id=brought_by,
            uploaded_at=one.published - timedelta(minutes=2),
            decided_by_id=brought_by,
            merged_at=one.published,
            extract_day=one.ends,
            rows=len(one.rows),
            progress=100,
            act=uuid4(),
            findings={
                **dict.fromkeys(("changed", "unchanged", "closed", "missing", "problems", "held_back", "unknown"), 0),
                "new": len(one.rows),
                "totals": [],
                "changes": [],
                "notes": [],
            },
        )
        for one, data in zip(published, contents, strict=True)
    )
    ImportChunk.objects.bulk_create(
        ImportChunk(of=one, number=0, data=data) for one, data in zip(imports, contents, strict=True)
    )
    columns = (
        "measure_id, practice_id, ends, months, numerator, denominator, value, suppressed, published, source_id, "
        "row_number, recorded_at"
    )
    with connection.cursor() as cursor, cursor.copy(f"COPY kpis_practicevalue ({columns}) FROM STDIN") as copy:
        for file, source in zip(published, imports, strict=True):
            for line, row in enumerate(file.rows, 2):
                of = (measures[row.measure], practices[row.code], row.ends, file.months)
                told = (row.numerator, row.denominator, row.value, row.suppressed, row.published)
                copy.write_row((*of, *told, source.pk, line, file.published))


def _members(story: Story, chin: str) -> Callable[[date], set[str]]:
    known = [v for v in story.ledger.of(Membership) if v.known_until is None and v.facts["chin"] == chin]

    def on(day: date) -> set[str]:
        return {v.facts["practice"] for v in known if v.first <= day and (v.last is None or day <= v.last)}

    return on
