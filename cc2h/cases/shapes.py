"""What the API answers about business cases. Amounts are pounds; null: not stated, which is not 0."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from cc2h.kit.api.shapes import FigureShape, Pounds, figures, pounds
from cc2h.kit.asat import AsAt


class CaseItem(msgspec.Struct):
    """A business case as at the day. `days`: in this state."""

    id: int
    number: str
    title: str
    chin: str
    chin_name: str
    commissioner: str
    topic: str
    outside: str
    state: str
    since: date
    days: int
    asked: Pounds | None


class CaseRef(msgspec.Struct):
    """A case by its number."""

    number: str
    title: str
    chin: str
    state: str
    since: date


class ColumnShape(msgspec.Struct):
    """A stage of the pipeline: its figures, and the cases that have been there longest."""

    stage: str
    title: str
    figures: list[FigureShape]
    unstated: int
    cases: list[CaseRef]


class PipelineShape(msgspec.Struct):
    """Cases by stage; those that are over by how they ended."""

    stages: list[ColumnShape]
    over: dict[str, int]


class MineItem(msgspec.Struct):
    """A case of one's own. `lacks`: how much it lacks before it can be submitted; null where nothing is to be written."""

    number: str
    title: str
    chin: str
    state: str
    since: date
    asked: Pounds | None
    lacks: int | None
    more_asked_of: list[str]
    next_day: date | None
    next: str


class MineShape(msgspec.Struct):
    cases: list[MineItem]


class LackShape(msgspec.Struct):
    """What lacks, and in which section."""

    section: str
    text: str


class SectionState(msgspec.Struct):
    """A section: whether it can be written now, its newest version, and what it lacks."""

    section: str
    title: str
    version: int
    state: str
    open: bool
    lacks: list[str]


class StepShape(msgspec.Struct):
    """Something that happened to the case."""

    event: str
    state: str
    day: date
    by: str
    post: str
    reason: str


class SubmissionItem(msgspec.Struct):
    """A submission, and the address of its paper once that is made."""

    submission: int
    day: date
    by: str
    form: str
    asked: Pounds
    sha256: str
    paper: int | None


class CaseShape(msgspec.Struct):
    """A business case: what is written, what lacks, what was submitted, what happened."""

    number: str
    title: str
    problem: str
    chin: str
    commissioner: str
    topic: str
    outside: str
    state: str
    since: date
    asked: Pounds | None
    form: str
    short_form_up_to: Pounds
    who_decides: str
    sections: list[SectionState]
    lacks: list[LackShape]
    authors: list[str]
    steps: list[StepShape]
    submissions: list[SubmissionItem]
    tried_by: list[CaseRef]


class PartShape(msgspec.Struct):
    """An answer in words: a text, or lines of cells under their columns."""

    label: str
    text: str
    columns: list[str]
    rows: list[list[str]]
    total: list[str] | None


class FrozenSection(msgspec.Struct):
    section: str
    title: str
    version: int
    parts: list[PartShape]


class SubmissionShape(msgspec.Struct):
    """A submission, word for word. `answers`: as they are kept, by section and field."""

    number: str
    submission: int
    title: str
    chin: str
    day: date
    by: str
    form: str
    asked: Pounds
    authors: list[str]
    sha256: str
    sections: list[FrozenSection]
    answers: dict[str, Any]


class SummaryShape(msgspec.Struct):
    """The case on one page."""

    number: str
    title: str
    asked: Pounds | None
    submission: int | None
    facts: dict[str, str]


class PieceShape(msgspec.Struct):
    """A piece of a text: the same, in (new) or out (gone)."""

    kind: str
    text: str


class DifferenceShape(msgspec.Struct):
    label: str
    pieces: list[PieceShape]


class VersionItem(msgspec.Struct):
    version: int
    at: datetime
    by: str
    done: bool


class VersionsShape(msgspec.Struct):
    """Versions of a section, the newest first, and what differs between two."""

    number: str
    section: str
    versions: list[VersionItem]
    shown: int | None
    against: int | None
    answers: dict[str, Any]
    differences: list[DifferenceShape]


class RuleShape(msgspec.Struct):
    from_day: date
    up_to: Pounds
    reason: str


class LimitsShape(msgspec.Struct):
    """Up to which sum the short form is enough on the day; the rules that were set, newest first."""

    commissioner: str
    up_to: Pounds
    rules: list[RuleShape]


def _name(person: Any) -> str:
    return person.name if person is not None else ""


def _ref(case: Any) -> CaseRef:
    state, since = getattr(case, "state_on", case.state), getattr(case, "since_on", case.since)
    return CaseRef(case.number, case.title, case.chin.slug, state, since)


