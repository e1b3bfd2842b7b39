"""Submitting a case: nothing may lack, all of it is frozen, the state moves on, and a worker makes its paper."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.cases import drafting, papers
from cc2h.cases.answers import Missing, lacking
from cc2h.cases.documents import FORM, fingerprint, said
from cc2h.cases.models import Author, Case, Purpose, Saved, Submission
from cc2h.cases.proportion import length_for, limit_on
from cc2h.cases.sections import Answers, asked_of
from cc2h.cases.services import step
from cc2h.cases.states import CaseState, Event
from cc2h.kit.dated import recording
from cc2h.kit.problems import check
from cc2h.kit.writing import writing

SUBMITTABLE = (CaseState.SHAPING, CaseState.DRAFT, CaseState.RETURNED)


def what_lacks(case: Case, answers: dict[str, Answers], day: date) -> list[Missing]:
    """All that the case lacks under the form that its sum asks for on the day."""
    return lacking(length_of(case, answers, day), answers)


def length_of(case: Case, answers: dict[str, Answers], day: date) -> str:
    asked = answers.get("costs", {}).get("asked")
    return length_for(Decimal(asked) if asked else None, limit_on(case.commissioner_id, day))


def submit(*, by: Any, case: Case, day: date, post: str = "") -> Submission:
    """Send the case into governance, or again where more was asked for. Raises ValidationError saying all that lacks."""
    with writing(by):
        current: Case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        if current.state not in SUBMITTABLE:
            state = CaseState(current.state).label.lower()
            raise ValidationError(f"A case that is “{state}” can’t be submitted.", code="not_now")
        versions = drafting.latest(current)
        answers: dict[str, Answers] = {key: one.answers for key, one in versions.items()}
        if lacks := what_lacks(current, answers, day):
            raise ValidationError([ValidationError(one.text.replace("%", "%%"), code="lacks") for one in lacks])
        if current.state == CaseState.SHAPING:
            step(by=by, case=current, event=Event.DRAFTED, day=day, post=post)
        submission = freeze(by=by, case=current, answers=answers, versions=versions, day=day, post=post)
        again = current.state == CaseState.RETURNED
        step(by=by, case=current, event=Event.SUBMITTED_AGAIN if again else Event.SUBMITTED, day=day, post=post)
        papers.leave(f"submission:{submission.pk}")
    return submission


def freeze(
    *, by: Any, case: Case, answers: dict[str, Answers], versions: dict[str, Saved], day: date, post: str = ""
) -> Submission:
    """What is written of the case, whole, as the next submission; within the caller's transaction."""
    asked = Decimal(answers["costs"]["asked"])
    length = length_for(asked, limit_on(case.commissioner_id, day))
    sections = [
        {
            "key": section.key,
            "title": section.title,
            "version": versions[section.key].number if section.key in versions else 0,
            "parts": said(section, answers.get(section.key, {})),
        }
        for section in asked_of(length, answers)
    ]
    submission = frozen(
        by=by, case=case, asked=asked, length=length, sections=sections, answers=answers, day=day, post=post
    )
    case.asked = asked
    case.save(update_fields=["asked"])
    return submission


def frozen(
    *,
    by: Any,
    case: Case,
    asked: Decimal,
    length: str,
    sections: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Any],
    day: date,
    post: str = "",
    purpose: str = Purpose.TEST,
) -> Submission:
    """The next submission of the case, of these sections (see documents); within the caller's transaction."""
    limit = limit_on(case.commissioner_id, day)
    number = case.submissions.count() + 1
    authors = Author.objects.filter(case=case).select_related("person").order_by("joined_on", "pk")
    document = {
        "form": FORM,
        "number": case.number,
        "title": case.title,
        "problem": case.problem,
        "chin": {"slug": case.chin.slug, "name": case.chin.name},
        "commissioner": case.commissioner.name,
        "topic": case.get_topic_display(),
        "excluded": case.get_excluded_display() if case.excluded else "",
        "asked": f"{asked:.2f}",
        "length": length,
        "limit": f"{limit:.2f}",
        "day": day.isoformat(),
        "submission": number,
        "purpose": str(purpose),
        "by": by.name if by is not None else "",
        "post": post,
        "put_forward_by": case.put_forward_by.name if case.put_forward_by else "",
        "authors": list(dict.fromkeys(one.person.name for one in authors)),
        "sections": sections,
        "answers": answers,
    }
    submission = Submission(
        case=case,
        number=number,
        purpose=purpose,
        asked=asked,
        length=length,
        document=document,
        sha256=fingerprint(document),
        day=day,
        by=by,
        post=post,
    )
    if (pretended := recording()) is not None:
        submission.at = pretended
    check(submission)
    submission.save(force_insert=True)
    return submission


def withdraw(*, by: Any, case: Case, day: date, reason: str, post: str = "") -> None:
    """The CHIN takes the case back. What was submitted stays to be read."""
    step(by=by, case=case, event=Event.WITHDRAWN, day=day, reason=reason, post=post)


def reopen(*, by: Any, case: Case, day: date, reason: str, post: str = "") -> None:
    """A case that was withdrawn or declined is a draft again, with all that was written; an idea that nobody had taken
    up is an idea again.
    """
    taken_up = case.steps.filter(event=Event.TAKEN_UP).exists()
    step(by=by, case=case, event=Event.REOPENED if taken_up else Event.RESUMED, day=day, reason=reason, post=post)
