"""What pages of bodies and meetings show, and what decisions ask: seats, quorum, who presides, agendas."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.fields import IntegerField, TextField

from cc2h.accounts.authority import Action, Authority, Scope, authority_of
from cc2h.accounts.models import User
from cc2h.governance.models import Attendance, Body, Item, Meeting, MeetingState, Part, Presence, Seat, Terms
from cc2h.governance.services import COMING, Present
from cc2h.governance.subjects import Waiting, waiting_for
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from chins.models import Chin, Post, PostHolding
from chins.queries import seats as holders_of
from practices.models import Commissioner

# Its place in the tree, as words that sort: whose the topmost one is (those of all come first), then the names downwards.
_ABOVE = """(
    WITH RECURSIVE above(parent_id, path, depth, whose) AS (
        SELECT b.parent_id, ARRAY[b.name || ' ' || b.id], 0, b.commissioner_id
        FROM governance_body b WHERE b.id = governance_body.id
        UNION ALL
        SELECT b.parent_id, (b.name || ' ' || b.id) || a.path, a.depth + 1, b.commissioner_id
        FROM above a JOIN governance_body b ON b.id = a.parent_id
    )
    SELECT {what}
    FROM above a LEFT JOIN practices_commissioner c ON c.id = a.whose
    WHERE a.parent_id IS NULL
)"""
_PATH = _ABOVE.format(what="coalesce(c.short_name, '') || chr(9) || array_to_string(a.path, chr(9))")
_DEPTH = _ABOVE.format(what="a.depth")


# Bodies ------------------------------------------------------------------------------------------------


def _to_come(day: date) -> Any:
    """The meetings of the outer body that are not over on the day."""
    found = Meeting.objects.filter(body=OuterRef("pk"), day__gte=day).exclude(state=MeetingState.CANCELLED)
    return found.exclude(day=day, state=MeetingState.HELD)


def bodies(user: Any, asat: AsAt) -> Any:
    """The bodies that this person may see, with place and depth in the tree, and what holds of each on the day.

    Annotates path, depth, quorum, limit, seats_on, filled_on, next_on.
    """
    terms = Terms.objects.as_at(asat.day, asat.known_at).filter(body=OuterRef("pk"))
    seats = Seat.objects.as_at(asat.day, asat.known_at).filter(body=OuterRef("pk")).order_by().values("body")
    held = PostHolding.objects.as_at(asat.day, asat.known_at).filter(post=OuterRef("post"))
    coming = _to_come(asat.day)

    def counted(found: Any) -> Subquery:
        return Subquery(found.annotate(n=Count("pk")).values("n"), output_field=IntegerField())

    return (
        Body.objects.visible_to(user)
        .select_related("commissioner", "chin", "parent")
        .annotate(
            path=RawSQL(_PATH, (), output_field=TextField()),  # noqa: S611 - constants of ours, both
            depth=RawSQL(_DEPTH, (), output_field=IntegerField()),  # noqa: S611
            quorum=Subquery(terms.values("quorum")[:1]),
            limit=Subquery(terms.values("limit")[:1]),
            seats_on=counted(seats),
            filled_on=counted(seats.filter(Exists(held))),
            next_on=Subquery(coming.order_by("day").values("day")[:1]),
        )
    )


def find_body(user: Any, slug: str) -> Any:
    """The body as a queryset: of one, or none that this person may see."""
    return Body.objects.visible_to(user).filter(slug=slug).select_related("commissioner", "chin", "parent")


def body_choices(user: Any) -> list[tuple[str, str]]:
    """(slug, name) of the bodies that this person sees, by name."""
    return list(Body.objects.visible_to(user).order_by("name", "pk").values_list("slug", "name"))


def below(body: Body, user: Any) -> list[Body]:
    """The bodies that report to it."""
    return list(Body.objects.visible_to(user).filter(parent=body).order_by("name", "pk"))


def terms_on(body: Body, day: date, asat: AsAt | None = None) -> Terms | None:
    """The terms of reference in force on the day."""
    found: Terms | None = Terms.objects.as_at(day, asat.known_at if asat else None).filter(body=body).first()
    return found


def terms_of(body: Body) -> list[Terms]:
    """All terms held now, the newest first."""
    return list(Terms.objects.held().filter(body=body).order_by("-period"))


def versions(model: Any, user: Any) -> Any:
    """Terms or seats of bodies that this person may see, held or not."""
    seen = Body.objects.visible_to(user)
    return model.objects.filter(body__in=seen).select_related("body__commissioner", "body__chin")


def body_history(body: Body) -> list[history.Entry]:
    """What was done to the body, its terms and seats."""
    return history.entries(
        Body.objects.filter(pk=body.pk), Terms.objects.filter(body=body), Seat.objects.filter(body=body)
    )


def parents(user: Any, body: Body | None = None) -> list[tuple[int, str]]:
    """The bodies that one may report to."""
    seen = Body.objects.visible_to(user).filter(ended_on=None).select_related("commissioner")
    if body is not None:
        seen = seen.exclude(pk=body.pk)
    return [(one.pk, f"{one} ({one.commissioner or 'NCL'})" if one.commissioner else str(one)) for one in seen]


def keepers_of_commissioners(user: Any) -> list[Commissioner]:
    """The commissioners whose bodies this person may keep."""
    return list(
        Commissioner.objects.granting(user, Action.KEEP_GOVERNANCE).filter(in_programme=True).order_by("short_name")
    )


def places(user: Any) -> list[tuple[str, str]]:
    """Whose a new body can be: all commissioners’, one’s, or a CHIN’s; by what a form sends back."""
    held = authority_of(user)
    offered = [("all", "All commissioners together")] if held.everywhere(Action.KEEP_GOVERNANCE) else []
    commissioners = keepers_of_commissioners(user)
    offered += [(one.ods_code, one.name) for one in commissioners]
    chins = Chin.objects.filter(
        Q(commissioner__in=[one.pk for one in commissioners])
        | Q(pk__in=held.own_ids(Action.KEEP_GOVERNANCE, Scope.CHIN)),
        merged_into=None,
    )
    return [*offered, *chins.order_by("name", "pk").values_list("slug", "name")]


def place(user: Any, value: str) -> dict[str, Any]:
    """What `places` offered, as the service takes it."""
    if value == "all":
        return {}
    commissioner = Commissioner.objects.filter(ods_code=value).first()
    return {"commissioner": commissioner} if commissioner else {"chin": Chin.objects.get(slug=value)}


# Seats ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """A seat on a day: whoever holds its post, and their deputies. holder: None where the seat is vacant."""

    seat: Seat
    holder: User | None
    deputies: Sequence[User]

    @property
    def vacant(self) -> bool:
        return self.holder is None

    @property
    def people(self) -> list[User]:
        """Who may sit there."""
        return [*([self.holder] if self.holder is not None else []), *self.deputies]


def members(body: Body, day: date, asat: AsAt | None = None) -> list[Member]:
    """The seats of a body on a day in the order of its table (chair, vice chair, secretary, members, by title), in four queries."""
    order = {part: place for place, part in enumerate(Part)}
    seats = (
        Seat.objects.as_at(day, asat.known_at if asat else None).filter(body=body).select_related("post").order_by("pk")
    )
    found = sorted(seats, key=lambda seat: (order[Part(seat.part)], not seat.core, seat.title.casefold(), seat.pk))
    posts = {seat.post_id: seat.post for seat in found if seat.post is not None}
    on = AsAt(day, asat.known if asat else None, asat.today if asat else day)
    by_post = {one.post.pk: one for one in holders_of(posts.values(), on)}
    return [_member(seat, by_post.get(seat.post_id or 0)) for seat in found]


def _member(seat: Seat, held: Any) -> Member:
    if held is None:
        return Member(seat, None, ())
    holder = held.holding.holder if held.holding is not None else None
    return Member(seat, holder, [one.deputy for one in held.deputies])


def seat_list(body: Body, asat: AsAt) -> Any:
    """The seats of the body on the day as a queryset: annotates holder, deputies (names), filled."""
    holding = PostHolding.objects.as_at(asat.day, asat.known_at).filter(post=OuterRef("post"))
    return (
        Seat.objects.as_at(asat.day, asat.known_at)
        .filter(body=body)
        .select_related("post")
        .annotate(holder=Subquery(holding.values("holder__name")[:1]), filled=Exists(holding))
    )


def posts_to_choose(user: Any, body: Body, asat: AsAt) -> list[tuple[int, str]]:
    """The posts that a seat of the body can be given to: of its commissioner, or of any, where it is of all."""
    posts: Any = Post.objects.visible_to(user, asat).with_holder(asat.day).with_commissioner(asat.day)
    if body.commissioner_id is not None:
        posts = posts.filter(whose=body.commissioner_id)
    found = posts.order_by("title", "pk").values_list("pk", "title", "holder")
    return [(pk, f"{title} ({holder or 'vacant'})") for pk, title, holder in found]


def post_by_number(pk: int | None) -> Post | None:
    return Post.objects.filter(pk=pk).first() if pk else None


# Meetings ------------------------------------------------------------------------------------------------


def meetings(user: Any) -> Any:
    """The meetings that this person may see, each with how many items are on its agenda (items_on)."""
    seen = Meeting.objects.visible_to(user).select_related("body__commissioner", "body__chin")
    return seen.annotate(items_on=_items_on())


def find_meeting(user: Any, pk: int) -> Any:
    return Meeting.objects.visible_to(user).filter(pk=pk).select_related("body__commissioner", "body__chin")


def find_item(user: Any, pk: int) -> Any:
    found = Item.objects.visible_to(user).filter(pk=pk)
    return found.select_related("meeting__body__commissioner", "meeting__body__chin", "moved_to__meeting")


def meetings_of(body: Body, day: date, number: int = 6) -> tuple[list[Meeting], list[Meeting]]:
    """The next meetings from the day on, but those held already, and the latest that are over."""
    found = meetings_of_body(body)
    over = Q(day__lt=day) | Q(day=day, state=MeetingState.HELD)
    return list(found.filter(day__gte=day).exclude(over).order_by("day")[:number]), list(found.filter(over)[:number])


def meetings_of_body(body: Body) -> Any:
    return Meeting.objects.filter(body=body)


def previous(meeting: Meeting) -> Meeting | None:
    """The meeting of the body that was held last before this one."""
    earlier = Meeting.objects.filter(body=meeting.body_id, day__lt=meeting.day, state=MeetingState.HELD)
    found: Meeting | None = earlier.order_by("-day").first()
    return found


def following(meeting: Meeting) -> list[Meeting]:
    """The coming meetings of the body that an item of this one can be moved to, the next first."""
    coming = Meeting.objects.filter(body=meeting.body_id, state__in=COMING).exclude(pk=meeting.pk)
    return list(coming.order_by("day"))


def agenda(meeting: Meeting, *, taken_off: bool = False) -> list[Item]:
    """The items in their order."""
    items = meeting.items.filter(taken_off=taken_off).select_related("moved_to__meeting")
    return list(items.order_by("position", "pk"))


def waiting(body: Body, day: date) -> list[Waiting]:
    """What waits for the body and is on the agenda of none of its coming meetings."""
    on = Item.objects.filter(meeting__body=body, meeting__state__in=COMING, taken_off=False).exclude(kind="")
    there = set(on.values_list("kind", "key", "task"))
    return [one for one in waiting_for(body, day) if (one.kind, one.key, one.task) not in there]


def attendance(meeting: Meeting) -> list[Attendance]:
    """Who is on the list of the meeting: whoever presided first, seats in their order, others after them."""
    rows = meeting.attendances.select_related("person", "seat__post")
    order = {part: place for place, part in enumerate(Part)}
    return sorted(
        rows,
        key=lambda row: (
            not row.presides,
            row.seat is None,
            order[Part(row.seat.part)] if row.seat else 0,
            row.seat.title.casefold() if row.seat else "",
            row.pk,
        ),
    )


def voters(meeting: Meeting) -> list[Attendance]:
    """Those who were there in a seat that votes."""
    rows = meeting.attendances.filter(presence=Presence.PRESENT, seat__voting=True, person__isnull=False)
    return list(rows.select_related("person", "seat__post").order_by("seat", "pk"))


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many voting members it takes on the day by the terms in force, and how many there are. None: not stated."""

    needed: int | None
    there: int

    @property
    def met(self) -> bool | None:
        return None if self.needed is None else self.there >= self.needed


