"""What pages of interests and decisions show, and what a decision keeps of how it came about."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from cc2h.accounts.authority import Action, Authority, authority_of, can
from cc2h.accounts.models import User
from cc2h.governance.decisions.finding import plain
from cc2h.governance.decisions.models import (
    Confirmation,
    Decision,
    Declaration,
    Handling,
    How,
    Interest,
    Vote,
    whose,
)
from cc2h.governance.decisions.querysets import InterestQuerySet, kept_since
from cc2h.governance.models import Attendance, Body, Item, Meeting, MeetingState, Presence, Seat, Task, Terms
from cc2h.governance.queries import attendance, kept_by, post_ids
from cc2h.governance.services import COMING
from cc2h.governance.subjects import subjects
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_before
from chins.models import Chin, Deputy, PostHolding
from practices.models import Practice

# Who sits, who was there ---------------------------------------------------------------------------------


def sitting(item: Item) -> set[int]:
    """Whoever holds, or deputises for, the post of a seat of the body on the day of the meeting."""
    day = item.meeting.day
    posts = Seat.objects.as_at(day).filter(body=item.meeting.body_id, post__isnull=False).values("post")
    holders = PostHolding.objects.as_at(day).filter(post__in=posts).values_list("holder", flat=True)
    deputies = Deputy.objects.as_at(day).filter(post__in=posts).values_list("deputy", flat=True)
    return {*holders, *deputies}


def barred(item: Item) -> set[int]:
    """Who takes no part in the item: they stay silent, or leave."""
    that_hold = Handling.objects.that_hold().filter(item=item, how__in=(How.SILENT, How.LEAVES))
    return {*that_hold.values_list("person", flat=True)}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many could vote on an item, and how they did."""

    could_vote: int
    votes_for: int
    votes_against: int
    abstained: int


def tally(item: Item) -> Tally:
    """Counted from who was there in a voting seat and takes part, and from the votes."""
    voters = Attendance.objects.filter(
        meeting=item.meeting_id, presence=Presence.PRESENT, person__isnull=False, seat__voting=True
    )
    cast = Vote.objects.filter(item=item).aggregate(
        votes_for=Count("pk", filter=Q(choice="for")),
        votes_against=Count("pk", filter=Q(choice="against")),
        abstained=Count("pk", filter=Q(choice="abstains")),
    )
    return Tally(voters.exclude(person__in=barred(item)).count(), **cast)


# Conflicts on an item ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Conflicted:
    """Somebody with a conflict on an item: in which words, and how it is handled as last recorded."""

    person: User
    words: list[tuple[str, bool]] = field(default_factory=list)  # and whether the portal found it
    handling: Handling | None = None
    there: bool = True  # at the meeting, or nobody has entered yet who was

    @property
    def open(self) -> bool:
        """The chair has still to say how it is handled."""
        return self.there and self.handling is None


def conflicts(item: Item, *, looked_up: bool = True) -> list[Conflicted]:
    """Everybody conflicted on the item, by name. looked_up: also what is plain to the portal and not on record yet."""
    found: dict[int, Conflicted] = {}
    for declared in Declaration.objects.filter(item=item).select_related("person").order_by("pk"):
        theirs = found.setdefault(declared.person_id, Conflicted(declared.person))
        theirs.words.append((declared.words, declared.found))
    listed = Attendance.objects.filter(meeting=item.meeting_id, person__isnull=False)
    presence = dict(listed.values_list("person", "presence"))
    if looked_up and decision_of(item) is None:
        there = {person for person, was in presence.items() if person and was != Presence.ABSENT}
        _look_up(item, there or sitting(item), found)
    for handling in Handling.objects.that_hold().filter(item=item).select_related("chair", "moved_to"):
        found[handling.person_id].handling = handling
    was_held = item.meeting.state == MeetingState.HELD
    for one in found.values():
        one.there = not was_held or presence.get(one.person.pk) == Presence.PRESENT
    return sorted(found.values(), key=lambda one: (one.person.name, one.person.pk))


