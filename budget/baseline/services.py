"""Keeping rounds, saving sections, delegating them by link, taking workbooks, sending in."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from budget.baseline.models import Assessment, Delegation, Saved, Staffing, Submission, Workbook
from budget.baseline.questions import QUESTION_SETS, SECTIONS, WORKFORCE, Section, completed, problems_of, staff_of
from cc2h.kit import history, words
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from practices.models import Commissioner, Practice

LONGEST_LINK = 60  # days
MOST_LINKS = 20  # of one practice in one round that are open
TAKEN_BY_ADDRESSES = {"add", "link", "links", "practices", "vacancies"}
_signer = signing.Signer(salt="budget.baseline.delegation")


# Rounds -----------------------------------------------------------------------------------------------


def add_round(*, by: Any, commissioner: Commissioner, **facts: Any) -> Assessment:
    """Practices are asked. facts: fields of Assessment. Raises ValidationError."""
    with writing(by):
        with connection.cursor() as cursor:  # two at once would take the same place in addresses
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('baseline_assessment.slug'))")
        found = Assessment(commissioner=commissioner, slug=_free_slug(facts["name"]), **facts)
        check(found)
        found.save(force_insert=True)
    return found


def change_round(*, by: Any, assessment: Assessment, seen: int, **facts: Any) -> Assessment:
    """Another name, or other days. Raises history.ChangedMeanwhile, ValidationError."""
    with writing(by):
        current: Assessment = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
        history.unchanged_since(current, seen)
        for name, value in facts.items():
            setattr(current, name, value)
        first = current.saved.order_by("day").values_list("day", flat=True).first()
        if first is not None and current.opens > first:
            raise ValidationError({"opens": f"A practice has answered on {words.day(first)} already."})
        check(current)
        current.save()
    return current


def _free_slug(name: str) -> str:
    base = slugify(name)[:70] or "round"
    taken = TAKEN_BY_ADDRESSES | {*Assessment.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in tries if slug not in taken)


# Sections ---------------------------------------------------------------------------------------------


def checked(section: Section, answers: Mapping[str, Any], *, done: bool) -> dict[str, Any]:
    """The answers as they are kept: what is stated, in the order of the questions. Raises ValidationError by question."""
    stated = {key: value for key, value in answers.items() if value is not None and value is not False and value != ""}
    kept = {one.key: stated[one.key] for one in section.questions if one.key in stated}
    problems = problems_of(section, kept)
    if done:
        kept, lacking = completed(section, kept)
        problems += lacking
    if problems:
        raise ValidationError(
            [
                ValidationError("%(said)s", code="answer", params={"field": key, "said": _about(section, key, said)})
                for key, said in problems
            ]
        )
    return kept


def _about(section: Section, key: str, said: str) -> str:
    """The sentence, saying which question it is about."""
    label = section.question(key).label
    return said if said.startswith(label) else f"{label}: {said}"


def save_section(
    *,
    by: Any,
    assessment: Assessment,
    practice: Practice,
    section: Section,
    answers: Mapping[str, Any],
    done: bool,
    seen: int,
    today: date,
    on_behalf: bool = False,
    how_it_came: str = "",
    link: Delegation | None = None,
    typed_name: str = "",
) -> Saved:
    """A new version of the section; what says the same as the newest makes none, and that is returned.

    seen: the version the page had, 0 for none. Raises history.ChangedMeanwhile, ValidationError.
    """
    kept = checked(section, answers, done=done)
    with writing(by):
        _one_at_a_time(assessment, practice)
        newest = _newest(assessment, practice).get(section.key)
        if newest is not None and newest.number != seen:
            raise _changed(section, newest, seen)
        if newest is not None and (newest.answers, newest.done) == (kept, done):
            return newest
        saved = Saved(
            assessment=assessment,
            practice=practice,
            section=section.key,
            number=(newest.number if newest else 0) + 1,
            answers=kept,
            done=done,
            day=today,
            by=None if link else by,
            on_behalf=on_behalf,
            how_it_came=" ".join(how_it_came.split()) if on_behalf else "",
            link=link,
            typed_name=" ".join(typed_name.split()),
        )
        check(saved)
        saved.save(force_insert=True)
    return saved


def _one_at_a_time(assessment: Assessment, practice: Practice) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [assessment.pk, practice.pk])


def _newest(assessment: Assessment, practice: Practice) -> dict[str, Saved]:
    versions = Saved.objects.filter(assessment=assessment, practice=practice).select_related("by")
    return {one.section: one for one in versions.order_by("section", "-number").distinct("section")}


def differences(section: Section, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[history.Change]:
    """What answers say otherwise than others, in the order of the questions."""
    return [
        history.Change(one.label.lower(), one.written(before.get(one.key)), one.written(after.get(one.key)))
        for one in section.questions
        if before.get(one.key) != after.get(one.key)
    ]


def _changed(section: Section, newest: Saved, seen: int) -> history.ChangedMeanwhile:
    had = Saved.objects.filter(
        assessment=newest.assessment_id, practice=newest.practice_id, section=newest.section, number=seen
    ).first()
    changes = differences(section, had.answers if had else {}, newest.answers)
    entry = history.Entry(newest.saved_at, newest.who, f"{section.name}: saved", tuple(changes))
    return history.ChangedMeanwhile(newest, [entry], newest.number)


# Sending in -------------------------------------------------------------------------------------------


def send(
    *,
    by: Any,
    assessment: Assessment,
    practice: Practice,
    today: date,
    on_behalf: bool = False,
    how_it_came: str = "",
) -> Submission:
    """The answers as they stand, whole, with their numbers of staff. Raises ValidationError."""
    with writing(by):
        _one_at_a_time(assessment, practice)
        newest = _newest(assessment, practice)
        lacking = [name for key, name in SECTIONS.items() if key not in newest or not newest[key].done]
        if lacking:
            raise ValidationError(f"Not done yet: {words.listed(lacking)}. Each section is done before it is sent in.")
        versions = sorted(one.pk for one in newest.values())
        before = Submission.objects.filter(assessment=assessment, practice=practice).order_by("-number").first()
        if before is not None and before.versions == versions:
            raise ValidationError(f"It was sent in on {words.day(before.day)}, and nothing has changed since.")
        sent = Submission.objects.create(
            assessment=assessment,
            practice=practice,
            number=before.number + 1 if before else 1,
            versions=versions,
            day=today,
            by=by,
            on_behalf=on_behalf,
            how_it_came=" ".join(how_it_came.split()) if on_behalf else "",
        )
        Staffing.objects.bulk_create(staffing(sent, newest[WORKFORCE].answers))
    return sent


def staffing(submission: Submission, answers: Mapping[str, Any]) -> list[Staffing]:
    """A submission's numbers of staff, by role."""
    return [
        Staffing(
            submission=submission,
            role=one.role,
            headcount=one.headcount,
            wte=one.wte,
            aged_55=one.aged_55,
            vacancies=one.vacancies,
            vacant_wte=one.vacant_wte,
        )
        for one in staff_of(answers)
    ]