def pipeline(context: Mapping[str, Any], asat: AsAt) -> PipelineShape:
    """What templates/cases/pipeline.html shows."""
    columns = [
        ColumnShape(
            one.stage.key,
            one.stage.title,
            figures([found[0]]),
            one.unknown,
            [_ref(case) for case in one.cases],
        )
        for one, found in context["columns"]
    ]
    return PipelineShape(columns, {state.value: int(part.value) for state, part in context["over"]})


def mine(context: Mapping[str, Any], asat: AsAt) -> MineShape:
    """What templates/cases/mine.html shows."""
    return MineShape(
        [
            MineItem(
                one.case.number,
                one.case.title,
                one.case.chin.slug,
                one.case.state_on,
                one.case.since_on,
                pounds(one.case.asked_on),
                one.lacks,
                [*one.reopened],
                one.next.day if one.next else None,
                one.next.what if one.next else "",
            )
            for one in context["mine"]
        ]
    )


def case(context: Mapping[str, Any], asat: AsAt) -> CaseShape:
    """What templates/cases/case.html shows."""
    one, written = context["case"], context["written"]
    return CaseShape(
        number=one.number,
        title=one.title,
        problem=one.problem,
        chin=one.chin.slug,
        commissioner=one.commissioner.ods_code,
        topic=one.topic,
        outside=one.excluded,
        state=one.state,
        since=one.since,
        asked=pounds(one.asked),
        form=written.length,
        short_form_up_to=pounds(written.limit),
        who_decides=context["who_decides"],
        sections=[
            SectionState(
                task.section.key,
                task.section.title,
                task.saved.number if task.saved else 0,
                task.state,
                task.open,
                [lack.text for lack in task.lacks],
            )
            for task in written.tasks
        ],
        lacks=[LackShape(lack.section, lack.text) for lack in written.lacks],
        authors=[author.person.name for author in context["authors"]],
        steps=[
            StepShape(step.event, step.after, step.day, _name(step.by), step.post, step.reason)
            for step in context["steps"]
        ],
        submissions=[
            SubmissionItem(
                sent.number,
                sent.day,
                _name(sent.by),
                sent.length,
                pounds(sent.asked),
                sent.sha256,
                paper,
            )
            for sent, paper in context["submissions"]
        ],
        tried_by=[_ref(tried.case) for tried in context["tried"]],
    )


def _part(part: Mapping[str, Any]) -> PartShape:
    if part["kind"] == "text":
        return PartShape(part["label"], part["text"], [], [], None)
    if part["kind"] == "rows":
        return PartShape(part["label"], "", [c["text"] for c in part["columns"]], part["rows"], part["total"])
    rows = [[one["label"], one["display"], one["formula"]] for one in part["figures"]]
    return PartShape(part["label"], "", [f"As at {part['as_at']}", "Figure", "How it is worked out"], rows, None)


def submission(context: Mapping[str, Any], asat: AsAt) -> SubmissionShape:
    """What templates/cases/submission.html shows."""
    one, document = context["submission"], context["document"]
    return SubmissionShape(
        number=document["number"],
        submission=one.number,
        title=document["title"],
        chin=document["chin"]["slug"],
        day=one.day,
        by=document["by"],
        form=one.length,
        asked=pounds(one.asked),
        authors=document["authors"],
        sha256=one.sha256,
        sections=[
            FrozenSection(part["key"], part["title"], part["version"], [_part(each) for each in part["parts"]])
            for part in document["sections"]
        ],
        answers=document["answers"],
    )


def summary(context: Mapping[str, Any], asat: AsAt) -> SummaryShape:
    """What templates/cases/summary_page.html shows."""
    one, found = context["case"], context["one_page"]
    return SummaryShape(one.number, one.title, pounds(found.asked), found.submission, dict(found.facts))


def versions(context: Mapping[str, Any], asat: AsAt) -> VersionsShape:
    """What templates/cases/versions.html shows."""
    new, old, section = context["new"], context["old"], context["section"]
    return VersionsShape(
        number=context["case"].number,
        section=section.key,
        versions=[VersionItem(one.number, one.at, _name(one.by), one.done) for one in context["versions"]],
        shown=new.number if new else None,
        against=old.number if old else None,
        answers=new.answers if new else {},
        differences=[
            DifferenceShape(one.label, [PieceShape(piece.kind, piece.text) for piece in one.pieces])
            for one in context["differences"]
        ],
    )


def limits(context: Mapping[str, Any], asat: AsAt) -> LimitsShape:
    """What templates/cases/form_length.html shows."""
    rules = [RuleShape(one.from_day, pounds(one.limit), one.reason) for one in context["rules"]]
    return LimitsShape(context["commissioner"].ods_code, pounds(context["limit"]), rules)
