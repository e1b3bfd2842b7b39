"""What the API answers about the assessment. null: not stated, or not known, which is not 0."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from budget.baseline import figures as numbers
from cc2h.kit.api.shapes import EntryShape, FigureShape, entries, figures
from cc2h.kit.asat import AsAt


class RoundItem(msgspec.Struct):
    """A round of the baseline assessment."""

    id: int
    round: str
    name: str
    commissioner: str
    opens: date
    due: date
    questions: int
    sent: int


class ProgressItem(msgspec.Struct):
    """A practice in a round, and how far it is."""

    id: int
    ods_code: str
    name: str | None
    chin: str | None
    chin_name: str | None
    state: str
    sections_saved: int
    sections_done: int
    sent_on: date | None
    late: bool


class VacancyItem(msgspec.Struct):
    """Vacant posts of a role, as a practice sent them in."""

    id: int
    ods_code: str
    practice: str
    chin: str | None
    chin_name: str | None
    role: str
    vacancies: int
    vacant_wte: float | None
    sent_on: date


class SectionShape(msgspec.Struct):
    """A section of a practice’s answers. answers: by the keys of its questions; null where this reader is not shown them."""

    section: str
    name: str
    state: str
    version: int
    saved_on: date | None
    by: str
    on_behalf: bool
    answers: dict[str, int | str | bool] | None


class AnswersShape(msgspec.Struct):
    """What a practice has answered in a round."""

    round: str
    ods_code: str
    name: str
    opens: date
    due: date
    state: str
    sent_on: list[date]
    sections: list[SectionShape]
    history: list[EntryShape]


class RollUpRow(msgspec.Struct):
    """A practice or a CHIN in a roll-up; its numbers by the columns of the CSV. “suppressed”: a small count, or its neighbour."""

    key: str
    name: str
    asked: int
    answered: int
    numbers: dict[str, int | float | str | None]


class RollUpShape(msgspec.Struct):
    """What was sent in, added up: of `answered` of `asked` practices."""

    round: str
    asked: int
    answered: int
    figures: list[FigureShape]
    rows: list[RollUpRow]


def answers(context: Mapping[str, Any], asat: AsAt) -> AnswersShape:
    one = context["one"]
    return AnswersShape(
        one.assessment.slug,
        one.practice.ods_code,
        str(one),
        one.assessment.opens,
        one.assessment.due,
        context["state"],
        [sent.day for sent in context["submissions"]],
        [
            SectionShape(
                task.section.key,
                task.section.name,
                task.state,
                task.saved.number if task.saved else 0,
                task.saved.day if task.saved else None,
                task.saved.who if task.saved else "",
                task.saved.on_behalf if task.saved else False,
                (task.saved.answers if task.saved else {}) if task.shown else None,
            )
            for task in context["tasks"]
        ],
        entries(context["history"]),
    )


def roll_up(context: Mapping[str, Any], asat: AsAt) -> RollUpShape:
    found = context["found"]
    first = numbers.HEADER.index("sent_in") + 1
    return RollUpShape(
        context["assessment"].slug,
        found.total.asked,
        found.total.answered,
        figures(context["cards"]),
        [
            RollUpRow(
                unit.key,
                unit.name,
                unit.asked,
                unit.answered,
                dict(zip(numbers.HEADER[first:], line[first:], strict=True)),
            )
            for unit, line in zip(found.units, numbers.lines(found), strict=True)
        ],
    )
