"""Reading the assessment: rounds, who has answered what, and the numbers of what was sent in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from budget.baseline import small
from budget.baseline.models import Assessment, Delegation, Saved, Staffing, Submission, Workbook
from budget.baseline.questions import QUESTION_SETS, ROLES, SECTIONS, Section, section_of
from budget.baseline.services import differences
from cc2h.accounts.authority import Action, Scope, authority_of, can
from cc2h.kit import history, words
from cc2h.kit.asat import AsAt
from chins.models import Chin
from practices.models import Commissioner, Practice, PracticeDetail, PracticeStanding
from practices.queries import Subject
from practices.querysets import OneOf

STATES: Mapping[str, str] = {
    "not-started": "Not started",
    "in-progress": "In progress",
    "ready": "Ready to send in",
    "sent": "Sent in",
    "changed": "Changed since it was sent in",
}


# Rounds -----------------------------------------------------------------------------------------------


def find_round(user: Any, slug: str) -> QuerySet[Assessment]:
    found: QuerySet[Assessment] = Assessment.objects.visible_to(user).filter(slug=slug).select_related("commissioner")
    return found


def rounds(user: Any, asat: AsAt) -> QuerySet[Assessment]:
    """The rounds as at the day, with how many practices have sent theirs in."""
    sent = Submission.objects.by(asat).filter(assessment=OuterRef("pk"), practice__in=_reached(user, asat))
    count = sent.order_by().values("assessment").annotate(n=Count("practice", distinct=True)).values("n")
    found: QuerySet[Assessment] = (
        Assessment.objects.visible_to(user)
        .begun(asat)
        .select_related("commissioner")
        .annotate(sent=Coalesce(Subquery(count), 0))
    )
    return found


def round_choices(user: Any) -> list[tuple[str, str]]:
    """Every round that the reader may see, the newest first."""
    several = Assessment.objects.visible_to(user).select_related("commissioner")
    return [(one.slug, f"{one.name}, {one.commissioner.short_name}") for one in several]


def round_asked(user: Any, slug: str, asat: AsAt) -> Assessment | None:
    """The round of that name, or the newest that has opened by the day."""
    seen = Assessment.objects.visible_to(user).select_related("commissioner")
    found: Assessment | None = seen.filter(slug=slug).first() or seen.begun(asat).first()
    return found


def commissioners_that_ask(user: Any) -> list[Commissioner]:
    """Those for which this person may add a round."""
    return list(Commissioner.objects.granting(user, Action.CHANGE_SERVICE).filter(in_programme=True).order_by("name"))


def find_commissioner(user: Any, ods_code: str) -> QuerySet[Commissioner]:
    found: QuerySet[Commissioner] = Commissioner.objects.visible_to(user).filter(ods_code=ods_code.upper())
    return found


# Who is asked, and how far they are -------------------------------------------------------------------


def _granted(user: Any, action: Action, asat: AsAt) -> Q:
    """Practices for which the action is granted, whosever they are today: the page’s day lets nobody see more."""
    held = authority_of(user)
    if held.everywhere(action):
        return Q(pk__isnull=False)
    theirs = PracticeStanding.objects.as_at(asat.today).filter(OneOf("commissioner_id", held.commissioner_ids(action)))
    granted = Q(pk__in=theirs.values("practice")) | Q(pk__in=held.own_ids(action, Scope.PRACTICE))
    if chins := held.own_ids(action, Scope.CHIN):
        members: Any = Practice.objects.with_network(asat.today)
        members = members.filter(chin_id__in=chins)
        granted |= Q(pk__in=members.values("pk"))
    return granted


def _reached(user: Any, asat: AsAt) -> Any:
    """Practices whose answers this person may see."""
    return Practice.objects.filter(_granted(user, Action.VIEW_CLAIM, asat)).values("pk")


def _asked(assessment_id: int, commissioner_id: int, asat: AsAt) -> Any:
    """Practices that a round asks: the commissioner's active ones on the day, and those that have answered."""
    day, known = asat.day, asat.known_at
    answered = Saved.objects.by(asat).filter(assessment=assessment_id, practice=OuterRef("pk"))
    return (
        Practice.objects.with_standing(day, known)
        .with_details(day, known)
        .with_network(day, known)
        .with_list_size(day, known)
        .filter(Q(commissioner_id=commissioner_id, status="active") | Exists(answered))
    )