def quorum(meeting: Meeting) -> Quorum:
    terms = terms_on(meeting.body, meeting.day)
    return Quorum(None if terms is None else terms.quorum, len(voters(meeting)))


def meeting_history(meeting: Meeting) -> list[history.Entry]:
    """What was done to the meeting, its agenda and its list of who was there."""
    return history.entries(
        Meeting.objects.filter(pk=meeting.pk),
        Item.objects.filter(meeting=meeting),
        Attendance.objects.filter(meeting=meeting),
    )


# Whose -----------------------------------------------------------------------------------------------------


def post_ids(held: Authority) -> Collection[int]:
    """The posts that somebody holds or deputises for."""
    return held.posts()


def sits_on(held: Authority, day: date) -> Any:
    """The bodies on which posts of this person have a seat on the day."""
    return Seat.objects.as_at(day).filter(post__in=post_ids(held)).values("body")


def bodies_of(held: Authority, day: date) -> list[Any]:
    """The bodies on which posts of this person have a seat on the day, each with its next meeting (next_on)."""
    coming = _to_come(day)
    found = Body.objects.filter(pk__in=sits_on(held, day)).order_by("name", "pk")
    return list(found.annotate(next_on=Subquery(coming.order_by("day").values("day")[:1])))


def kept_by(held: Authority, day: date) -> Any:
    """The bodies whose secretary's seat is a post of this person's."""
    return Seat.objects.as_at(day).filter(post__in=post_ids(held), part=Part.SECRETARY).values("body")


