"""Writing a case: taking it up, its sections one version after the other, and what is typed and not saved yet."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from cc2h.cases import hooks, plans
from cc2h.cases.answers import Collision, Merged, merge, missing, months_of
from cc2h.cases.measures import from_the_library
from cc2h.cases.models import Author, Case, Excluded, Saved, Typed
from cc2h.cases.sections import BY_KEY, Answers, Section
from cc2h.cases.services import step
from cc2h.cases.states import OVER, CaseState, Event
from cc2h.kit import history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import recording
from cc2h.kit.problems import check
from cc2h.kit.writing import writing

WRITABLE = (CaseState.IDEA, CaseState.SHAPING, CaseState.DRAFT, CaseState.RETURNED)


class Collided(Exception):
    """Somebody saved the section meanwhile, and both changed the same. `merged` has both, and says where they collide."""

    def __init__(self, latest: Saved, merged: Merged) -> None:
        self.latest, self.merged = latest, merged
        super().__init__("Somebody else saved this section meanwhile.")

    @property
    def collisions(self) -> list[Collision]:
        return self.merged.collisions


# The idea ---------------------------------------------------------------------------------------------


def change_idea(
    *, by: Any, case: Case, title: str, problem: str, topic: str, excluded: str | None = None, seen: int
) -> Case:
    """Another title, problem or topic. excluded: said by whoever shapes it, else left as it is."""
    with writing(by):
        current: Case = Case.objects.select_for_update().get(pk=case.pk)
        history.unchanged_since(current, seen)
        _writable(current)
        kept = (current.title, current.problem, current.topic)
        if may_change(current) is not BY_KEY and kept != (" ".join(title.split()), problem.strip(), topic):
            raise ValidationError(
                "More was asked of some sections only: its title, problem and topic stay as they were submitted.",
                code="not_asked",
            )
        current.title, current.problem, current.topic = " ".join(title.split()), problem.strip(), topic
        if excluded is not None:
            current.excluded = excluded
        check(current)
        current.save(update_fields=["title", "problem", "topic", "excluded"])
    return current


def take_up(*, by: Any, case: Case, day: date, excluded: str = Excluded.NONE, post: str = "") -> Case:
    """The idea is taken up, to be shaped with its CHIN. Where it is written already, it is a draft at once."""
    with writing(by):
        current: Case = Case.objects.select_for_update().get(pk=case.pk)
        if current.excluded != excluded:
            current.excluded = excluded
            current.save(update_fields=["excluded"])
        step(by=by, case=current, event=Event.TAKEN_UP, day=day, post=post)
        if current.saved.exists():
            step(by=by, case=current, event=Event.DRAFTED, day=day, post=post)
    return current


def may_change(case: Case) -> Collection[str]:
    """The keys of the sections that can be written as the case is now."""
    if case.state not in WRITABLE:
        return ()
    opened = hooks.open_sections(case) if case.state == CaseState.RETURNED else None
    return BY_KEY if opened is None else opened


def _writable(case: Case, section: Section | None = None) -> None:
    if case.state not in WRITABLE:
        state = CaseState(case.state).label.lower()
        raise ValidationError(
            f"The case is “{state}”: what was submitted stays as it is, unless more is asked for.", code="submitted"
        )
    if section is not None and section.key not in may_change(case):
        asked = words.listed(BY_KEY[key].title for key in BY_KEY if key in may_change(case))
        raise ValidationError(f"More was asked of: {asked}. “{section.title}” stays as it was.", code="not_asked")


# Sections ---------------------------------------------------------------------------------------------


def latest(case: Case) -> dict[str, Saved]:
    """The newest version of each section that has one, by its key."""
    return {
        one.section: one for one in Saved.objects.filter(case=case).order_by("section", "-number").distinct("section")
    }


def answers_of(case: Case) -> dict[str, Answers]:
    """What is saved of each section."""
    return {key: one.answers for key, one in latest(case).items()}


def save_section(
    *, by: Any, case: Case, section: Section, answers: Mapping[str, Any], base: int, day: date, post: str = ""
) -> Saved:
    """A new version of the section, begun from version `base` (0: from nothing).

    Where somebody saved meanwhile, both are merged, field by field and row by row; raises Collided where both changed
    the same. What says nothing new makes no version. What its author had typed and not saved is saved with it. Of a
    measure of the library, what the library says is filled in.
    """
    with writing(by):
        current: Case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        _writable(current, section)
        versions = {one.number: one for one in Saved.objects.filter(case=current, section=section.key)}
        newest = versions.get(max(versions, default=0))
        mine = from_the_library(section, answers, current, AsAt(day, None, day))
        mine = plans.of_the_chin(section, mine, newest.answers if newest else {}, current)
        if newest is not None and newest.number != base:
            began = versions[base].answers if base in versions else {}
            merged = merge(section, began, newest.answers, mine)
            if merged.collisions:
                raise Collided(newest, merged)
            mine = merged.answers
        if by is not None:
            Typed.objects.filter(case=current, section=section.key, person=by).delete()
        if newest is not None and newest.answers == mine:
            return newest
        saved = Saved(
            case=current,
            section=section.key,
            number=newest.number + 1 if newest else 1,
            answers=mine,
            done=not missing(section, mine),
            day=day,
            by=by,
        )
        if (pretended := recording()) is not None:
            saved.at = pretended
        check(saved, "section", "day")
        saved.save(force_insert=True)
        if section.key == "costs":
            _ask(current, mine)
        if by is not None:
            _join(current, by, day)
        if current.state == CaseState.SHAPING:
            step(by=by, case=current, event=Event.DRAFTED, day=day, post=post)
    return saved


def _ask(case: Case, answers: Answers) -> None:
    asked = Decimal(answers["asked"]) if answers.get("asked") else None
    case.asked = asked or None
    case.save(update_fields=["asked"])


def _join(case: Case, person: Any, day: date) -> None:
    """Whoever writes is an author from then on, for good: that they wrote it is what conflicts are judged by."""
    if not Author.objects.filter(case=case, person=person, left_on=None).exists():
        Author.objects.create(case=case, person=person, joined_on=day)


def name_author(*, by: Any, case: Case, person: Any, day: date) -> Author:
    """Somebody writes the case with others from the day, before they have saved anything of it, or outside the portal."""
    with writing(by):
        current: Case = Case.objects.select_for_update().get(pk=case.pk)
        _not_over(current)
        author = Author(case=current, person=person, joined_on=day)
        check(author)
        author.save(force_insert=True)
    return author


def end_author(*, by: Any, author: Author, day: date) -> Author:
    """Somebody does not write the case any more. That they did stays: conflicts of interest are judged by it."""
    with writing(by):
        current: Author = Author.objects.select_for_update().get(pk=author.pk)
        if current.left_on is not None:
            raise ValidationError(f"{current.person} left on {words.day(current.left_on)}.", code="left")
        current.left_on = day
        check(current)
        current.save()
    return current


def _not_over(case: Case) -> None:
    if case.state in OVER:
        raise ValidationError(f"The case is “{CaseState(case.state).label}”: nobody writes it any more.", code="over")


def attach_figures(*, by: Any, case: Case, figures: Mapping[str, Any], day: date) -> Saved:
    """The portal's figures of the CHIN are put beside the problem, frozen as they are."""
    section = BY_KEY["problem"]
    found = latest(case).get(section.key)
    answers = {**(found.answers if found else {}), "figures": dict(figures)}
    return save_section(by=by, case=case, section=section, answers=answers, base=found.number if found else 0, day=day)


