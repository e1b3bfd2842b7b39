"""Rounds of the baseline assessment, and answers that are whole."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from budget.baseline import services
from budget.baseline.models import Assessment, Submission
from budget.baseline.questions import BANDS, QUESTION_SETS, ROLES, section_of
from practices.models import Practice
from tests.factories.practices import CommissionerFactory

OPENS = date(2018, 10, 1)


class AssessmentFactory(DjangoModelFactory):
    """A round from October to December 2018."""

    class Meta:
        model = Assessment

    slug = factory.Sequence(lambda n: f"round-{n}")
    name = factory.Sequence(lambda n: f"Baseline assessment {n}")
    commissioner = factory.SubFactory(CommissionerFactory)
    opens = OPENS
    due = date(2018, 12, 21)


def workforce(**heads: int | tuple[int, int, int, int]) -> dict[str, Any]:
    """Answers of a whole section: of each role a headcount in the youngest band or one a band, half a WTE each; nobody else."""
    answers: dict[str, Any] = {}
    for role in ROLES:
        counts = heads.get(role, 0)
        bands = counts if isinstance(counts, tuple) else (counts, 0, 0, 0)
        answers[f"{role}_vacancies"] = 0
        if not any(bands):
            answers[f"{role}_nobody"] = True
        else:
            for band, count in zip(BANDS, bands, strict=True):
                answers[f"{role}_{band}_headcount"] = count
                answers[f"{role}_{band}_wte"] = f"{count / 2:.2f}"
    return answers


PRACTICE = {"name": "High Street", "address": "1 High Street", "list_size": 6_000, "answered_by": "Practice manager"}
ESTATES = {"rooms": 8, "rooms_used": 7, "tenure": "owned", "condition": "b", "access": "all", "spare_rooms": 1}
DIGITAL = {"system": "emis", "online": "planned", "video": "no", "wifi": "both", "sharing": "summary"}


def whole(**more: Any) -> dict[str, dict[str, Any]]:
    """Answers to every section."""
    staff = {"gp": (1, 2, 1, 2), "nurse": (0, 1, 1, 1), "admin": (3, 2, 2, 1)}
    return {
        "practice": PRACTICE,
        "workforce": workforce(**{**staff, **{k: v for k, v in more.items() if k in ROLES}})
        | {k: v for k, v in more.items() if k not in ROLES},
        "estates": ESTATES,
        "digital": DIGITAL,
    }


def save(
    assessment: Assessment, practice: Practice, key: str, answers: dict[str, Any], *, by: Any = None, done: bool = True,
    seen: int = 0, today: date = OPENS, **more: Any,
) -> Any:  # fmt: skip
    """A section is saved, over the version `seen`."""
    section = section_of(assessment.questions, key)
    assert section is not None
    return services.save_section(
        by=by, assessment=assessment, practice=practice, section=section, answers=answers, done=done, seen=seen,
        today=today, **more,
    )  # fmt: skip


def sent_in(
    assessment: Assessment, practice: Practice, *, by: Any = None, today: date = OPENS, **more: Any
) -> Submission:
    """A practice answers every section and sends them in. more: of the workforce."""
    answers = whole(**more)
    for section in QUESTION_SETS[assessment.questions]:
        save(assessment, practice, section.key, answers[section.key], by=by, today=today)
    return services.send(by=by, assessment=assessment, practice=practice, today=today)