def to_prepare(held: Authority, today: date, until: date) -> Any:
    """Meetings of bodies of which this person has the secretary's seat that nobody has recorded, or that want papers."""
    mine = Meeting.objects.filter(body__in=kept_by(held, today))
    unrecorded = Q(state__in=COMING, day__lt=today)
    wanted = Q(state=MeetingState.PLANNED, day__gte=today, day__lte=until)
    return mine.filter(unrecorded | wanted).select_related("body").annotate(items_on=_items_on()).order_by("day", "pk")


def with_papers(held: Authority, today: date, until: date) -> Any:
    """Meetings to come, with papers out, of bodies on which this person has a seat."""
    mine = Meeting.objects.filter(body__in=sits_on(held, today), state=MeetingState.PAPERS_OUT)
    return mine.filter(day__gte=today, day__lte=until).select_related("body").order_by("day", "pk")


def _items_on() -> Subquery:
    items = Item.objects.filter(meeting=OuterRef("pk"), taken_off=False).order_by().values("meeting")
    return Subquery(items.annotate(n=Count("pk")).values("n"), output_field=IntegerField())


def either(*bodies: Any) -> Q:
    """A condition on meetings: of any of these bodies."""
    condition = Q(pk__in=[])
    for one in bodies:
        condition |= Q(body__in=one)
    return condition


