"""What pages of cases show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, Window
from django.db.models.functions import Cast, Concat, JSONObject, RowNumber

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.accounts.models import User
from cc2h.cases import drafting, hooks
from cc2h.cases.answers import Missing, costs, lacking, missing, total_of
from cc2h.cases.documents import Part, said
from cc2h.cases.models import Author, Case, CaseStep, Paper, ProportionRule, Saved, Submission, Typed
from cc2h.cases.proportion import SHIPPED, length_for, limit_on
from cc2h.cases.sections import BY_KEY, Answers, Section, asked_of
from cc2h.cases.stages import STAGES, Stage
from cc2h.cases.states import FINISHED, OVER, CaseState
from cc2h.kit import history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_name
from cc2h.kit.search import words_of
from cc2h.kit.together import Asking, alone, kept
from chins.models import Chin, Membership, PostHolding
from practices.models import Commissioner

SHOWN = 8  # cases of a column
ALIKE = 3  # others that tried the same


def cases(user: Any, asat: AsAt) -> QuerySet[Any]:
    """Cases this person may see, as at the day."""
    found: QuerySet[Any] = Case.objects.visible_to(user).as_at(asat).select_related("chin")
    return found


def find(user: Any, number: str) -> QuerySet[Case]:
    """The case, if it is this person's to see."""
    found: QuerySet[Case] = Case.objects.visible_to(user).filter(number=number)
    return found.select_related("chin", "commissioner", "put_forward_by")


def not_yet(case: Case, asat: AsAt) -> str:
    """Why the case is not there as at the day, in a sentence; blank where it is, or was known to be."""
    if asat.is_today:
        return ""
    first = CaseStep.objects.filter(case=case).order_by("pk").values_list("day", "at")[:1].get()
    if first[0] > asat.day:
        return (
            f"Case {case.number} was not yet put forward on {words.day(asat.day)}: that was on {words.day(first[0])}."
        )
    if asat.known_at is not None and asat.known is not None and first[1] >= asat.known_at:
        return f"Case {case.number} was not known yet on {words.day(asat.known)}."
    return ""


def chin_choices(user: Any) -> list[tuple[str, str]]:
    """(slug, name) of the CHINs that have cases the person sees."""
    chins = Chin.objects.filter(pk__in=Case.objects.visible_to(user).order_by().values("chin")).order_by("name")
    return list(chins.values_list("slug", "name"))


def chins_to_write_for(user: Any) -> list[Chin]:
    """The CHINs for which this person may put an idea forward."""
    held = authority_of(user)
    own = Q(pk__in=held.own_ids(Action.WRITE_CASE, Scope.CHIN))
    found = Chin.objects.filter(own | Q(commissioner__in=held.commissioner_ids(Action.WRITE_CASE)))
    return list(found.select_related("commissioner").order_by("commissioner__short_name", "name"))


def could_write(case: Case, day: date) -> list[User]:
    """Who may be named as an author: holders of posts of its CHIN, of its practices and of its commissioner."""
    practices = Membership.objects.as_at(day).filter(chin=case.chin_id).values("practice")
    posts = Q(post__chin=case.chin_id) | Q(post__practice__in=practices) | Q(post__commissioner=case.commissioner_id)
    held = PostHolding.objects.as_at(day).filter(posts)
    already = Author.objects.filter(case=case, left_on=None)
    found = User.objects.filter(is_active=True, pk__in=held.values("holder")).exclude(pk__in=already.values("person"))
    return list(found.order_by("name", "pk"))


def authors_now(case: Case) -> dict[int, Author]:
    """Those who write the case, by person."""
    rows = Author.objects.filter(case=case, left_on=None).select_related("person").order_by("person__name", "pk")
    return {one.person_id: one for one in rows}


def find_chin(user: Any, slug: str) -> QuerySet[Chin]:
    found: QuerySet[Chin] = Chin.objects.visible_to(user).filter(slug=slug).select_related("commissioner")
    return found


def find_commissioner(user: Any, ods_code: str) -> QuerySet[Commissioner]:
    held = authority_of(user)
    seen = held.commissioner_ids(Action.VIEW_CASE)
    return Commissioner.objects.filter(pk__in=seen, ods_code=ods_code.upper())


def limits_of(commissioner: Commissioner) -> list[ProportionRule]:
    return list(commissioner.proportion_rules.select_related("by").order_by("-from_day"))


