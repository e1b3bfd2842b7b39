"""Barnet's bodies with posts in their seats, and their meetings: made up, but for the bodies, which the papers name.

What comes before a body is put on the agenda of a meeting before it is held: `meeting_after` finds it, `hold` holds it.
"""

from datetime import date, time, timedelta
from typing import Any

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.config.demonstration.barnet import CHIN_1, CHIN_2, CHIN_3, CHIN_4, CHIN_5, CHIN_6
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.lists import first_of_months
from cc2h.config.demonstration.people import PROGRAMME_BEGAN, seat
from cc2h.config.demonstration.places import BARNET
from cc2h.config.demonstration.story import MadeUpPost, Story
from cc2h.delivery.models import Action
from cc2h.governance import queries, services, shipped
from cc2h.governance.models import Body, Meeting, MeetingState, Part, Presence, Seat, Task
from cc2h.governance.papers import papers_due
from cc2h.governance.services import Present
from cc2h.kit.dated import recording_at
from cc2h.kit.working import is_working
from chins.models import Chin, Post
from chins.workflow import COUNTED

OF_THE_STORY = date(2018, 12, 6)
FROM, UNTIL = date(2018, 1, 1), date(2019, 12, 31)  # when bodies met as the story has it
LATELY, AHEAD = timedelta(days=190), timedelta(days=92)  # and around the day of loading
DAY = timedelta(days=1)
THURSDAY, TUESDAY, WEDNESDAY = 3, 1, 2

# Posts of people who sit on bodies and hold no other post, in the order of their e-mail addresses: body.member.1 and so on.
MEMBERS = (
    "Chair of the Governing Body", "Lay member, vice chair of the Governing Body", "Accountable officer",
    "Director of commissioning", "Director of public health", "Director of adult social care", "GP member, north",
    "GP member, south", "GP member, west", "Lay member", "Councillor, chair of the Health and Wellbeing Board", "Councillor",
    "Healthwatch representative", "Chief finance officer",
)  # fmt: skip


def _member(number: int) -> str:
    return f"{MEMBERS[number - 1]}, {BARNET.borough}"


SECRETARY = f"{Role.SECRETARY.label}, {BARNET.borough}"
WHO_SITS: dict[str, dict[str, str]] = {
    shipped.GOVERNING: {
        "Chair": _member(1), "Vice chair, lay member": _member(2), "Accountable officer": _member(3),
        "Chief finance officer": _member(14), "GP member 1": _member(7), "GP member 2": _member(8),
        "GP member 3": _member(9), "Lay member 1": _member(10), "Secretary": SECRETARY,
    },
    shipped.DECIDES: {
        "Chair": _member(3), "Vice chair": _member(2), "Director of commissioning": _member(4),
        "Finance lead": _member(14), "Public health": _member(5), "Adult social care": _member(6),
        "GP member 1": f"{Role.CLINICAL_LEAD.label}, {CHIN_1.name}", "GP member 2": _member(8),
        "Lay member": _member(10), "Secretary": SECRETARY,
    },
    shipped.STEERING: {
        "Chair": f"{Role.STEERING_GROUP_LEAD.label}, {BARNET.borough}", "Vice chair": _member(9),
        "Member 1": _member(7), "Member 2": _member(5), "Member 3": _member(13), "Secretary": SECRETARY,
    },
    shipped.WELLBEING: {
        "Chair": _member(11), "Vice chair": _member(1), "Councillor 1": _member(12),
        "Councillor 2": f"{Role.BOARD_MEMBER.label}, {BARNET.borough}", "Director of public health": _member(5),
        "Healthwatch": _member(13), "Secretary": SECRETARY,
    },
    shipped.PROGRAMME_BOARD: {
        "Programme manager": "NCL programme office, Islington",
        "Federation representative": "Federation manager, Barnet Federated GPs",
        "Children’s social care representative": f"{Role.COUNCIL_OFFICER.label}, {BARNET.borough}",
    },
}  # fmt: skip
OF_A_CHIN = {
    "Chair": Role.CHIN_LEAD, "Clinical lead": Role.CLINICAL_LEAD, "Managerial lead": Role.MANAGERIAL_LEAD,
    "Quality improvement lead": Role.QI_LEAD, "Specified Point of Contact": Role.SPOC,
}  # fmt: skip
REPRESENTATIVE = "Practice representative"
CANCELLED = (shipped.DECIDES, 2018, 8, "Too few members could come in August")
STANDING_ITEMS = (("Minutes of the last meeting", Task.NOTE), ("Progress of the CHINs", Task.NOTE))


