"""How old the made-up patients are: files in the format of the quarterly lists by sex and age, twice a year."""

import calendar
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from cc2h.config.demonstration.chance import between, shares
from cc2h.config.demonstration.lists import REVISED_EXTRACT, Line, ListFile
from cc2h.config.demonstration.places import PLACES
from cc2h.kit.days import LONDON
from practices.importers.list_sizes import QUARTERLY_BESIDES, QuarterlyLists
from practices.models import AGE_BANDS

QUARTERS_TO = (3, 9)  # months
PUBLISHED_AFTER = timedelta(days=20)
USUAL = (7.4, 12.1, 11.6, 17.8, 16.2, 13.0, 9.6, 6.6, 5.7)  # percent of patients in each band
NAMES = {place.code: place.name for place in PLACES}


@dataclass(frozen=True)
class QuarterlyFile(ListFile):
    """The same lines as of the quarter's last month, with the ages."""

    kind: ClassVar[str] = QuarterlyLists.key

    @property
    def data(self) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        bands = (f"{sex} {band}" for band in AGE_BANDS for sex in ("Male", "Female"))
        writer.writerow([*QUARTERLY_BESIDES[:5], "PCO Code", "Practice Name", "Practice Code", *bands])
        for line in self.lines:
            where = (
                "LONDON",
                "Y56",
                "LONDON AREA TEAM",
                "Q71",
                NAMES[line.commissioner].upper(),
                f"{line.commissioner}00",
            )
            writer.writerow((*where, f"PRACTICE {line.code}", line.code, *(line.ages or ())))
        return text.getvalue().encode()


def quarterly(months: Iterable[ListFile], today: date) -> Iterator[QuarterlyFile]:
    """The quarterly files that go with the monthly ones and were published by today. A practice has as many patients
    in them as in the month's, so that nothing else changes."""
    for month in months:
        extract = month.extract
        if extract.month not in QUARTERS_TO or extract == REVISED_EXTRACT:
            continue
        last = extract.replace(day=calendar.monthrange(extract.year, extract.month)[1])
        published = datetime.combine(last + PUBLISHED_AFTER, time(9, 15), LONDON)
        if published.date() >= today:
            return
        lines = tuple(replace(line, ages=ages(line, extract)) for line in month.lines)
        name = f"Patient_List_Size_{extract.year}_{extract.month - 2:02}-{extract.month:02}.csv"
        yield QuarterlyFile(name, last, published, lines, month.missing)


def ages(line: Line, extract: date) -> tuple[int, ...]:
    """Patients by age and sex: some practices have a younger list, some an older one, and all grow older by a little."""
    lean = between(-0.5, 0.5, "older", line.code) + 0.01 * (extract.year - 2018)
    weights = [
        percent * (1 + lean * (place - 4) / 4) * between(0.93, 1.07, "age", line.code, place, sex)
        for place, percent in enumerate(USUAL)
        for sex in ("male", "female")
    ]
    return tuple(shares(line.patients, weights))