def post_of(user: Any, action: Action, case: Any) -> str:
    """The post by which somebody acts on a case; a deputy's says for whom."""
    held = authority_of(user).holdings_allowing(action, case.authority_target())
    return "" if not held else held[0].title + (f", deputy for {held[0].deputy_for}" if held[0].deputy_for else "")


# A case -----------------------------------------------------------------------------------------------


class Whole(NamedTuple):
    """A case with all that its page shows of it, read in one query."""

    case: Case
    versions: Mapping[str, Saved]
    limit: Decimal
    typed: Mapping[str, Sequence[Typed]]
    steps: Sequence[CaseStep]  # by the day, newest first
    submissions: Sequence[tuple[Submission, int | None]]  # by the day, newest first, with the number of its paper
    authors: Sequence[Author]


def whole(user: Any, number: str, asat: AsAt) -> Whole | None:
    """The case as at the day, None where it is not this person's to see."""
    case: Any = next(iter(alone(_one_whole(user, number, asat))), None)
    if case is None:
        return None
    typed: dict[str, list[Typed]] = {}
    for row in case.rows_of_typed:
        typed.setdefault(row["section"], []).append(_made(Typed, case, row, "person"))
    return Whole(
        case,
        {row["section"]: _made(Saved, case, row) for row in case.rows_of_saved},
        SHIPPED if case.limit is None else case.limit,
        typed,
        [_made(CaseStep, case, row) for row in case.rows_of_steps],
        [(_made(Submission, case, row), row["paper"]) for row in case.rows_of_submissions],
        [_made(Author, case, row, "person") for row in case.rows_of_authors],
    )


def _one_whole(user: Any, number: str, asat: AsAt) -> Asking[list[Any]]:
    return (yield kept(_whole, user, number, asat.day, asat.known_at, asat.today))


def _whole(user: Any, number: Any, day: Any, known: Any, today: Any) -> QuerySet[Case]:
    by_then: dict[str, Any] = {"day__lte": day} | ({} if known is None else {"at__lt": known})
    own = {"case": OuterRef("pk")}
    newest = Saved.objects.filter(**own).order_by("section", "-number").distinct("section")
    rules = ProportionRule.objects.filter(commissioner=OuterRef("commissioner"), from_day__lte=today)
    paper = Paper.objects.filter(about=Concat(Value("submission:"), Cast(OuterRef("pk"), CharField()))).values("pk")
    found = Case.objects.visible_to(user).filter(number=number)
    return found.select_related("chin", "commissioner", "put_forward_by").annotate(
        rows_of_saved=_rows(newest, "pk", "section", "number", "answers", "done", "day", "at", "by__name"),
        rows_of_typed=_rows(
            Typed.objects.filter(**own).order_by("at"), "section", "person_id", "person__name", "base", "at"
        ),
        rows_of_steps=_rows(
            CaseStep.objects.filter(**own, **by_then).order_by("-pk"),
            "pk", "event", "before", "after", "day", "post", "reason", "by__name",
        ),
        rows_of_submissions=_rows(
            Submission.objects.filter(**own, **by_then).order_by("-number").annotate(paper=Subquery(paper[:1])),
            "pk", "number", "purpose", "asked", "length", "sha256", "day", "post", "by__name", "paper",
        ),
        rows_of_authors=_rows(Author.objects.filter(**own).order_by("joined_on", "pk"), "person_id", "person__name", "left_on"),
        limit=Subquery(rules.order_by("-from_day").values("limit")[:1]),
    )  # fmt: skip


def _rows(rows: QuerySet[Any], *fields: str) -> ArraySubquery:
    """Rows of another table as an array of objects, their fields by name; `a__b` as `a__b`."""
    return ArraySubquery(rows.values(row=JSONObject(**{name: F(name) for name in fields})))


def _made(model: Any, case: Case, row: Mapping[str, Any], person: str = "by") -> Any:
    """What a row says, as its record; the person by name."""
    given: dict[str, Any] = {"case": case}
    for name, value in row.items():
        if name == f"{person}__name":
            given[person] = None if value is None else User(pk=row.get(f"{person}_id"), name=value)
        elif name not in ("paper", f"{person}_id"):
            given[name] = value if value is None else _READ.get(name, lambda said: said)(value)
    return model(**given)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "day": date.fromisoformat,
    "left_on": date.fromisoformat,
    "at": datetime.fromisoformat,
    "asked": lambda said: Decimal(str(said)).quantize(Decimal("0.01")),
}