def _look_up(item: Item, people: set[int], found: dict[int, Conflicted]) -> None:
    """Add what is plain to the portal and not on record yet: it is put there with the next thing that is recorded."""
    more = plain(item, people)
    unknown = {one.person for one in more} - found.keys()
    for user in User.objects.filter(pk__in=unknown) if unknown else ():
        found[user.pk] = Conflicted(user)
    for one in more:
        theirs = found[one.person]
        if all(words != one.words for words, _ in theirs.words):
            theirs.words.append((one.words, True))


def document(item: Item, chair: Any) -> dict[str, Any]:
    """How a decision came about, in words, to be kept with it: asked once its votes are there."""
    meeting = item.meeting
    terms = Terms.objects.as_at(meeting.day).filter(body=meeting.body_id).first()
    subject = subjects.get(item.kind)
    asked = subject.sum_asked(item.key) if subject is not None else None
    votes = {vote.person_id: vote.get_choice_display() for vote in Vote.objects.filter(item=item)}
    out = barred(item)
    return {
        "body": meeting.body.name,
        "meeting": {"day": meeting.day, "place": meeting.place},
        "item": {"position": item.position, "title": item.title, "task": item.get_task_display(), "text": item.text},
        "asked": None if asked is None else f"{asked:.2f}",
        "terms": None
        if terms is None
        else {
            "from": terms.first_day,
            "quorum": terms.quorum,
            "limit": None if terms.limit is None else f"{terms.limit:.2f}",
        },
        "chair": str(chair),
        "people": [
            {
                "name": one.person.name if one.person else one.name,
                "seat": one.seat.title if one.seat else "",
                "organisation": one.seat.organisation if one.seat else "",
                "presence": one.presence,
                "presides": one.presides,
                "as_deputy": one.as_deputy,
                "votes": bool(one.seat and one.seat.voting),
                "took_part": one.person_id not in out,
                "vote": votes.get(one.person_id or 0, ""),
            }
            for one in attendance(meeting)
        ],
        "conflicts": [
            {
                "name": one.person.name,
                "words": [{"text": text, "found": found} for text, found in one.words],
                "there": one.there,
                "how": one.handling.get_how_display() if one.handling else "",
                "why": one.handling.reason if one.handling else "",
                "chair": str(one.handling.chair) if one.handling else "",
            }
            for one in conflicts(item, looked_up=False)
        ],
    }


# Items ---------------------------------------------------------------------------------------------------


def items(user: Any) -> QuerySet[Item]:
    """Those on agendas that this person may see."""
    found: QuerySet[Item] = Item.objects.visible_to(user).select_related("meeting__body", "moved_to__meeting")
    return found


def decision_of(item: Item) -> Decision | None:
    found: Decision | None = Decision.objects.filter(item=item).select_related("by", "chair").first()
    return found


def presides(user: Any, meeting: Meeting) -> bool:
    """Whether they took the chair of the meeting, or were there in its chair’s or vice chair’s seat."""
    taken = Attendance.objects.filter(meeting=meeting, person=user.pk, presence=Presence.PRESENT)
    return taken.filter(Q(presides=True) | Q(seat__part__in=(Seat.Part.CHAIR, Seat.Part.VICE_CHAIR))).exists()


def may_record(user: Any, item: Item) -> bool:
    """Who keeps the body’s governance, its secretary by their seat on the day, and whoever was in the chair."""
    held, meeting = authority_of(user), item.meeting
    if can(user, Action.KEEP_GOVERNANCE, item) or presides(user, meeting):
        return True
    return bool(kept_by(held, meeting.day).filter(body=meeting.body_id).exists())


def post_of(user: Any, item: Item) -> str:
    """In which post they record, as the decision says it."""
    held = authority_of(user).holdings_allowing(Action.KEEP_GOVERNANCE, item.authority_target())
    if held:
        return f"{held[0].title} (as deputy)" if held[0].deputy_for else held[0].title
    there = Attendance.objects.filter(meeting=item.meeting_id, person=user.pk, seat__isnull=False).select_related(
        "seat"
    )
    return next((one.seat.title for one in there if one.seat), "")


