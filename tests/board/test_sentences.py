"""The sentences of the dashboard, from made-up coverage."""

from datetime import date
from typing import Any

import pytest

from cc2h.board import sentences
from cc2h.board.figures import Rows, population
from cc2h.board.sentences import Counted
from cc2h.kit.asat import AsAt
from chins.coverage import ChinCoverage, Coverage, Decomposition, Kind, PracticeChange, PracticeRow
from chins.coverage.changes import COVERED_KINDS, TOTAL_KINDS, ChangePart
from practices.models import Commissioner

THEN, NOW = date(2018, 3, 30), date(2018, 12, 6)
ENFIELD = Commissioner(
    ods_code="07X",
    short_name="Enfield",
    local_word="Health and Care Team",
    local_word_plural="Health and Care Teams",
)


def coverage(day: date, covered: int, whole: int, chins: int, out: int = 0, **facts: Any) -> Coverage:
    return Coverage(
        commissioner=facts.pop("commissioner", Commissioner(ods_code="07M", short_name="Barnet")),
        day=day,
        practices=10,
        covered_practices=10 - out,
        patients=whole,
        covered_patients=covered,
        chins=[chin(n) for n in range(chins)],
        **facts,
    )


def chin(number: int, status: str = "proposed") -> ChinCoverage:
    return ChinCoverage(chin_id=number, slug=f"chin-{number}", name=f"CHIN {number}", status=status)


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        (
            coverage(NOW, 884, 1000, 6, out=6),
            coverage(THEN, 380, 1000, 3),
            "Coverage rose from 38.0% to 88.4% of patients since 30 March 2018. Three CHINs became six. "
            "Six practices, 116 patients, are still to join.",
        ),
        (
            coverage(NOW, 370, 1000, 1, out=1),
            coverage(THEN, 380, 1000, 1),
            "Coverage fell from 38.0% to 37.0% of patients since 30 March 2018. There is still one CHIN. "
            "One practice, 630 patients, is still to join.",
        ),
        (
            coverage(NOW, 1000, 1000, 12),
            coverage(THEN, 1000, 1000, 0),
            "Coverage is 100.0% of patients, as it was on 30 March 2018. 12 CHINs were formed. "
            "Every practice is in a CHIN.",
        ),
        (
            coverage(NOW, 0, 0, 0, out=10, without_list=10),
            coverage(THEN, 0, 0, 0, out=10, without_list=10),
            "No list sizes are held for this day, so the share of patients is not known. There are no CHINs. "
            "Ten practices, no list held, are still to join.",
        ),
        (
            coverage(NOW, 1000, 1000, 1, out=1, without_list=1),
            coverage(THEN, 1000, 1000, 1),
            "Coverage is 100.0% of patients, as it was on 30 March 2018. There is still one CHIN. "
            "One practice, no list held, is still to join.",
        ),
        (
            coverage(NOW, 1000, 1000, 1, out=1),
            coverage(THEN, 1000, 1000, 1),
            "Coverage is 100.0% of patients, as it was on 30 March 2018. There is still one CHIN. "
            "One practice, 0 patients, is still to join.",
        ),
        (
            coverage(NOW, 500, 1000, 2, out=5, commissioner=ENFIELD),
            coverage(THEN, 0, 0, 1, commissioner=ENFIELD),
            "50.0% of patients are covered; no list sizes are held for 30 March 2018. "
            "One Health and Care Team became two. Five practices, 500 patients, are still to join.",
        ),
    ],
)
def test_the_headline(now: Coverage, then: Coverage, said: str) -> None:
    rows = Rows(AsAt(NOW, None, NOW), now.commissioner)
    assert in_text(sentences.headline(now, then, rows, population(now, rows, then=then))) == said


def in_text(sentence: sentences.Sentence) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in sentence)


def row(number: int, chin_id: int | None, patients: int = 100) -> PracticeRow:
    return PracticeRow(
        practice_id=number,
        ods_code=f"Z9900{number}",
        name=f"Surgery {number}",
        status="active",
        chin_id=chin_id,
        chin_slug=chin_id and f"chin-{chin_id}",  # type: ignore[arg-type]
        chin_name=chin_id and f"CHIN {chin_id}",  # type: ignore[arg-type]
        chin_status=chin_id and "proposed",  # type: ignore[arg-type]
        since=None,
        patients=patients,
        list_day=NOW,
        carried_forward=False,
    )


def change(before: PracticeRow | None, after: PracticeRow | None, practices: int, patients: int) -> PracticeChange:
    return PracticeChange(practices=practices, patients=patients, before=before, after=after)