def tell(story: Story) -> None:
    """Somebody for every post of a body that has no other."""
    for number in range(1, len(MEMBERS) + 1):
        post = MadeUpPost(Role.BODY_MEMBER, _member(number), BARNET)
        seat(story, post, BARNET.mail(f"body.member.{number}"), PROGRAMME_BEGAN)
    for number, chin in enumerate((CHIN_1, CHIN_2, CHIN_3, CHIN_4, CHIN_5, CHIN_6), 1):
        post = MadeUpPost(Role.BODY_MEMBER, f"{REPRESENTATIVE}, {chin.name}", BARNET)
        seat(story, post, BARNET.mail(f"chin{number}.member"), PROGRAMME_BEGAN)


def write(today: date) -> None:
    """The bodies, who sits on them, and every meeting that is planned; none of them is held yet."""
    ours: Any = Chin.objects.filter(commissioner__ods_code=BARNET.code)
    chins = ours.with_status(min(today, OF_THE_STORY)).filter(status__in=COUNTED).order_by("slug")
    with recording_at(moment(shipped.SINCE)):
        shipped.load(chins)
    _fill()
    for body in Body.objects.filter(commissioner__ods_code=BARNET.code).select_related("chin"):
        days = [day for day in _days(body, today) if _of_the_story(day, today)]
        if body.chin is not None:  # a board meets once it has its leads
            days = [day for day in days if _quorate(body, day)]
        Meeting.objects.bulk_create(
            Meeting(body=body, day=day, begins=_begins(body), place=_place(body)) for day in days
        )
    slug, year, month, why = CANCELLED
    Meeting.objects.filter(body__slug=slug, day__year=year, day__month=month).update(
        state=MeetingState.CANCELLED, why_cancelled=why
    )
    for meeting in Meeting.objects.filter(body__chin=None).exclude(state=MeetingState.CANCELLED):
        for title, task in STANDING_ITEMS:
            services.add_item(by=None, meeting=meeting, title=title, task=task)


def _fill() -> None:
    posts = {post.title: post for post in Post.objects.all()}
    with recording_at(moment(shipped.SINCE + DAY)):
        for found in Seat.objects.held().select_related("body__chin").order_by("pk"):
            if found.body.chin is None:
                post = posts.get(WHO_SITS.get(found.body.slug, {}).get(found.title, ""))
            else:
                post = (
                    posts.get(f"{found.title}, {found.body.chin}")
                    or Post.objects.filter(chin=found.body.chin, role=OF_A_CHIN.get(found.title, "")).first()
                )
            if post is not None:
                services.fill_seat(by=None, seat=found, post=post, first=found.first_day, reason="Nominated")


def _days(body: Body, today: date) -> list[date]:
    """A working day of each month, or of some, in a week and on a weekday of the body's own."""
    week, weekday, months = {
        shipped.DECIDES: (1, THURSDAY, range(1, 13)),
        shipped.STEERING: (3, TUESDAY, range(1, 13)),
        shipped.GOVERNING: (3, THURSDAY, range(1, 13, 2)),
        shipped.WELLBEING: (0, THURSDAY, range(3, 13, 3)),
    }.get(body.slug, (0, WEDNESDAY, range(2, 13, 3)))
    if body.slug not in WHO_SITS and body.chin is None:
        return []
    found = []
    for first in first_of_months(FROM, max(UNTIL, today + AHEAD)):
        if first.month in months:
            day = first + timedelta(days=(weekday - first.weekday()) % 7, weeks=week)
            while not is_working(day):
                day += DAY
            found.append(day)
    return found