# Links ------------------------------------------------------------------------------------------------


def delegate(
    *,
    by: Any,
    assessment: Assessment,
    practice: Practice,
    section: Section,
    recipient: str,
    expires_on: date,
    today: date,
) -> Delegation:
    """A link to one section, for somebody without an account. Raises ValidationError."""
    if expires_on > today + timedelta(days=LONGEST_LINK):
        raise ValidationError({"expires_on": f"A link opens its section for at most {LONGEST_LINK} days."})
    with writing(by):
        _one_at_a_time(assessment, practice)
        if Delegation.objects.filter(assessment=assessment, practice=practice).open(today).count() >= MOST_LINKS:
            raise ValidationError(f"{MOST_LINKS} links of this practice are open. Withdraw one first.")
        link = Delegation(
            assessment=assessment,
            practice=practice,
            section=section.key,
            key=get_random_string(22),
            recipient=" ".join(recipient.split()),
            made_by=by,
            made_on=today,
            expires_on=expires_on,
        )
        check(link)
        link.save(force_insert=True)
    return link


def withdraw(*, by: Any, link: Delegation, today: date) -> Delegation:
    """It opens nothing any more. A link that was withdrawn already stays as it is."""
    with writing(by):
        current: Delegation = Delegation.objects.select_for_update(no_key=True).get(pk=link.pk)
        if current.withdrawn_on is None:
            current.withdrawn_by, current.withdrawn_on = by, today
            current.save()
    return current


