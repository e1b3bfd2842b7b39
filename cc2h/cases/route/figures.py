"""How many cases wait at each stage, and how long answers take: figures that lead to their rows."""

from collections.abc import Sequence
from typing import NamedTuple

from cc2h.cases.route import wording
from cc2h.cases.route.queries import StageRow
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_before
from cc2h.kit.figures import Figure, Part
from cc2h.kit.links import link, with_query

MEDIAN = (
    "The middle one of the days from being asked to the answer, over the answers of the year up to {day}; "
    "of an even number, the mean of the two in the middle."
)


class Row(NamedTuple):
    """A stage, and what stands in its columns."""

    stage: StageRow
    href: str
    waiting: Part
    late: Part
    answered: Part
    median: Figure


def waiting(rows: Sequence[Row], asat: AsAt) -> Figure:
    """How many stages wait for an answer, with how the medians beside it are worked out."""
    return Figure(
        key="stages-waiting",
        label="Stages that wait for an answer",
        kind="count",
        value=sum(row.stage.waiting for row in rows),
        as_at=asat.day,
        formula="Every stage at which a case has been asked about and nothing final has been said yet, over all stages.",
        parts=[row.waiting._replace(name=f"{row.stage.name}, {wording.sums(row.stage).lower()}") for row in rows],
        behind=[row.median for row in rows],
    )


def rows(found: Sequence[StageRow], asat: AsAt) -> list[Row]:
    """A row for each stage at which anything waits, or was answered in the year."""
    return [_row(one, asat) for one in found if one.waiting or one.answered]


def _row(one: StageRow, asat: AsAt) -> Row:
    def rows_of(**query: str) -> str:
        return link(asat, "route:turn_list", query={"stage": one.key, "commissioner": one.commissioner, **query})

    def part(name: str, value: int, **query: str) -> Part:
        href = rows_of(**query)
        return Part(name, value, "", href, with_query(href, {"format": "csv"}))

    of_year = rows_of(state="year")
    days = Part("Days to answer", one.median, "days", of_year, with_query(of_year, {"format": "csv"}), "median:days")
    return Row(
        one,
        rows_of(),
        part("Waiting", one.waiting),
        part("Late", one.late, state="late"),
        part("Answered in the year", one.answered, state="year"),
        Figure(
            key=f"median-{one.commissioner}-{one.key}".lower(),
            label=f"Median days, {one.name}, {wording.sums(one).lower()}",
            kind="sum",
            value=one.median,
            unit="days",
            places=1,
            as_at=asat.day,
            formula=MEDIAN.format(day=words.day(asat.day)),
            parts=[days],
            note=f"Answers after {words.day(year_before(asat.day))}.",
        ),
    )
