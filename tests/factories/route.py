"""The route of business cases, and cases at any point of it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db.models import F

from budget import ledger
from budget.models import Balance
from cc2h.accounts.authority import Role
from cc2h.cases import services as cases
from cc2h.cases.funding.at_check import shares
from cc2h.cases.models import Case, Purpose, Submission
from cc2h.cases.route import keeping, services, shipped
from cc2h.cases.route.models import Outcome, Route, Turn
from cc2h.cases.route.outcomes import TASKS, VOTED, Part, Said
from cc2h.cases.states import Event
from cc2h.governance.decisions import deciding
from cc2h.governance.models import Body, Meeting, Seat, Terms
from chins.models import Chin
from practices.models import Commissioner
from tests.factories.accounts import person
from tests.factories.budget import LineFactory
from tests.factories.chins import ChinFactory
from tests.factories.governance import AttendanceFactory, ItemFactory, MeetingFactory, SeatFactory, TermsFactory

FIRST = date(2018, 1, 2)  # the day the route is from
SENT = date(2018, 10, 1)  # the day cases are submitted, a Monday


def bodies(commissioner: Commissioner) -> dict[str, Body]:
    """The bodies of the default route, made where they are not there."""
    for name in (
        shipped.PROGRAMME_BOARD, shipped.GOVERNING_BODY, shipped.STEERING_GROUP, shipped.WELLBEING_BOARD
    ):  # fmt: skip
        slug = f"{commissioner.ods_code}-{name}".lower().replace(" ", "-")
        Body.objects.get_or_create(commissioner=commissioner, chin=None, name=name, defaults={"slug": slug})
    return shipped.bodies_of(commissioner)


def route_of(commissioner: Commissioner, *stages: keeping.Plan, from_day: date = FIRST, **more: Any) -> Route:
    """The route in force, the default one unless stages are given; the next version where there is one."""
    return keeping.make_version(
        by=more.get("by"),
        commissioner=commissioner,
        stages=stages or shipped.stages(bodies(commissioner)),
        from_day=from_day,
        why=more.get("why", "The route begins."),
        today=from_day,
        follows=keeping.latest(commissioner),
    )


def has_a_route(commissioner: Commissioner) -> None:
    """The default route is in force, unless there is one."""
    if keeping.latest(commissioner) is None:
        route_of(commissioner)


def routed(
    chin: Chin | None = None,
    asked: Decimal | int = 9600,
    day: date = SENT,
    by: Any = None,
    purpose: str = Purpose.TEST,
    **facts: Any,
) -> Case:
    """A case that was submitted on the day, and waits at the first stage of its route."""
    chin = chin or ChinFactory()
    has_a_route(chin.commissioner)
    by = by or person(Role.QI_LEAD, of=chin)
    given = {"title": "Wound care at home", "problem": "Wounds heal late.", "topic": Case.Topic.WOUND_CARE} | facts
    case = cases.put_forward(by=by, chin=chin, today=day, **given)
    cases.step(by=by, case=case, event=Event.TAKEN_UP, day=day)
    cases.step(by=by, case=case, event=Event.DRAFTED, day=day)
    sent(case, asked, day, by)
    return case


def sent(case: Case, asked: Decimal | int, day: date = SENT, by: Any = None, purpose: str = Purpose.TEST) -> Submission:
    """The case is submitted, again where more was asked for, as it is."""
    number = case.submissions.count() + 1
    submission = Submission.objects.create(
        case=case,
        number=number,
        purpose=purpose,
        asked=Decimal(asked),
        length="short" if asked <= shipped.SHORT_FORM else "long",
        document={"answers": {"costs": {"rows": [_cost(day, asked)]}}},
        sha256=sha256(f"{case.number}, {number}".encode()).hexdigest(),
        day=day,
        by=by or case.put_forward_by,
    )
    event = Event.PROPOSED if purpose == Purpose.SCALE else Event.SUBMITTED if number == 1 else Event.SUBMITTED_AGAIN
    cases.step(by=by or case.put_forward_by, case=case, event=event, day=day)
    return submission


def _cost(day: date, asked: Decimal | int) -> dict[str, str]:
    """All of it in the month of the day."""
    return {"month": f"{day:%Y-%m}", "what": "A nurse", "type": "staff", "recurrent": "no", "amount": f"{asked:.2f}"}


def payer_for(case: Case) -> str:
    """The line that pays, as the check chooses it: one of the commissioner’s with money enough, made if there is none."""
    submission = case.submissions.latest("number")
    for year, amount in shares(submission).items():
        left = F("allocated") - F("earmarked") - F("committed")
        found = Balance.objects.filter(line__commissioner=case.commissioner, year=year, chin=None)
        balance = found.annotate(left=left).filter(left__gte=amount).first()
        if balance is not None:
            return str(balance.line_id)
        line = LineFactory(source__commissioner=case.commissioner, first_year=year, last_year=year + 4)
        allocation = {"line": line, "year": year, "amount": max(amount, Decimal(1_000_000)), "day": submission.day}
        ledger.allocate(by=None, reason="For tests of change", **allocation)
        return str(line.pk)
    return ""


def turn_of(case: Case, key: str) -> Turn:
    """The turn of a stage of the case's latest submission."""
    found: Turn = Turn.objects.whole().get(
        passage__submission=case.submissions.latest("number"), stage__key__startswith=key
    )
    return found