@dataclass(frozen=True)
class Task:
    """A section as the list of tasks has it."""

    section: Section
    saved: Saved | None
    lacks: Sequence[Missing]
    open: bool  # can be written now
    note: str = ""
    unsaved: Sequence[Typed] = ()

    @property
    def state(self) -> str:
        if self.saved is None and not self.unsaved:
            return "not-started"
        return "to-do" if self.lacks else "done"


@dataclass(frozen=True)
class Written:
    """What is written of a case now, the form its sum asks for, and what lacks."""

    length: str
    limit: Decimal
    asked: Decimal | None
    answers: Mapping[str, Answers]
    tasks: Sequence[Task]
    lacks: Sequence[Missing] = field(default_factory=tuple)

    @property
    def unsaved(self) -> list[Typed]:
        return [one for task in self.tasks for one in task.unsaved]


def written(found: Whole) -> Written:
    """The sections of a case as they are saved now, and what each lacks under the form of the day."""
    answers: dict[str, Answers] = {key: one.answers for key, one in found.versions.items()}
    asked = answers.get("costs", {}).get("asked")
    length = length_for(Decimal(asked) if asked else None, found.limit)
    opened = drafting.may_change(found.case)
    tasks = []
    for section in asked_of(length, answers):
        own = answers.get(section.key, {})
        lacks = missing(section, own)
        unsaved = found.typed.get(section.key, ())
        note = _note(section, own)
        tasks.append(Task(section, found.versions.get(section.key), lacks, section.key in opened, note, unsaved))
    return Written(length, found.limit, Decimal(asked) if asked else None, answers, tasks, lacking(length, answers))


def _note(section: Section, answers: Answers) -> str:
    """A few words on what a section says."""
    if section.key == "costs":
        return drafting.span(answers)
    if section.key == "predict" and (rows := answers.get("measures")):
        lacking_number = any(not row.get("prediction") for row in rows)
        return words.plural(len(rows), "measure") + ("; needs a number" if lacking_number else "")
    if section.key == "risks" and (rows := answers.get("risks")):
        return words.plural(len(rows), "risk")
    return ""


def papers_of(case: Case) -> QuerySet[Paper]:
    return Paper.objects.filter(case=case).defer("pdf").order_by("pk")


def find_paper(case: Case, pk: int) -> QuerySet[Paper]:
    return Paper.objects.filter(case=case, pk=pk)


def find_submission(case: Case, number: int) -> QuerySet[Submission]:
    return Submission.objects.filter(case=case, number=number).select_related("case__chin", "by")


def history_of(case: Case) -> list[history.Entry]:
    return history.entries(Case.objects.filter(pk=case.pk), Author.objects.filter(case=case).select_related("person"))


# A section --------------------------------------------------------------------------------------------


def newest(case: Case, section: Section) -> Saved | None:
    return Saved.objects.filter(case=case, section=section.key).select_related("by").order_by("-number").first()


def version(case: Case, section: Section, number: int) -> Saved | None:
    return Saved.objects.filter(case=case, section=section.key, number=number).select_related("by").first()


def versions_of(case: Case, section: Section) -> list[Saved]:
    """Every version of the section, newest first."""
    return list(Saved.objects.filter(case=case, section=section.key).select_related("by").order_by("-number"))


def typed_by(user: Any, case: Case, section: Section) -> Typed | None:
    return Typed.objects.filter(case=case, section=section.key, person=user).first()


def others_typing(user: Any, case: Case, section: Section) -> list[Typed]:
    """What others have typed into the section and not saved."""
    found = Typed.objects.filter(case=case, section=section.key).exclude(person=user)
    return list(found.select_related("person").order_by("at"))


# Others tried this ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """A finished case like this one: how it ended, and what was learned."""

    case: Case
    learned: str


def tried(user: Any, case: Case) -> list[Tried]:
    """Finished cases that the person may see of the same topic or in like words, the alikest first."""
    said = words_of(f"{case.title} {case.get_topic_display()}")
    finished = Case.objects.visible_to(user).filter(state__in=FINISHED).exclude(pk=case.pk).select_related("chin")
    alike = Q(title__trigram_word_similar=said)
    if case.topic != Case.Topic.OTHER:
        alike |= Q(topic=case.topic)
    likeness = TrigramWordSimilarity(said, "title")
    found = list(finished.filter(alike).annotate(likeness=likeness).order_by("-likeness", "-since", "pk")[:ALIKE])
    learned = hooks.learned(one.pk for one in found) if found else {}
    return [Tried(one, learned.get(one.pk, "")) for one in found]