def token_of(link: Delegation) -> str:
    """What stands in the link's address."""
    return _signer.sign(link.key)


def opened_by(token: str, today: date) -> Delegation | None:
    """The link that the address names, or None: forged, unknown, expired or withdrawn."""
    try:
        key = _signer.unsign(token)
    except signing.BadSignature:
        return None
    found: Delegation | None = (
        Delegation.objects.open(today)
        .filter(key=key, assessment__opens__lte=today)
        .select_related("assessment", "practice")
        .first()
    )
    return found


# Workbooks --------------------------------------------------------------------------------------------


def bring(
    *,
    by: Any,
    assessment: Assessment,
    practice: Practice,
    file_name: str,
    sha256: str,
    sections: Mapping[str, Any],
    today: date,
) -> Workbook:
    """A workbook was read without a problem; nothing of it holds until it is taken."""
    with writing(by):
        made: Workbook = Workbook.objects.create(
            assessment=assessment,
            practice=practice,
            file_name=file_name[:200],
            sha256=sha256,
            sections=sections,
            by=by,
            brought_on=today,
        )
    return made


def merged(section: Section, held: Saved | None, brought: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """What a workbook makes of a section: an empty cell takes nothing away. Raises ValidationError."""
    answers = {**(held.answers if held else {}), **brought["answers"]}
    for key in [key for key in answers if key.endswith("_nobody") and key not in brought["answers"]]:
        role = key.removesuffix("_nobody")  # somebody is named now, so “nobody” no longer holds
        if any(str(value) not in ("0", "0.00") for name, value in brought["answers"].items() if _is_staff(name, role)):
            del answers[key]
    done = brought["done"] if brought["done"] is not None else bool(held and held.done)
    return checked(section, answers, done=done), done


def _is_staff(name: str, role: str) -> bool:
    return name.startswith(f"{role}_") and name.endswith(("_headcount", "_wte")) and "vacan" not in name


def take(*, by: Any, workbook: Workbook, today: date, on_behalf: bool = False, how_it_came: str = "") -> list[Saved]:
    """What the workbook says holds from now on; the sections it changes. All of it or nothing. Raises ValidationError."""
    with writing(by):
        current: Workbook = Workbook.objects.select_for_update(no_key=True).get(pk=workbook.pk)
        if current.taken_on is not None:
            raise ValidationError(f"This workbook was taken on {words.day(current.taken_on)} already.")
        assessment, practice = workbook.assessment, workbook.practice
        _one_at_a_time(assessment, practice)
        newest, changed = _newest(assessment, practice), list[Saved]()
        for section in QUESTION_SETS[assessment.questions]:
            if section.key not in current.sections:
                continue
            held = newest.get(section.key)
            answers, done = merged(section, held, current.sections[section.key])
            if held is not None and (held.answers, held.done) == (answers, done):
                continue
            if held is None and not answers:
                continue
            saved = Saved(
                assessment=assessment,
                practice=practice,
                section=section.key,
                number=held.number + 1 if held else 1,
                answers=answers,
                done=done,
                day=today,
                by=by,
                on_behalf=on_behalf,
                how_it_came=" ".join(how_it_came.split()) if on_behalf else "",
            )
            saved.save(force_insert=True)
            changed.append(saved)
        current.taken_on = today
        current.save()
    return changed