def open_turns(case: Case) -> list[str]:
    """The stages of its latest submission that are waited for."""
    newest = case.submissions.latest("number")
    turns = Turn.objects.filter(passage__submission=newest, state="open").select_related("stage")
    return sorted(turn.stage.key for turn in turns)


PASSES = {
    Part.SPONSOR: Said.SPONSORED,
    Part.CHECK: Said.AGREED,
    Part.ADVISE: Said.ENDORSED,
    Part.DECIDE: Said.APPROVED,
    Part.NOTE: Said.NOTED,
    Part.TOLD: Said.TOLD,
}


def said(case: Case, key: str, what: Said | None = None, day: date = SENT, by: Any = None, **more: Any) -> Outcome:
    """Something is said at a stage, by a body at a meeting where it is one that decides. What passes it, unless told."""
    turn = turn_of(case, key)
    what = what or PASSES[Part(turn.stage.part)]
    reasons = more.pop("reasons", "It is a good case.")
    if turn.stage.part == Part.DECIDE and turn.body is not None:
        return at_a_meeting(turn, what, day, by, reasons, **more)
    if what == Said.AGREED:
        more.setdefault("typed", {"pays": payer_for(case)})
    return services.record(by=by, turn=turn, said=what, reasons=reasons, day=day, **more)


def at_a_meeting(
    turn: Turn,
    what: Said,
    day: date = SENT,
    by: Any = None,
    reasons: str = "It is a good case.",
    conditions: Sequence[services.Asked] = (),
    sections: Sequence[str] = (),
) -> Outcome:
    """The body says it at a meeting of the day, by the vote of all three who were there."""
    body = turn.body
    if not Terms.objects.filter(body=body).exists():
        TermsFactory(body=body, quorum=2)
        for part in ("chair", "member", "member"):
            SeatFactory(body=body, part=part)
    meeting = MeetingFactory(body=body, day=day)
    item = ItemFactory(meeting=meeting, kind="case", key=turn.case.number, task=TASKS[Part(turn.stage.part)])
    meeting.state = Meeting.State.HELD
    meeting.save()
    for place, seat in enumerate(Seat.objects.filter(body=body)):
        AttendanceFactory(meeting=meeting, seat=seat, presides=place == 0)
    there = list(meeting.attendances.all())
    voted = what in VOTED
    deciding.record(
        by=by,
        item=item,
        chair=there[0].person,
        cast=[deciding.Cast(one.seat_id, one.person_id, "for") for one in there] if voted else [],
        resolution=deciding.Resolution(
            what, reasons, [deciding.Condition(one.text, one.due_on) for one in conditions], sections
        ),
    )
    return turn.outcomes.latest("pk")


def approved(case: Case, day: date = SENT) -> Case:
    """The case with all that its route asks for said, as passes it."""
    while waiting := open_turns(case):
        binding = [key for key in waiting if turn_of(case, key).stage.part not in (Part.NOTE, Part.TOLD)]
        if not binding:
            break
        said(case, binding[0], day=day)
    case.refresh_from_db()
    return case