# Typed and not saved ----------------------------------------------------------------------------------


def keep_typed(
    *, by: Any, case: Case, section: Section, typed: Mapping[str, Any], base: int, at: datetime | None = None
) -> Typed:
    """Keep what somebody has typed as it is, read or not, until they save it or drop it."""
    with writing(by):
        _writable(case, section)
        if "\\u0000" in ascii(typed).replace("\\x00", "\\u0000"):
            raise ValidationError("The text holds a character that is none (U+0000). Take it out, or type it anew.")
        kept, _ = Typed.objects.update_or_create(
            case=case,
            section=section.key,
            person=by,
            defaults={"answers": dict(typed), "at": at or timezone.now()},
            create_defaults={"answers": dict(typed), "at": at or timezone.now(), "base": base},
        )
    return kept


def drop_typed(*, by: Any, case: Case, section: Section) -> None:
    """Forget what somebody has typed and not saved."""
    with writing(by):
        Typed.objects.filter(case=case, section=section.key, person=by).delete()


def span(answers: Answers) -> str:
    """What a case costs in a few words: “£9,600 in 3 months, none recurrent”."""
    if not answers.get("asked"):
        return ""
    said = words.pounds(answers["asked"], 2 if not answers["asked"].endswith(".00") else 0)
    if months := months_of(answers):
        said += f" in {words.plural(months, 'month')}"
    recurrent = sum(1 for row in answers.get("rows", ()) if row.get("recurrent") == "yes")
    return f"{said}, {f'{recurrent} recurrent' if recurrent else 'none recurrent'}"