# The pipeline -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column of the pipeline: how many, what they ask for, and those that have been there longest."""

    stage: Stage
    number: int
    asked: Decimal | None
    unknown: int  # that state no sum
    cases: Sequence[Any]


def pipeline(user: Any, asat: AsAt) -> tuple[list[Column], list[tuple[CaseState, int]]]:
    """The columns of the cases this person may see, and how many are over, by state; one statement."""
    return alone(_pipeline(user, asat))


def _counted(user: Any, asat: AsAt) -> Any:
    found = cases(user, asat).order_by().values("state_on")
    return found.annotate(n=Count("pk"), sum=Sum("asked_on"), known=Count("asked_on"))


def _longest(user: Any, asat: AsAt) -> QuerySet[Any]:
    """Of each state the cases that have been in it longest; those of one day in the order in which they were put forward."""
    ranked = (
        cases(user, asat)
        .exclude(state_on__in=OVER)
        .annotate(place=Window(RowNumber(), partition_by=F("state_on"), order_by=[F("since_on").asc(), F("pk").asc()]))
    )
    first = ranked.filter(place__lte=SHOWN).only("number", "title", "chin__slug", "chin__name")
    return first.order_by("since_on", "pk")


def _pipeline(user: Any, asat: AsAt) -> Asking[tuple[list[Column], list[tuple[CaseState, int]]]]:
    stage_of = {state: stage.key for stage in STAGES for state in stage.states}
    counted, longest = yield kept(_counted, user, asat), kept(_longest, user, asat)
    sums = {row["state_on"]: row for row in counted}
    shown: dict[str, list[Any]] = {}
    for case in longest:
        shown.setdefault(stage_of[case.state_on], []).append(case)
    columns = []
    for stage in STAGES:
        rows = [sums[state] for state in stage.states if state in sums]
        known = [row["sum"] for row in rows if row["sum"] is not None]
        number = sum(row["n"] for row in rows)
        columns.append(
            Column(
                stage,
                number,
                sum(known, Decimal("0.00")) if known else None,
                number - sum(row["known"] for row in rows),
                shown.get(stage.key, [])[:SHOWN],
            )
        )
    return columns, [(state, sums[state]["n"]) for state in OVER if state in sums]


def standing(found: QuerySet[Any]) -> tuple[list[Column], list[tuple[CaseState, int]]]:
    """How many of these cases stand in each column, without naming them, and how many are over, by state; one query."""
    counts: dict[str, int] = dict(
        found.order_by().values("state_on").annotate(n=Count("pk")).values_list("state_on", "n")
    )
    columns = [Column(stage, sum(counts.get(state, 0) for state in stage.states), None, 0, []) for stage in STAGES]
    return columns, [(state, counts[state]) for state in OVER if state in counts]


# Mine -------------------------------------------------------------------------------------------------


class Mine(NamedTuple):
    """A case of one's own, what is asked of one, and what comes next."""

    case: Any
    lacks: int | None  # before it can be submitted; None where nothing is to be written
    reopened: Sequence[str]
    next: hooks.NextDate | None


def to_take_up(user: Any) -> QuerySet[Case]:
    """Ideas of the CHINs that this person shapes cases of, the oldest first."""
    held = authority_of(user)
    shapes = Q(chin__in=held.own_ids(Action.SHAPE_CASE, Scope.CHIN))
    shapes |= Q(commissioner__in=held.commissioner_ids(Action.SHAPE_CASE))
    return Case.objects.filter(shapes, state=CaseState.IDEA).select_related("chin").order_by("since", "number")


def to_write(user: Any) -> QuerySet[Case]:
    """Cases of one's own CHINs that more was asked of, then drafts that one has put forward or writes."""
    held = authority_of(user)
    own = Q(chin__in=held.own_ids(Action.WRITE_CASE, Scope.CHIN))
    wrote = Q(put_forward_by=user) | Exists(Author.objects.filter(case=OuterRef("pk"), person=user, left_on=None))
    asked = (own & Q(state=CaseState.RETURNED)) | (wrote & Q(state__in=(CaseState.RETURNED, CaseState.DRAFT)))
    states = (CaseState.RETURNED, CaseState.DRAFT)  # said once more for all, so that an index finds them
    found: QuerySet[Case] = Case.objects.visible_to(user).filter(asked, state__in=states).select_related("chin")
    return found.order_by("-state", "since", "number")