def chairs(item: Item) -> list[User]:
    """Who may be in the chair for the item: whoever took it at the meeting, first, and the others there in a seat.

    Before the meeting: whoever holds the chair’s or vice chair’s seat, or deputises for them.
    """
    meeting = item.meeting
    if meeting.state == MeetingState.HELD:
        there = Attendance.objects.filter(
            meeting=meeting, presence=Presence.PRESENT, person__isnull=False, seat__isnull=False
        ).select_related("person", "seat")
        order: list[str] = [Seat.Part.CHAIR, Seat.Part.VICE_CHAIR]
        listed = sorted(
            there,
            key=lambda one: (
                not one.presides,
                order.index(one.seat.part) if one.seat and one.seat.part in order else len(order),
                one.pk,
            ),
        )
        return [one.person for one in listed if one.person]
    day = meeting.day
    seats = Seat.objects.as_at(day).filter(
        body=meeting.body_id, part__in=(Seat.Part.CHAIR, Seat.Part.VICE_CHAIR), post__isnull=False
    )
    parts = dict(seats.values_list("post", "part"))
    found: dict[int, tuple[bool, bool, User]] = {}
    for row in PostHolding.objects.as_at(day).filter(post__in=parts).select_related("holder"):
        found[row.holder_id] = (parts[row.post_id] != Seat.Part.CHAIR, False, row.holder)
    for deputy in Deputy.objects.as_at(day).filter(post__in=parts).select_related("deputy"):
        found.setdefault(deputy.deputy_id, (parts[deputy.post_id] != Seat.Part.CHAIR, True, deputy.deputy))
    return [user for _, _, user in sorted(found.values(), key=lambda one: (one[0], one[1], one[2].pk))]


def meetings_to_come(item: Item) -> list[Meeting]:
    """Later meetings of the body, to which the item can be moved."""
    later = Meeting.objects.filter(body=item.meeting.body_id, day__gt=item.meeting.day, state__in=COMING)
    return list(later.order_by("day"))


def people_for(item: Item) -> list[User]:
    """Whose conflict can be entered: those on the meeting’s list and those who sit on the body."""
    listed = Attendance.objects.filter(meeting=item.meeting_id, person__isnull=False).values_list("person", flat=True)
    return list(User.objects.filter(pk__in={*listed, *sitting(item)}).order_by("name", "pk"))


# What agendas, meetings and bodies show ------------------------------------------------------------------


@dataclass(slots=True)
class Stand:
    """Where an item stands: decided, or how many people have a conflict and how many of these are left to handle."""

    decision: Decision | None = None
    conflicts: int = 0
    unhandled: int = 0


@dataclass(frozen=True, slots=True)
class Stands:
    """Where each item of a meeting stands. may_record: the reader records what was decided, as the meeting was held."""

    of: dict[int, Stand]
    may_record: bool


def stands(user: Any, item: int) -> Stands:
    """Of every item of the item's meeting; a fixed number of queries."""
    one: Item = Item.objects.select_related("meeting__body").get(pk=item)
    its_items = Item.objects.filter(meeting=one.meeting_id)
    found = {pk: Stand() for pk in its_items.values_list("pk", flat=True)}
    for decision in Decision.objects.filter(item__in=its_items).defer("document"):
        found[decision.item_id].decision = decision
    handled = Handling.objects.filter(item=OuterRef("item"), person=OuterRef("person"))
    declared = Declaration.objects.filter(item__in=its_items).annotate(handled=Exists(handled))
    for of, _, was in set(declared.values_list("item", "person", "handled")):
        found[of].conflicts += 1
        found[of].unhandled += not was
    return Stands(found, one.meeting.state == MeetingState.HELD and may_record(user, one))