def _counted(of: Any) -> Any:
    return Coalesce(Subquery(of.order_by().values("practice").annotate(n=Count("pk")).values("n")), 0)


def progress(user: Any, assessment: Assessment | None, asat: AsAt) -> Any:
    """The practices a round asks and this person may see, each with its state."""
    pk, commissioner = (assessment.pk, assessment.commissioner_id) if assessment else (0, 0)
    saved = Saved.objects.newest(asat).filter(assessment=pk, practice=OuterRef("pk"))
    sent = Submission.objects.newest(asat).filter(assessment=pk, practice=OuterRef("pk"))
    of_it = Submission.objects.newest(asat).filter(assessment=pk, practice=OuterRef("practice")).values("versions")[:1]
    unsent = saved.filter(~Q(OneOf("pk", Cast(Subquery(of_it), ArrayField(BigIntegerField())))))
    return (
        _asked(pk, commissioner, asat)
        .filter(_granted(user, Action.VIEW_CLAIM, asat))
        .annotate(
            saved=_counted(saved),
            done=_counted(saved.filter(done=True)),
            sent_on=Subquery(sent.values("day")[:1]),
            late=Case(When(sent_on__gt=Value(assessment.due if assessment else asat.day), then=True), default=False),
            state=Case(
                When(Q(sent_on__isnull=False) & Exists(unsent), then=Value("changed")),
                When(sent_on__isnull=False, then=Value("sent")),
                When(done=len(SECTIONS), then=Value("ready")),
                When(saved__gt=0, then=Value("in-progress")),
                default=Value("not-started"),
            ),
        )
    )


def chin_choices(user: Any, assessment: Assessment | None, asat: AsAt) -> list[tuple[str, str]]:
    """The CHINs of the practices that a round asks and this person may see."""
    if assessment is None:
        return []
    asked: Any = _asked(assessment.pk, assessment.commissioner_id, asat)
    placed = asked.filter(_granted(user, Action.VIEW_CLAIM, asat), chin_id__isnull=False).order_by()
    return sorted(placed.values_list("chin_slug", "chin_name").distinct(), key=lambda pair: words_key(pair[1]))


def words_key(name: str) -> tuple[str, int]:
    """CHIN 2 before CHIN 10."""
    head, _, tail = name.rpartition(" ")
    return (head, int(tail)) if tail.isdecimal() else (name, 0)


def vacancies(user: Any, assessment: Assessment | None, asat: AsAt) -> Any:
    """Posts that are vacant as practices sent in, of those this person may see."""
    pk = assessment.pk if assessment else 0
    newest = Submission.objects.newest(asat).filter(assessment=pk, practice__in=_reached(user, asat))
    details = PracticeDetail.objects.as_at(asat.day, asat.known_at).filter(practice=OuterRef("submission__practice"))
    of: Any = Practice.objects.with_network(asat.day, asat.known_at).filter(pk=OuterRef("submission__practice"))
    return (
        Staffing.objects.of(newest.values("pk"))
        .filter(vacancies__gt=0)
        .select_related("submission__practice", "submission__assessment")
        .annotate(
            practice=F("submission__practice__ods_code"),
            practice_name=Coalesce(Subquery(details.values("name")[:1]), F("submission__practice__ods_code")),
            chin=Subquery(of.values("chin_slug")[:1]),
            chin_name=Subquery(of.values("chin_name")[:1]),
            sent_on=F("submission__day"),
            role_name=Case(*(When(role=role, then=Value(name)) for role, name in ROLES.items())),
        )
    )