def own_cases(user: Any) -> Q:
    """Of one's own CHINs, put forward or written by oneself."""
    held = authority_of(user)
    return (
        Q(chin__in=held.own_ids(Action.WRITE_CASE, Scope.CHIN))
        | Q(put_forward_by=user)
        | Q(authors__person=user, authors__left_on=None)
    )


def open_own(user: Any) -> Any:
    """One's own cases that are not over."""
    return Case.objects.visible_to(user).filter(own_cases(user)).exclude(state__in=OVER).distinct()


def mine(user: Any, asat: AsAt) -> list[Mine]:
    """One's own cases that are not over, those to be written first; the answers of all of them in one query."""
    found = list(cases(user, asat).filter(own_cases(user)).exclude(state_on__in=OVER).distinct())
    writing = [one for one in found if one.state in drafting.WRITABLE]
    answers: dict[int, dict[str, Answers]] = {}
    rows = (
        Saved.objects.filter(case__in=writing).order_by("case_id", "section", "-number").distinct("case_id", "section")
    )
    for saved in rows:
        answers.setdefault(saved.case_id, {})[saved.section] = saved.answers
    dates = hooks.next_dates([one.pk for one in found], asat.today)
    limits = {pk: limit_on(pk, asat.today) for pk in {one.commissioner_id for one in writing}}
    listed = []
    for case in found:
        lacks = None
        reopened: Sequence[str] = ()
        if case.state in drafting.WRITABLE:
            of_it = answers.get(case.pk, {})
            asked = of_it.get("costs", {}).get("asked")
            length = length_for(Decimal(asked) if asked else None, limits[case.commissioner_id])
            lacks = len(lacking(length, of_it))
            if case.state == CaseState.RETURNED and (opened := hooks.open_sections(case)) is not None:
                reopened = [one.title for one in asked_of(length, of_it) if one.key in opened]
        listed.append(Mine(case, lacks, reopened, dates.get(case.pk)))
    first = {CaseState.RETURNED: 0, CaseState.DRAFT: 1, CaseState.SHAPING: 2, CaseState.IDEA: 3}
    return sorted(listed, key=lambda one: (first.get(one.case.state, 4), one.case.since_on, one.case.number))


# Its parts in words -----------------------------------------------------------------------------------


def parts_of(found: Written) -> list[tuple[Section, list[Part]]]:
    """What is saved now in words, section by section, of those that are asked or written."""
    asked = {task.section.key for task in found.tasks}
    shown = [one for key, one in BY_KEY.items() if key in asked or key in found.answers]
    return [(one, said(one, found.answers.get(one.key, {}))) for one in shown]


# On one page ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OnePage:
    """A case on one page: of what was last submitted, or of what is written so far."""

    asked: Decimal | None
    submission: int | None
    day: date | None
    facts: Sequence[tuple[str, str]]
    measures: Sequence[Mapping[str, str]]
    years: Sequence[Sequence[str]]


def one_page(case: Case) -> OnePage:
    sent = case.submissions.order_by("-number").first()
    answers: Mapping[str, Answers] = sent.document["answers"] if sent else drafting.answers_of(case)
    facts = []
    for key, name, label in (
        ("problem", "problem", "The problem"),
        ("idea", "idea", "What will be tried"),
        ("idea", "population", "For whom"),
        ("idea", "where", "Where, and by whom"),
        ("benefits", "quality", "What becomes better"),
        ("involvement", "said", "What the public said"),
    ):
        if text := answers.get(key, {}).get(name):
            facts.append((label, text))
    if net := total_of(answers.get("benefits", {}).get("delivery", ()), "net"):
        facts.append(("Saved in a year, net", words.pounds(net, 2)))
    years: dict[int, Decimal] = {}
    for one in costs(answers.get("costs", {})):
        if one.year is not None:
            years[one.year] = years.get(one.year, Decimal("0.00")) + one.amount
    asked = answers.get("costs", {}).get("asked")
    section = BY_KEY["predict"].field("measures")
    measures = [
        {column.key: column.say(row.get(column.key, "")) for column in section.columns}
        for row in answers.get("predict", {}).get("measures", ())
    ]
    return OnePage(
        Decimal(asked) if asked else None,
        sent.number if sent else None,
        sent.day if sent else None,
        facts,
        measures,
        [[year_name(year), words.pounds(amount, 2)] for year, amount in sorted(years.items())],
    )