def _of_the_story(day: date, today: date) -> bool:
    return FROM <= day <= min(UNTIL, today + AHEAD) or today - LATELY <= day <= today + AHEAD


def _quorate(body: Body, day: date) -> bool:
    terms = queries.terms_on(body, day)
    sitting = [one for one in queries.members(body, day) if one.holder is not None and one.seat.voting]
    return terms is not None and len(sitting) >= terms.quorum


def _begins(body: Body) -> time:
    return time(13) if body.chin is not None else time(19) if body.slug == shipped.WELLBEING else time(14)


def _place(body: Body) -> str:
    return "At a practice of the CHIN" if body.chin is not None else "Committee room 1"


def meeting_after(slug: str, day: date) -> Meeting:
    """The body's next meeting after a day that is not over. Raises Meeting.DoesNotExist."""
    coming = Meeting.objects.filter(body__slug=slug, day__gt=day, state=MeetingState.PLANNED).order_by("day")[:1]
    return coming.get()


def hold(meeting: Meeting) -> Meeting:
    """The papers had gone out in time, and everybody was there but one, who had sent apologies."""
    day = papers_due(meeting.day)
    with recording_at(moment(meeting.day)):
        if meeting.items.filter(taken_off=False).exists():
            meeting = services.papers_out(by=None, meeting=meeting, day=day)
        there = [one for one in queries.members(meeting.body, meeting.day) if one.holder is not None]
        away = there[(meeting.day.month * 5) % len(there)] if len(there) > 4 else None
        if away is not None and (away.seat.part == Part.SECRETARY or not away.seat.voting):
            away = None
        chair = next(one for one in there if one is not away and one.seat.voting)
        seen: set[int] = set()
        listed = []
        for one in there:
            if one.holder is None or one.holder.pk in seen:
                continue
            seen.add(one.holder.pk)
            presence = Presence.APOLOGIES if one is away else Presence.PRESENT
            listed.append(Present(person=one.holder, seat=one.seat, presence=presence, presides=one is chair))
        return services.hold(by=None, meeting=meeting, today=meeting.day, attendance=listed)


def hold_all(today: date) -> None:
    """Whatever was to be held before today has been; the papers of the next are out where they are due."""
    planned = Meeting.objects.filter(state=MeetingState.PLANNED).select_related("body").order_by("day", "pk")
    for meeting in planned.filter(day__lt=today):
        hold(meeting)
    for meeting in planned.filter(day__gte=today, day__lte=today + timedelta(days=8), items__isnull=False).distinct():
        services.papers_out(by=None, meeting=meeting, day=min(today, papers_due(meeting.day)))
    _asked(today)


def _asked(today: date) -> None:
    """What the Programme Board asked at its last meeting: one thing is done, one is not."""
    last = Meeting.objects.filter(body__slug=shipped.DECIDES, state=MeetingState.HELD, day__lte=today).first()
    if last is None:
        return
    manager = Post.objects.get(title=f"{Role.TRANSFORMATION_MANAGER.label}, {BARNET.borough}")
    finance = Post.objects.get(title=f"{Role.FINANCE_OFFICER.label}, {BARNET.borough}")
    common = {"kind": "meeting", "key": str(last.pk), "raised_on": last.day}
    secretary = User.objects.get(email=BARNET.mail("secretary"))
    Action.objects.bulk_create(
        [
            Action(
                **common, what="Bring the list of practices that have not answered", owner=manager,
                due_day=last.day + timedelta(days=21), raised_by=secretary,
            ),
            Action(
                **common, what="Say what is left of the money for tests", owner=finance, state="done",
                due_day=last.day + timedelta(days=14), raised_by=secretary, closed_by=secretary,
                closed_on=min(today, last.day + timedelta(days=10)), evidence="A note to the members",
            ),
        ]
    )  # fmt: skip