def mine(sits: Any, keeps: Any) -> dict[str, Any]:
    """Annotations of meetings: is_mine, is_kept."""
    return {"is_mine": _in(sits), "is_kept": _in(keeps)}


def _in(bodies: Any) -> ExpressionWrapper:
    return ExpressionWrapper(Q(body__in=bodies), output_field=BooleanField())


# What was decided is a higher room's: it registers in a few words what was said of items.
Told = Callable[[Collection[int]], Mapping[int, str]]
_told: list[Told] = []


def tell_of_items(told: Told) -> Told:
    """Register what knows, by their primary keys, what was said of items, in a few words; one query for all."""
    _told.append(told)
    return told


def said_of(items: Sequence[Item]) -> dict[int, str]:
    """What was said of each item, of those of which anything was."""
    keys = [item.pk for item in items]
    return {key: words for told in _told for key, words in told(keys).items()} if keys else {}


# Recording who was there -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A place at the table of a meeting: a seat, and somebody who may sit in it on the day."""

    seat: Seat
    person: User
    as_deputy: bool
    holder: str = ""

    @property
    def value(self) -> str:
        return f"{self.seat.pk}:{self.person.pk}"

    @property
    def label(self) -> str:
        votes = "" if self.seat.voting else ", without a vote"
        deputy = f", deputy{f' of {self.holder}' if self.holder else ''}" if self.as_deputy else ""
        same = str(self.person).casefold() == self.seat.title.casefold()
        return f"{self.seat.title}{'' if same else f': {self.person}'}{deputy}{votes}"