# One practice -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answering:
    """A practice in a round, as its page has it. practice: annotated with its facts of the day."""

    assessment: Assessment
    practice: Any
    subject: Subject

    def __str__(self) -> str:
        return self.subject.name

    def own(self, user: Any) -> bool:
        """Whether this person answers for the practice or its CHIN, and not on its behalf."""
        held = authority_of(user)
        practices, chins = (held.own_ids(Action.ENTER_CLAIM, scope) for scope in (Scope.PRACTICE, Scope.CHIN))
        return bool(practices & self.subject.target.practice_ids or chins & self.subject.target.chin_ids)


def answering(user: Any, slug: str, ods_code: str, asat: AsAt) -> Answering | None:
    """A practice in a round, or None where this person may not see its answers, or it is not asked."""
    assessment = find_round(user, slug).first()
    return _answering(assessment, ods_code, asat, user) if assessment else None


def _answering(assessment: Assessment, ods_code: str, asat: AsAt, user: Any) -> Answering | None:
    asked = _asked(assessment.pk, assessment.commissioner_id, asat).with_federation(asat.day, asat.known_at)
    practice = asked.annotate(address=F("detail_on__address")).filter(ods_code=ods_code.upper()).first()
    if practice is None:
        return None
    found = Answering(assessment, practice, Subject(practice, practice.name or practice.ods_code, asat.today))
    return found if user is None or can(user, Action.VIEW_CLAIM, found.subject) else None


def answering_by(link: Delegation, asat: AsAt) -> Answering | None:
    """The practice whose section a link opens; None once the round asks it no more."""
    return _answering(link.assessment, link.practice.ods_code, asat, None)


def sections_of(one: Answering) -> Sequence[Section]:
    return QUESTION_SETS[one.assessment.questions]


def newest_saved(one: Answering, asat: AsAt) -> dict[str, Saved]:
    """Of each section the version as at the day."""
    found = Saved.objects.newest(asat).filter(assessment=one.assessment, practice=one.practice.pk)
    return {saved.section: saved for saved in found.select_related("by")}


def versions_of(one: Answering, asat: AsAt) -> list[Saved]:
    """Every version of every section, the newest first."""
    found = Saved.objects.by(asat).filter(assessment=one.assessment, practice=one.practice.pk)
    return list(found.select_related("by").order_by("-pk"))


def submissions_of(one: Answering, asat: AsAt) -> list[Submission]:
    """What was sent in, the newest first."""
    found = Submission.objects.by(asat).filter(assessment=one.assessment, practice=one.practice.pk)
    return list(found.select_related("by").order_by("-pk"))


def entries_of(one: Answering, versions: Sequence[Saved], submissions: Sequence[Submission]) -> list[history.Entry]:
    """Who saved and sent in what, the newest first."""
    found = []
    for at, saved in enumerate(versions):
        section = section_of(one.assessment.questions, saved.section)
        if section is None:
            continue
        before = next((v for v in versions[at + 1 :] if v.section == saved.section), None)
        what = f"{section.name}: saved{', done' if saved.done else ''}"
        what += ", by link" if saved.link_id else f", on its behalf ({saved.how_it_came})" if saved.on_behalf else ""
        changes = differences(section, before.answers if before else {}, saved.answers)
        found.append(history.Entry(saved.saved_at, saved.who, what, tuple(changes) if before else ()))
    for one_sent in submissions:
        how = f", on its behalf ({one_sent.how_it_came})" if one_sent.on_behalf else ""
        found.append(history.Entry(one_sent.sent_at, str(one_sent.by or "the portal"), f"Sent in{how}", ()))
    return sorted(found, key=lambda entry: entry.when, reverse=True)


