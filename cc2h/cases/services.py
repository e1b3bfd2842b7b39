"""Putting a case forward, writing it and taking its steps. Everything raises ValidationError, in words, for what is refused."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from cc2h.cases.models import Case, CaseStep
from cc2h.cases.states import CaseState, Event, allowed, leads
from cc2h.kit.dated import recording
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from chins.models import Chin

Listener = Callable[[Case, CaseStep, Any], None]
_listeners: dict[Event, list[Listener]] = {}


def on(*events: Event) -> Callable[[Listener], Listener]:
    """Register who is told of an event in its transaction, called as f(case, step, by); what it raises undoes the step."""

    def register(listener: Listener) -> Listener:
        for event in events:
            _listeners.setdefault(event, []).append(listener)
        return listener

    return register


def put_forward(
    *, by: Any, chin: Chin, title: str, problem: str, topic: str, today: date, excluded: str = "", post: str = ""
) -> Case:
    """An idea of a CHIN, numbered by its year."""
    with writing(by):
        case = Case(
            number=_next_number(today.year),
            commissioner_id=chin.commissioner_id,
            chin=chin,
            title=" ".join(title.split()),
            problem=problem.strip(),
            topic=topic,
            excluded=excluded,
            since=today,
            put_forward_by=by,
        )
        _not_twice(case)
        check(case)
        case.save(force_insert=True)
        _enter(case, Event.PUT_FORWARD, "", by=by, day=today, post=post)
    return case


def step(*, by: Any, case: Case, event: Event, day: date, reason: str = "", post: str = "") -> CaseStep:
    """Something happens to the case, whoever listens is told, and all of it holds or nothing.

    Refused where the case has gone on meanwhile, or the event is none for its state. The caller has asked who may.
    """
    with writing(by):
        current: Case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        if not allowed(event, current.state):
            state = CaseState(current.state).label
            raise ValidationError(
                f"“{event.label}” can’t happen to a case that is “{state}”. Look at it again.", code="not_now"
            )
        taken = _enter(current, event, current.state, by=by, day=day, post=post, reason=reason)
        case.state = current.state = taken.after
        for listener in _listeners.get(event, ()):
            listener(current, taken, by)
    return taken


def _enter(case: Case, event: Event, before: str, *, by: Any, day: date, post: str = "", reason: str = "") -> CaseStep:
    taken = CaseStep(
        case=case,
        event=event,
        before=before,
        after=leads(event, before),
        day=day,
        by=by,
        post=post,
        reason=reason.strip(),
    )
    if (pretended := recording()) is not None:
        taken.at = pretended
    check(taken)
    taken.save(force_insert=True)
    return taken


def _not_twice(case: Case) -> None:
    """What somebody sent twice is put forward once. Comes after `_next_number`, for which both have waited."""
    if case.put_forward_by is None:
        return
    alike = {name: getattr(case, name) for name in ("chin", "title", "problem", "topic", "put_forward_by")}
    there = Case.objects.filter(**alike, state=CaseState.IDEA, since=case.since).first()
    if there is not None:
        raise ValidationError(f"You have put this idea forward already: {there.number}.", code="twice")


def _next_number(year: int) -> str:
    with connection.cursor() as cursor:  # two at once would take the same number
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases_case.number'))")
    taken = Case.objects.filter(number__startswith=f"{year}-").values_list("number", flat=True)
    last = max((int(number[5:]) for number in taken), default=0)
    return f"{year}-{last + 1:03}"