def table(meeting: Meeting) -> list[Place]:
    """The places at the table on the day of the meeting."""
    return [
        Place(one.seat, person, person is not one.holder, str(one.holder or ""))
        for one in members(meeting.body, meeting.day)
        for person in one.people
    ]


def may_apologise(user: Any, meeting: Meeting, *, keeps: bool) -> tuple[list[Place], list[Place]]:
    """Who may still send apologies for the meeting, and who has sent them: oneself, or everybody for who keeps the body.

    Each person once, in the first of their seats that votes, as the list of a meeting has them once.
    """
    places: dict[int, Place] = {}
    for place in sorted(table(meeting), key=lambda one: (one.as_deputy, not one.seat.voting)):
        if keeps or place.person.pk == user.pk:
            places.setdefault(place.person.pk, place)
    away = {row.person_id for row in attendance(meeting) if row.presence == Presence.APOLOGIES}
    sent = [place for person, place in places.items() if person in away]
    return [place for person, place in places.items() if person not in away], sent


def as_listed(meeting: Meeting, table: Sequence[Place]) -> dict[str, Any]:
    """What the form of who was there opens with: the list as it is, or everybody who has not sent apologies."""
    rows = {(row.seat.thread, row.person_id): row for row in attendance(meeting) if row.seat}
    there, away, chair = [], [], ""
    for place in table:
        row = rows.get((place.seat.thread, place.person.pk))
        if row is not None and row.presence == Presence.APOLOGIES:
            away.append(place.value)
        elif row is not None and row.presence == Presence.PRESENT:
            there.append(place.value)
            chair = place.value if row.presides else chair
        elif meeting.state != MeetingState.HELD and not place.as_deputy:
            there.append(place.value)
    if not chair:
        chair = next((p.value for p in table if p.seat.part in (Part.CHAIR, Part.VICE_CHAIR) and p.value in there), "")
    others = [row.name for row in attendance(meeting) if row.seat is None and row.name]
    return {"present": there, "apologies": away, "chair": chair, "others": "\n".join(others)}


def listed(table: Sequence[Place], typed: Mapping[str, Any]) -> list[Present]:
    """Who is on the list, as the form was filled. Whoever has two seats and was there sits in the first that votes."""
    found = []
    there: dict[int, Place] = {}
    for place in sorted((p for p in table if p.value in typed["present"]), key=lambda p: not p.seat.voting):
        there.setdefault(place.person.pk, place)
    chair = next((p.person.pk for p in table if p.value == typed["chair"]), None)
    for place in there.values():
        found.append(
            Present(place.person, seat=place.seat, as_deputy=place.as_deputy, presides=place.person.pk == chair)
        )
    for place in table:
        if place.person.pk in there:
            continue
        away = place.value in (typed["apologies"] or ())
        if away or not place.as_deputy:
            there[place.person.pk] = place
            presence = Presence.APOLOGIES if away else Presence.ABSENT
            found.append(Present(place.person, seat=place.seat, presence=presence, as_deputy=place.as_deputy))
    return [*found, *(Present(name=name) for name in typed["others"])]


def body_by_number(user: Any, pk: int | None) -> Body | None:
    found: Body | None = Body.objects.visible_to(user).filter(pk=pk).first() if pk else None
    return found