@dataclass(frozen=True)
class Filled:
    """What a section opens with where nothing is saved: from where, in words; nothing where it opens empty."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


def filled(one: Answering, section: Section, asat: AsAt) -> Filled:
    """From the register, and from what the practice answered in the round before."""
    earlier = (
        Saved.objects.newest(asat)
        .filter(
            practice=one.practice.pk,
            section=section.key,
            assessment__commissioner=one.assessment.commissioner_id,
            assessment__opens__lt=one.assessment.opens,
        )
        .select_related("assessment")
        .order_by("-assessment__opens", "-pk")
        .first()
    )
    known = {question.key for question in section.questions}
    answers = {key: value for key, value in (earlier.answers if earlier else {}).items() if key in known}
    sources = [f"your answers to {earlier.assessment.name} of {words.day(earlier.day)}"] if earlier else []
    if section.key == "practice":
        answers |= registered(one)
        sources.insert(0, "the register")
    return Filled(answers, words.listed(sources)) if answers else Filled()


def registered(one: Answering) -> dict[str, Any]:
    """What the register says of the practice on the day, by the questions about it."""
    practice = one.practice
    address = ", ".join(filter(None, (practice.address, practice.postcode)))
    facts = {
        "name": practice.name,
        "address": address,
        "list_size": practice.patients,
        "federation": practice.federation_name,
    }
    return {key: value for key, value in facts.items() if value not in (None, "")}


def exact(one: Answering, user: Any) -> bool:
    """Whether this person is shown the practice’s counts of staff as they are."""
    return bool(can(user, Action.VIEW_SMALL_NUMBERS, one.subject) or can(user, Action.ENTER_CLAIM, one.subject))


def links_of(one: Answering) -> list[Delegation]:
    """Links to the practice's sections, the newest first."""
    found = Delegation.objects.filter(assessment=one.assessment, practice=one.practice.pk)
    return list(found.select_related("made_by", "withdrawn_by").order_by("-pk"))


def find_link(pk: int) -> QuerySet[Delegation]:
    found: QuerySet[Delegation] = Delegation.objects.filter(pk=pk).select_related("assessment", "practice")
    return found


def waiting_workbook(one: Answering, pk: int) -> QuerySet[Workbook]:
    """A workbook of the practice that nobody has taken yet."""
    found: QuerySet[Workbook] = Workbook.objects.filter(
        pk=pk, assessment=one.assessment, practice=one.practice.pk, taken_on=None
    )
    return found


# Numbers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Numbers:
    """Headcount, WTE, aged 55 and over, vacant posts; all added up of practices that sent theirs in."""

    headcount: int = 0
    wte: Decimal = Decimal()
    aged_55: int = 0
    vacancies: int = 0

    def __add__(self, other: "Numbers") -> "Numbers":
        return Numbers(
            self.headcount + other.headcount,
            self.wte + other.wte,
            self.aged_55 + other.aged_55,
            self.vacancies + other.vacancies,
        )


@dataclass
class Unit:
    """A practice or a CHIN in a roll-up. patients: of the practices that answered; None where a list is not known.

    hidden: the columns of its counts that this reader is not shown (roles, age groups, small.TOTAL).
    """

    key: str
    name: str
    asked: int = 0
    answered: int = 0
    patients: int | None = 0
    by_role: dict[str, Numbers] = field(default_factory=dict)
    sent_on: date | None = None
    hidden: frozenset[str] = frozenset()

    @property
    def total(self) -> Numbers:
        return sum(self.by_role.values(), Numbers())

    def add(self, other: "Unit") -> None:
        self.asked += other.asked
        self.answered += other.answered
        if other.answered:
            known = self.patients is not None and other.patients is not None
            self.patients = (self.patients or 0) + (other.patients or 0) if known else None
            for role, numbers in other.by_role.items():
                self.by_role[role] = self.by_role.get(role, Numbers()) + numbers


@dataclass(frozen=True)
class RollUp:
    """Units and what they come to."""

    units: Sequence[Unit]
    total: Unit

    @property
    def whole(self) -> bool:
        """Whether the reader is shown every number."""
        return not any(unit.hidden for unit in (*self.units, self.total))


UNDER, OVER = "under_55", "aged_55"  # the columns of the table by age
NO_CHIN = "none"


