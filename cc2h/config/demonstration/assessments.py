"""The baseline assessment in the illustrative year: two practices have sent theirs in, several are at it. All made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from budget.baseline import services
from budget.baseline.models import Assessment, Delegation, Saved, Staffing, Submission
from budget.baseline.questions import BANDS, QUESTION_SETS, ROLES, SECTIONS, WORKFORCE, Section
from cc2h.config.demonstration.chance import between, chance
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.places import BARNET
from cc2h.config.demonstration.story import Story
from practices.models import Practice

OPENS, DUE = date(2018, 10, 15), date(2018, 12, 21)
MANAGER = "practice.manager@barnet.example"  # whose practice is at it
BY_MAIL = "E-mail of its practice manager"
PEOPLE = {"gp": 4.2, "registrar": 0.5, "nurse": 1.8, "pharmacist": 0.4, "direct_care": 1.2, "admin": 6.5}  # of 8,000
TYPICAL_LIST = 8_000
FULL_TIME = {"gp": 0.78, "registrar": 1.0, "nurse": 0.7, "pharmacist": 0.5, "direct_care": 0.65, "admin": 0.72}


@dataclass(frozen=True)
class _Step:
    """A section of a practice is saved, on a day; by: staff on its behalf, by mail, unless told."""

    section: str
    day: date
    done: bool = True
    by: str = ""
    link: bool = False


def write(
    story: Story, commissioners: Mapping[Any, int], practices: Mapping[Any, int], people: Mapping[str, int]
) -> None:
    """What had been answered by the story's day."""
    if story.today < OPENS:
        return
    assessment = Assessment.objects.create(
        slug="baseline-assessment-2018-19",
        commissioner_id=commissioners[BARNET.code],
        name="Baseline assessment 2018/19",
        opens=OPENS,
        due=DUE,
    )
    own = next(post.practice for post in story.posts.values() if post.practice)
    seen: Any = Practice.objects.with_standing(OPENS).with_network(OPENS).with_details(OPENS).with_list_size(OPENS)
    of_barnet = seen.filter(commissioner_id=commissioners[BARNET.code], status="active", chin_id__isnull=False)
    asked = [*of_barnet.annotate(address=F("detail_on__address")).order_by("pk")]
    mine = next(one for one in asked if one.ods_code == own)
    same = [one for one in asked if one.chin_id == mine.chin_id and one is not mine]
    others = [one for one in asked if one.chin_id != mine.chin_id]
    everything = [*SECTIONS]
    for one, day in zip(same[:2], (date(2018, 11, 8), date(2018, 11, 22)), strict=True):
        _answer(assessment, one, [_Step(key, day) for key in everything], story.today, people)
        _send(assessment, one, day, story.today, people)
    at_it: Sequence[tuple[Any, list[_Step]]] = (
        (
            mine,
            [
                _Step("practice", date(2018, 11, 26), by=MANAGER),
                _Step("estates", date(2018, 11, 28), by=MANAGER),
                _Step("digital", date(2018, 11, 30), link=True),
                _Step(WORKFORCE, date(2018, 12, 3), done=False, by=MANAGER),
            ],
        ),
        (same[2], [_Step("practice", date(2018, 11, 12)), _Step("estates", date(2018, 11, 12), done=False)]),
        (others[0], [_Step(key, date(2018, 11, 29)) for key in everything]),
        (others[1], [_Step("practice", date(2018, 11, 19)), _Step("digital", date(2018, 11, 20))]),
        (others[2], [_Step(WORKFORCE, date(2018, 11, 14), done=False)]),
    )
    for one, steps in at_it:
        _answer(assessment, one, steps, story.today, people)


def _answer(
    assessment: Assessment, practice: Any, steps: Sequence[_Step], today: date, people: Mapping[str, int]
) -> None:
    sections = {section.key: section for section in QUESTION_SETS[assessment.questions]}
    for step in steps:
        if step.day > today:
            continue
        section = sections[step.section]
        answers = _answers(section, practice)
        if not step.done:
            answers = dict([*answers.items()][: len(answers) // 2])
        said: dict[str, Any] = {"by_id": people[step.by or BARNET.manager]}
        if not step.by:
            said |= {"on_behalf": True, "how_it_came": BY_MAIL}
        if step.link:
            said = {"link": _link(assessment, practice, section, step.day, people), "typed_name": "IT lead"}
        Saved.objects.create(
            assessment=assessment,
            practice=practice,
            section=step.section,
            number=1,
            answers=services.checked(section, answers, done=step.done),
            done=step.done,
            day=step.day,
            saved_at=moment(step.day),
            **said,
        )


def _link(assessment: Assessment, practice: Any, section: Section, day: date, people: Mapping[str, int]) -> Delegation:
    made: Delegation = Delegation.objects.create(
        assessment=assessment,
        practice=practice,
        section=section.key,
        key="illustrative-link",
        recipient="IT lead",
        made_by_id=people[MANAGER],
        made_on=day,
        expires_on=date(2018, 12, 14),
    )
    return made


def _send(assessment: Assessment, practice: Any, day: date, today: date, people: Mapping[str, int]) -> None:
    if day > today:
        return
    versions = {one.section: one for one in Saved.objects.filter(assessment=assessment, practice=practice)}
    sent = Submission.objects.create(
        assessment=assessment,
        practice=practice,
        number=1,
        versions=sorted(one.pk for one in versions.values()),
        day=day,
        sent_at=moment(day),
        by_id=people[BARNET.manager],
        on_behalf=True,
        how_it_came=BY_MAIL,
    )
    Staffing.objects.bulk_create(services.staffing(sent, versions[WORKFORCE].answers))


def _answers(section: Section, practice: Any) -> dict[str, Any]:
    code = practice.ods_code
    if section.key == WORKFORCE:
        return _workforce(code, (practice.patients or TYPICAL_LIST) / TYPICAL_LIST)
    if section.key == "practice":
        return {
            "name": practice.name,
            "address": ", ".join(filter(None, (practice.address, practice.postcode))) or "Not stated in the register",
            "list_size": practice.patients,
            "answered_by": "Practice manager",
        }
    found: dict[str, Any] = {}
    for question in section.questions:
        if not question.needed:
            continue
        if question.kind == "choice":
            keys = [*(question.choices or {})]
            found[question.key] = keys[int(chance(code, question.key) * min(len(keys), 3))]
        else:
            found[question.key] = int(between(1, 3, code, question.key))
    return found | ({"rooms": 6 + int(between(0, 5, code, "rooms"))} if section.key == "estates" else {})


def _workforce(code: str, size: float) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for role in ROLES:
        heads = round(PEOPLE[role] * size * between(0.7, 1.3, code, role))
        vacant = int(chance(code, role, "vacant") * 1.6)
        answers[f"{role}_vacancies"] = vacant
        if vacant:
            answers[f"{role}_vacant_wte"] = f"{vacant * FULL_TIME[role]:.2f}"
        if not heads:
            answers[f"{role}_nobody"] = True
            continue
        counts = dict.fromkeys(BANDS, 0)
        for person in range(heads):
            counts[[*BANDS][int(chance(code, role, person) * len(BANDS))]] += 1
        for band, count in counts.items():
            answers[f"{role}_{band}_headcount"] = count
            answers[f"{role}_{band}_wte"] = f"{count * FULL_TIME[role]:.2f}"
    return answers