def decomposition(covered: dict[Kind, Any], total: dict[Kind, Any], moved: Any = ()) -> Decomposition:
    return Decomposition(
        commissioner=Commissioner(ods_code="07M", short_name="Barnet"),
        first=THEN,
        last=NOW,
        known=None,
        before=[],
        after=[],
        covered=[ChangePart(kind=kind, rows=covered.get(kind, [])) for kind in COVERED_KINDS],
        total=[ChangePart(kind=kind, rows=total.get(kind, [])) for kind in TOTAL_KINDS],
        moved=moved,
    )


def told(found: Decomposition, now: int = 0, then: int = 0, may_name: bool = True) -> list[str]:
    rows = Rows(AsAt(NOW, None, NOW), found.commissioner)
    before, after = coverage(THEN, 0, 1, then), coverage(NOW, 0, 1, now)
    return [
        in_text(sentence)
        for sentence in sentences.changes(found, after, before, rows, may_name=lambda practice: may_name)
    ]


def test_nothing_changed() -> None:
    assert told(decomposition({}, {})) == []


def test_every_kind_of_change_is_told() -> None:
    joined = [change(row(n, None), row(n, 1), 1, 100) for n in (1, 2)]
    left = [change(row(3, 2), row(3, None), -1, -100)]
    total = {
        Kind.OPENED: [change(None, row(4, None), 1, 100)],
        Kind.CLOSED: [change(row(5, None), None, -1, -100)],
        Kind.MERGED: [change(row(6, None), None, -1, -100), change(row(7, None), row(7, None, 190), 0, 90)],
        Kind.CAME: [change(None, row(8, None), 1, 100)],
        Kind.WENT: [change(row(9, None), None, -1, -100)],
        Kind.DRIFT: [change(row(1, None), row(1, 1, 97), 0, -3)],
    }
    moved = [change(row(0, 1), row(0, 2), 0, 0)]
    found = decomposition({Kind.JOINED: joined, Kind.LEFT: left}, total, moved)
    assert told(found) == [
        "2 practices joined a CHIN: Surgery 1 and Surgery 2 in CHIN 1.",
        "1 practice left a CHIN and is in none now: Surgery 3.",
        "1 practice moved: Surgery 0 from CHIN 1 to CHIN 2.",
        "1 practice opened: Surgery 4.",
        "1 practice closed or became dormant: Surgery 5.",
        "1 practice merged into another: Surgery 6.",
        "1 practice came from another commissioner: Surgery 8.",
        "1 practice went to another commissioner: Surgery 9.",
        "Lists of practices that were there all along shrank by 3 patients.",
    ]
    assert not [sentence for sentence in told(found, may_name=False) if "Surgery" in sentence]


def test_each_that_joined_is_named_with_its_chin() -> None:
    joined = [change(row(n, None), row(n, chin_id), 1, 100) for n, chin_id in ((1, 2), (2, 1), (3, 2))]
    said = told(decomposition({Kind.JOINED: joined}, {}))
    assert said == ["3 practices joined a CHIN: Surgery 1 and Surgery 3 in CHIN 2 and Surgery 2 in CHIN 1."]


def test_many_practices_are_counted_by_chin() -> None:
    joined = [change(row(n, None), row(n, 1 if n < 3 else 2), 1, 100) for n in range(5)]
    assert told(decomposition({Kind.JOINED: joined}, {})) == ["5 practices joined a CHIN: 3 in CHIN 1 and 2 in CHIN 2."]


def test_states_of_chins() -> None:
    found = decomposition({}, {})
    rows = Rows(AsAt(NOW, None, NOW), found.commissioner)
    then, now = coverage(THEN, 0, 1, 0), coverage(NOW, 0, 1, 0)
    object.__setattr__(then, "chins", [chin(1), chin(2, "approved"), chin(3, "operational")])
    object.__setattr__(now, "chins", [chin(1, "approved"), chin(2, "approved"), chin(4), chin(5)])
    said = [
        "".join(piece if isinstance(piece, str) else "" for piece in sentence)
        for sentence in sentences.changes(found, now, then, rows, may_name=lambda practice: True)
    ]
    assert said == [
        "CHIN 1 went from proposed to approved. ",
        "CHIN 4 and CHIN 5 are new, and proposed. ",
        "CHIN 3 no longer counts. ",
    ]


def test_a_number_leads_to_its_rows() -> None:
    joined = [change(row(1, None), row(1, 1), 1, 100)]
    found = decomposition({Kind.JOINED: joined}, {})
    rows = Rows(AsAt(date(2018, 12, 6), None, date(2019, 1, 1)), found.commissioner)
    ((counted, *_),) = sentences.changes(found, coverage(NOW, 0, 1, 0), coverage(THEN, 0, 1, 0), rows, may_name=bool)
    assert isinstance(counted, Counted)
    assert counted.part.url == "/dashboard/07M/changes/?since=2018-03-30&kind=joined&basis=in&as_at=2018-12-06"
    assert counted.part.csv.endswith("&format=csv")