def of_meeting(meeting: int) -> list[Decision]:
    """What was decided at a meeting, in the order of its agenda."""
    found = Decision.objects.filter(item__meeting=meeting).select_related("item").defer("document")
    return list(found.order_by("item__position", "pk"))


def latest(body: str, asat: AsAt, most: int) -> tuple[list[Decision], int]:
    """The latest decisions of a body on the day, and how many there are."""
    found = Decision.objects.filter(item__meeting__body__slug=body, day__lte=asat.day)
    return list(found.select_related("item__meeting").defer("document")[:most]), found.count()


# Decisions -----------------------------------------------------------------------------------------------


def decisions(user: Any) -> QuerySet[Decision]:
    """Those of bodies that this person may see."""
    found: QuerySet[Decision] = Decision.objects.visible_to(user).select_related("item__meeting__body", "by", "chair")
    return found


def listed_decisions(user: Any, asat: AsAt) -> QuerySet[Decision]:
    """Those taken by the day, with how many conditions they have."""
    found = decisions(user).filter(day__lte=asat.day).defer("document", "minute")
    conflicted = Declaration.objects.filter(item=OuterRef("item")).order_by().values("item")
    return found.annotate(
        body=F("item__meeting__body__name"),
        conflicted=Coalesce(Subquery(conflicted.annotate(people=Count("person", distinct=True)).values("people")), 0),
    )


def bodies(user: Any) -> list[tuple[str, str]]:
    """Bodies with decisions that this person may see, for a filter."""
    decided = Decision.objects.filter(item__meeting__body=OuterRef("pk"))
    found = Body.objects.visible_to(user).filter(Exists(decided)).order_by("name", "pk")
    return [(slug, name) for slug, name in found.values_list("slug", "name")]


# Interests -----------------------------------------------------------------------------------------------


def register(user: Any, asat: AsAt) -> QuerySet[Interest]:
    """The published register as at the day; last: the last day of each."""
    if not can(user, Action.VIEW_GOVERNANCE):
        return Interest.objects.none()
    found: QuerySet[Interest] = Interest.objects.published(asat.day, asat.known_at)
    upper = Cast(Func(F("period"), function="upper"), DateField())
    last = ExpressionWrapper(upper - Value(1), output_field=DateField())
    return found.select_related("person", "practice", "chin").annotate(last=last)


def interests(user: Any, asat: AsAt) -> QuerySet[Interest]:
    """Versions held now that this person may see."""
    found: QuerySet[Interest] = Interest.objects.visible_to(user, asat.today)
    return found.select_related("person", "practice", "chin")


def versions_kept(user: Any, asat: AsAt) -> InterestQuerySet:
    """Versions, held or not, of interests that this person may see: an address may name one."""
    seen = Interest.objects.visible_to(user, asat.today).order_by().values("thread")
    found: InterestQuerySet = Interest.objects.filter(thread__in=seen).select_related("person", "practice", "chin")
    return found


def of_person(user: Any, person: User, asat: AsAt) -> list[Interest]:
    """Somebody’s interests, the latest first: those published, or all that are kept for whoever keeps them."""
    found = Interest.objects.visible_to(user, asat.day, asat.known_at).filter(person=person)
    return list(found.select_related("practice", "chin").order_by("-period", "pk"))


def people(user: Any, asat: AsAt) -> QuerySet[User]:
    """Whoever sits on a body on the day or is on the register: how many interests they have, when they confirmed them."""
    if not can(user, Action.VIEW_GOVERNANCE):
        return User.objects.none()
    day, known = asat.day, asat.known_at
    posts = Seat.objects.visible_to(user).as_at(day, known).filter(post__isnull=False).order_by().values("post")
    holds = PostHolding.objects.as_at(day, known).filter(post__in=posts).values("holder")
    deputises = Deputy.objects.as_at(day, known).filter(post__in=posts).values("deputy")
    shown = Interest.objects.published(day, known).order_by()
    true = Interest.objects.as_at(day, known).filter(person=OuterRef("pk")).order_by().values("person")
    last = Confirmation.objects.on(day).filter(person=OuterRef("pk"))
    return (
        User.objects.filter(Q(pk__in=holds) | Q(pk__in=deputises) | Q(pk__in=shown.values("person")))
        .annotate(
            interests_true=Coalesce(Subquery(true.annotate(n=Count("pk")).values("n")), 0),
            confirmed=Subquery(last.values("day")[:1]),
            said_nothing=Subquery(last.values("nothing")[:1]),
            sits=Q(pk__in=holds) | Q(pk__in=deputises),
        )
        .order_by("name", "pk")
    )