def find_chin(user: Any, assessment: Assessment, slug: str) -> QuerySet[Chin]:
    found: QuerySet[Chin] = Chin.objects.visible_to(user).filter(slug=slug, commissioner=assessment.commissioner_id)
    return found


def of_chin(user: Any, assessment: Assessment, chin: Chin, asat: AsAt) -> RollUp:
    """The practices of a CHIN on the day."""
    groups, exact = _groups(user, assessment, asat)
    units = groups.get(chin.slug, [])
    below, _ = _hidden(groups, exact)
    return _rolled_up(units, below.get(chin.slug, set()))


def of_commissioner(user: Any, assessment: Assessment, asat: AsAt) -> RollUp:
    """The CHINs of the day, and the practices that are in none."""
    groups, exact = _groups(user, assessment, asat)
    _, above = _hidden(groups, exact)
    units = []
    for slug, members in groups.items():
        unit = Unit(slug, "In no CHIN")
        for one in members:
            unit.add(one)
        units.append(unit)
    names = dict(Chin.objects.filter(slug__in=[*groups]).values_list("slug", "name"))
    for unit in units:
        unit.name = names.get(unit.key, unit.name)
    return _rolled_up(sorted(units, key=lambda unit: (unit.key == NO_CHIN, words_key(unit.name))), above)


def _rolled_up(units: Sequence[Unit], gone: set[small.Cell]) -> RollUp:
    total = Unit(small.TOTAL, "Total")
    for unit in units:
        unit.hidden = frozenset(column for row, column in gone if row == unit.key)
        total.add(unit)
    total.hidden = frozenset(column for row, column in gone if row == small.TOTAL)
    return RollUp(units, total)


def _hidden(groups: Mapping[str, Sequence[Unit]], exact: Mapping[str, Sequence[str]]) -> small.Hidden:
    """What is hidden in each CHIN's table and in the commissioner's, by role and by age together."""
    roles = {
        slug: {(unit.key, role): unit.by_role[role].headcount for unit in units if unit.answered for role in ROLES}
        for slug, units in groups.items()
    }
    ages = {
        slug: {
            (unit.key, column): count
            for unit in units
            if unit.answered
            for column, count in ((UNDER, unit.total.headcount - unit.total.aged_55), (OVER, unit.total.aged_55))
        }
        for slug, units in groups.items()
    }
    return small.both(roles, ages, exact)


def _groups(user: Any, assessment: Assessment, asat: AsAt) -> tuple[dict[str, list[Unit]], dict[str, list[str]]]:
    """The practices that are asked, by CHIN; and those of which the reader may see small numbers."""
    asked = _asked(assessment.pk, assessment.commissioner_id, asat)
    granted = _granted(user, Action.VIEW_SMALL_NUMBERS, asat) | _granted(user, Action.ENTER_CLAIM, asat)
    allowed = {*asked.filter(granted).values_list("pk", flat=True)}
    sent = {one.practice_id: one for one in Submission.objects.newest(asat).filter(assessment=assessment)}
    staff: dict[int, dict[str, Numbers]] = {}
    for one in Staffing.objects.of([one.pk for one in sent.values()]).select_related("submission"):
        numbers = Numbers(one.headcount, one.wte, one.aged_55, one.vacancies)
        staff.setdefault(one.submission.practice_id, {})[one.role] = numbers
    groups: dict[str, list[Unit]] = {}
    exact: dict[str, list[str]] = {}
    for practice in asked.order_by("name", "pk"):
        slug, submission = practice.chin_slug or NO_CHIN, sent.get(practice.pk)
        unit = Unit(
            practice.ods_code,
            practice.name or practice.ods_code,
            asked=1,
            answered=int(submission is not None),
            patients=practice.patients if submission else 0,
            by_role=staff.get(practice.pk, {}),
            sent_on=submission.day if submission else None,
        )
        groups.setdefault(slug, []).append(unit)
        if practice.pk in allowed:
            exact.setdefault(slug, []).append(practice.ods_code)
    return groups, exact
