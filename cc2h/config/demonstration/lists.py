"""Registered list sizes of the made-up practices, month by month, and files of them in the NHS's own format."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from cc2h.config.demonstration.chance import between
from cc2h.config.demonstration.ledger import Version
from cc2h.config.demonstration.places import PLACES
from cc2h.config.demonstration.story import MadeUpPractice, Story
from cc2h.kit.days import LONDON
from practices.importers.list_sizes import RegisteredPatients
from practices.models import PracticeDetail, PracticeStanding, Status

FIRST_EXTRACT = date(2017, 4, 1)
REFERENCE = date(2018, 1, 1)  # the extract on which the story's numbers of patients are exact
PUBLISHED_AFTER = timedelta(days=4)
NEW_COLUMN_NAMES_FROM = date(2022, 7, 1)
ONS_CODES = {place.code: place.ons_code for place in PLACES}

REVISED_EXTRACT, REVISED_ON = date(2018, 11, 1), date(2018, 11, 20)
COUNTED_TWICE = {"Z99023": 1.06, "Z99034": 1.04, "Z99210": 1.05}  # too many in the first file, put right in the second
LEFT_OUT = {date(2018, 10, 1): {"Z99011"}}  # not in the file: the value before it is carried forward
LEFT_OUT_OF_THE_NEWEST = "Z99115"


@dataclass(frozen=True)
class Line:
    """A practice's line in a file of registered patients; `ages` as ListSize has them, in a file that tells them."""

    code: str
    commissioner: str
    postcode: str
    patients: int
    ages: tuple[int, ...] | None = None


@dataclass(frozen=True)
class ListFile:
    """A published file of list sizes: `lines[0]` is on line 2, under the header."""

    kind: ClassVar[str] = RegisteredPatients.key
    name: str
    extract: date
    published: datetime
    lines: tuple[Line, ...]
    missing: int  # practices that should be in it and are not

    @property
    def data(self) -> bytes:
        return written(self.extract, self.lines)


def written(extract: date, lines: Iterable[Line]) -> bytes:
    """A file in the format of “Patients Registered at a GP Practice”, practice totals, of one extract day."""
    area = "SUB_ICB_LOCATION" if extract >= NEW_COLUMN_NAMES_FROM else "CCG"
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        f"PUBLICATION,EXTRACT_DATE,TYPE,{area}_CODE,ONS_{area}_CODE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS".split(",")
    )
    day = f"{extract:%d%b%Y}".upper()
    for x in lines:
        where = (x.commissioner, ONS_CODES.get(x.commissioner, ""), x.code, x.postcode)
        writer.writerow(("GP_PRAC_PAT_LIST", day, "GP", *where, "ALL", "ALL", x.patients))
    return text.getvalue().encode()


def file_name(extract: date) -> str:
    return f"gp-reg-pat-prac-all_{extract:%Y-%m}.csv"


def first_of_months(first: date, last: date) -> Iterator[date]:
    """The first of every month from `first` to `last`, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _months(day: date) -> int:
    return (day.year - REFERENCE.year) * 12 + day.month - REFERENCE.month


def own_patients(practice: MadeUpPractice, extract: date) -> float:
    """A practice's patients without those of practices that closed: a drift of its own, and small ups and downs."""
    drift = between(-0.006, 0.024, "drift", practice.code)
    jitter = 0.0 if extract == REFERENCE else between(-0.0012, 0.0012, "jitter", practice.code, extract)
    grown = 1.0
    if practice.opened > FIRST_EXTRACT:
        grown = min(1.0, 0.12 + 0.035 * (_months(extract) - _months(practice.opened)))
    return practice.patients * grown * (1 + drift) ** (_months(extract) / 12) * (1 + jitter)


def files(story: Story) -> Iterator[ListFile]:
    """Every file published up to the day of the story, oldest first."""
    standings = [v for v in story.ledger.of(PracticeStanding) if v.known_until is None]
    details = [v for v in story.ledger.of(PracticeDetail) if v.known_until is None]
    heirs: dict[str, list[tuple[str, float, date]]] = {}
    for heir in story.heirs:
        heirs.setdefault(heir.code, []).append((heir.of, heir.share, heir.day))
    newest = story.today.replace(day=1)

    def patients(code: str, extract: date) -> float:
        inherited = sum(share * patients(of, extract) for of, share, day in heirs.get(code, ()) if day <= extract)
        return own_patients(story.practices[code], extract) + inherited

    for extract in first_of_months(FIRST_EXTRACT, newest):
        left_out = LEFT_OUT.get(extract, set()) | ({LEFT_OUT_OF_THE_NEWEST} if extract == newest else set())
        postcodes = {v.facts["practice"]: v.facts["postcode"] for v in _on(details, extract)}
        lines = tuple(
            Line(code, v.facts["commissioner"], postcodes[code], round(patients(code, extract)))
            for v in sorted(_on(standings, extract), key=lambda v: v.facts["practice"])
            if v.facts["status"] == Status.ACTIVE and (code := v.facts["practice"]) not in left_out
        )
        published = min(
            datetime.combine(extract + PUBLISHED_AFTER, time(9, 15), LONDON),
            datetime.combine(story.today, time.min, LONDON),
        )
        name = file_name(extract)
        if extract != REVISED_EXTRACT:
            yield ListFile(name, extract, published, lines, len(left_out))
            continue
        yield ListFile(name, extract, published, tuple(_too_many(line, COUNTED_TWICE) for line in lines), len(left_out))
        revised = datetime.combine(REVISED_ON, time(9, 15), LONDON)
        yield ListFile(name.replace(".csv", "_revised.csv"), extract, revised, lines, len(left_out))


def _on(versions: Iterable[Version], day: date) -> Iterator[Version]:
    return (v for v in versions if v.first <= day and (v.last is None or day <= v.last))


def _too_many(line: Line, times: Mapping[str, float]) -> Line:
    too_many = round(line.patients * times.get(line.code, 1))
    return Line(line.code, line.commissioner, line.postcode, too_many)