def overdue_since(day: date) -> date:
    """A register that was confirmed before this day is to be confirmed again: every year."""
    return year_before(day)


def to_confirm(user: Any, held: Authority, day: date, since: date) -> QuerySet[Seat]:
    """The seats of somebody who has not confirmed their interests for a year, `overdue_since` the day."""
    lately = Confirmation.objects.filter(person=user.pk, day__gte=since)
    found: QuerySet[Seat] = Seat.objects.as_at(day).filter(~Exists(lately), post__in=post_ids(held))
    return found


def to_record(held: Authority, day: date) -> QuerySet[Item]:
    """Items to decide or advise on of meetings that were held, of bodies they are secretary of: nothing is recorded."""
    open_ones = Item.objects.filter(
        meeting__state=MeetingState.HELD, meeting__day__lte=day, taken_off=False, decision=None
    ).exclude(task=Task.NOTE)
    found: QuerySet[Item] = open_ones.filter(meeting__body__in=kept_by(held, day)).select_related("meeting__body")
    return found.order_by("meeting__day", "position", "pk")


def person(user: Any, asat: AsAt, pk: int) -> User | None:
    """Somebody whose interests they may look at: themselves, their commissioner’s people, who sits or is on the register."""
    found = User.objects.filter(pk=pk).first()
    if found is None or found.pk == user.pk or keeps(user, found, asat):
        return found
    return found if people(user, asat).filter(pk=pk).exists() else None


def keeps(user: Any, person: User, asat: AsAt) -> bool:
    """Whether they keep the register for this person."""
    held = authority_of(user)
    return held.may(Action.KEEP_INTERESTS) and held.allows(Action.KEEP_INTERESTS, whose(person, asat.today))


def may_write(user: Any, person: User, asat: AsAt) -> bool:
    """Oneself, or who keeps the register for them."""
    own = person.pk == user.pk and authority_of(user).may(Action.DECLARE_INTEREST)
    return own or keeps(user, person, asat)


def confirmations(person: User, day: date) -> list[Confirmation]:
    """Each time they said that the register is complete, by the day, the latest first."""
    return list(Confirmation.objects.on(day).filter(person=person).select_related("by"))


def any_true(person: User, day: date) -> bool:
    return Interest.objects.as_at(day).filter(person=person).exists()


def declared_on_items(user: Any, person: User, asat: AsAt, most: int = 25) -> list[Declaration]:
    """What somebody declared, or was found, on items of agendas that the reader may see."""
    found = Declaration.objects.visible_to(user).filter(person=person, item__meeting__day__lte=asat.day)
    return list(found.select_related("item__meeting__body").order_by("-pk")[:most])


def history_of(person: User, asat: AsAt) -> list[history.Entry]:
    """What was done to somebody’s interests, newest first."""
    versions = Interest.objects.filter(person=person, period__endswith__gt=kept_since(asat.today))
    return history.entries(versions | Interest.objects.filter(person=person, period__upper_inf=True))


def chins() -> list[tuple[str, str]]:
    """CHINs that an interest can be in, by slug."""
    return list(Chin.objects.order_by("name", "pk").values_list("slug", "name"))


def practice_by_code(code: str) -> Practice | None:
    return Practice.objects.filter(ods_code=code).first() if code else None


def chin_by_slug(slug: str) -> Chin | None:
    return Chin.objects.filter(slug=slug).first() if slug else None
