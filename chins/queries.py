"""What the pages about CHINs and posts read: a few queries a page, however many rows there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Case, CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest

from cc2h.accounts import second_factor
from cc2h.accounts.authority import SECOND_FACTOR_ROLES, Scope
from cc2h.accounts.models import User
from cc2h.kit import history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import Act, Dated
from cc2h.kit.days import LONDON
from chins.models import Chin, ChinState, Deputy, Membership, Partner, Post, PostHolding
from chins.names import practice_names
from chins.querysets import ChinQuerySet, DatedQuerySet, PostQuerySet
from chins.workflow import COUNTED, ChinStatus
from practices.models import Commissioner, Federation, Practice
from practices.queries import visible_practices

INSIDE, BELOW, ABOVE = "inside", "below", "above"


# What a person may see, and where they may act ---------------------------------------------------------


def visible_chins(user: Any) -> ChinQuerySet:
    """CHINs the person may see, with what a page about one needs."""
    chins: ChinQuerySet = Chin.objects.visible_to(user).select_related("commissioner", "merged_into")
    return chins


def versions_of_chins(model: Any, user: Any) -> DatedQuerySet:
    """Versions of states, memberships or partners of the CHINs the person may see, whether they still hold or not."""
    versions: DatedQuerySet = model.objects.filter(chin__in=Chin.objects.visible_to(user))
    return versions.select_related("chin__commissioner", "chin__merged_into")


def visible_posts(user: Any, asat: AsAt) -> PostQuerySet:
    """Posts the person may see as at the day, with whose they are today, which is what authority asks."""
    posts: PostQuerySet = Post.objects.visible_to(user, asat).with_commissioner(asat.today)
    return posts


def versions_of_posts(model: Any) -> DatedQuerySet:
    """Versions of holdings or deputies, whether they still hold or not. Who may see one is who may see its post."""
    versions: DatedQuerySet = model.objects.select_related("post")
    return versions


def practices_by_number(user: Any, asat: AsAt, ids: Iterable[int]) -> list[Practice]:
    """Those of the practices that this person may see as at the day."""
    visible = Practice.objects.visible_to(user, asat).values("pk")
    return list(Practice.objects.filter(pk__in=[*ids]).filter(pk__in=visible).order_by("pk"))


# CHINs -------------------------------------------------------------------------------------------------


def listed_chins(user: Any, asat: AsAt) -> ChinQuerySet:
    """CHINs the person may see that had a state by the day, with status, since, practices, patients and band.

    band: `inside`, `below` or `above` the commissioner's size band; blank where it has none or the CHIN is over.
    """
    chins: ChinQuerySet = Chin.objects.visible_to(user)
    chins = chins.with_status(asat.day, asat.known_at).with_size(asat.day, asat.known_at)
    return chins.filter(Q(status__isnull=False)).annotate(band=_BAND).select_related("commissioner")


def beside_choices(user: Any, asat: AsAt, chosen: Sequence[str]) -> list[tuple[str, str]]:
    """CHINs that count on the day and are not yet among those chosen: slug, and name with its commissioner."""
    chins = visible_chins(user).with_status(asat.day, asat.known_at).exclude(slug__in=chosen)
    counting = chins.filter(Q(status__in=COUNTED)).order_by("commissioner__short_name", "name", "pk")
    return [(chin.slug, f"{chin.name} ({chin.commissioner.short_name})") for chin in counting]


_BAND = Case(
    When(~Q(status__in=COUNTED), then=Value("")),
    When(Q(commissioner__band_low__isnull=True, commissioner__band_high__isnull=True), then=Value("")),
    When(patients__lt=F("commissioner__band_low"), then=Value(BELOW)),
    When(patients__gt=F("commissioner__band_high"), then=Value(ABOVE)),
    default=Value(INSIDE),
    output_field=CharField(),
)


def against_band(patients: int, commissioner: Commissioner) -> str:
    """`inside`, `below` or `above`; empty where no band is set."""
    low, high = commissioner.band_low, commissioner.band_high
    if low is None and high is None:
        return ""
    if low is not None and patients < low:
        return BELOW
    return ABOVE if high is not None and patients > high else INSIDE


def chins_by_status(chins: QuerySet[Any]) -> dict[str, int]:
    """How many of `chins` there are in each status, those that count first; none that has none."""
    counts = dict(chins.order_by().values_list("status").annotate(n=Count("pk")))
    order = [*COUNTED, *(status for status in ChinStatus if status not in COUNTED)]
    return {status.value: counts[status] for status in order if status in counts}


def state_on(chin: Chin, asat: AsAt) -> ChinState | None:
    """The state the CHIN is in on the day."""
    return ChinState.objects.as_at(asat.day, asat.known_at).filter(chin=chin).first()


def newest_state(chin: Chin) -> ChinState | None:
    """The last state of its life as held now, planned or not."""
    return ChinState.objects.held().filter(chin=chin).order_by("-period").first()


def state_seen(chin: Chin, pk: int) -> ChinState | None:
    """The state of the CHIN that somebody had before them, whether it still holds or not."""
    return ChinState.objects.filter(chin=chin, pk=pk).first()


def states_of(chin: Chin) -> list[ChinState]:
    """Its life as held now, in order."""
    return list(ChinState.objects.held().filter(chin=chin).order_by("period"))


@dataclass(frozen=True, slots=True)
class Member:
    """A practice in a CHIN, or one that is to join. Patients are None while no list size is held."""

    membership: Membership
    ods_code: str
    name: str
    status: str
    patients: int | None
    list_day: date | None


def _members(memberships: Iterable[Membership], asat: AsAt) -> list[Member]:
    of_practice = {m.practice_id: m for m in memberships}
    day, known = asat.day, asat.known_at
    practices = Practice.objects.filter(pk__in=of_practice)
    rows = (
        practices.with_details(day, known)
        .with_standing(day, known)
        .with_list_size(day, known)
        .values_list("pk", "ods_code", "name", "status", "patients", "list_day")  # type: ignore[misc]
    )
    names = practice_names(of_practice, day, known)
    found = [
        Member(of_practice[pk], ods_code, name or names[pk], status or "", patients, list_day)
        for pk, ods_code, name, status, patients, list_day in rows
    ]
    return sorted(found, key=lambda member: (member.name, member.ods_code))


def members(chin: Chin, asat: AsAt) -> list[Member]:
    """The practices in the CHIN on the day, by name."""
    return _members(Membership.objects.as_at(asat.day, asat.known_at).filter(chin=chin), asat)


def membership_to_end(practice: Practice, last: date) -> Membership | None:
    """The membership that a leaving on `last` is about: the one of that day, or else the next to begin."""
    held = Membership.objects.held().filter(practice=practice).select_related("chin__commissioner", "practice")
    return held.open_on(last).first() or held.starting_after(last).order_by("period").first()


def joining(chin: Chin, user: Any, asat: AsAt) -> tuple[list[Member], int]:
    """Practices planned to join after the day, and how many more whose names this person may not see."""
    planned = list(Membership.objects.planned(asat).filter(chin=chin).order_by("period"))
    seen = visible_practices(user, asat, [m.practice_id for m in planned])
    shown = [m for m in planned if m.practice_id in seen]
    by_day = sorted(_members(shown, asat), key=lambda m: (m.membership.first_day, m.name))
    return by_day, len(planned) - len(shown)


# The timeline ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Event:
    """Something on a CHIN's timeline. `future`: still to come today; `later`: after the day being looked at."""

    day: date
    title: str
    status: str = ""
    notes: list[str] = field(default_factory=list)
    future: bool = False
    later: bool = False


def timeline(chin: Chin, user: Any, asat: AsAt) -> list[Event]:
    """The CHIN's states, every plan that slipped or was dropped, and who joined and left, oldest first."""
    events = [*_state_events(chin, asat), *_membership_events(chin, user, asat), *_merger_events(chin, asat)]
    for event in events:
        event.future = event.day > max(asat.today, asat.day)
        event.later = not event.future and event.day > asat.day
    return sorted(events, key=lambda event: event.day)


def _known(versions: QuerySet[Any], asat: AsAt) -> list[Any]:
    """Every version recorded by then, in the order they were recorded."""
    if asat.known_at is not None:
        versions = versions.filter(held__startswith__lt=asat.known_at)
    return list(versions.order_by("held"))


def _closed_by(version: Dated, asat: AsAt) -> datetime | None:
    """When the version was closed, if that was known."""
    return (
        version.closed_at if version.closed_at and not (asat.known_at and version.closed_at >= asat.known_at) else None
    )


def _state_events(chin: Chin, asat: AsAt) -> list[Event]:
    threads: dict[Any, list[ChinState]] = {}
    for version in _known(ChinState.objects.filter(chin=chin), asat):
        threads.setdefault(version.thread, []).append(version)
    events = []
    for versions in threads.values():
        newest = versions[-1]
        dropped = _closed_by(newest, asat)
        if dropped and newest.closed_act != Act.VOIDED:
            continue
        was_plan = dropped is not None and newest.first_day > dropped.astimezone(LONDON).date()
        if dropped and not was_plan:
            continue  # never true: only the history tells of it
        event = Event(newest.first_day, newest.get_status_display(), newest.status)
        if newest.status == ChinStatus.MERGED and chin.merged_into:
            event.title = f"Merged into {chin.merged_into}"
        if dropped:
            event.title = f"{newest.get_status_display()} was planned for this day"
            event.notes.append(f"Dropped on {words.day(dropped.astimezone(LONDON).date())}: {newest.closed_reason}")
        event.notes += _slips(versions)
        if newest.reason and not dropped and len(versions) == 1:
            event.notes.append(newest.reason)
        events.append(event)
    return events


def _slips(versions: Sequence[Dated]) -> list[str]:
    """“was planned for 1 September 2017 until 20 August 2017”, for each day that was given up."""
    said = []
    for version, successor in pairwise(versions):
        if version.first_day == successor.first_day or version.closed_at is None:
            continue
        until = version.closed_at.astimezone(LONDON).date()
        verb = "was planned for" if version.first_day > until else "was recorded as"
        why = f" ({successor.reason})" if successor.reason else ""
        said.append(f"{verb} {words.day(version.first_day)} until {words.day(until)}{why}")
    return said


def _membership_events(chin: Chin, user: Any, asat: AsAt) -> list[Event]:
    threads: dict[Any, list[Membership]] = {}
    for version in _known(Membership.objects.filter(chin=chin), asat):
        threads.setdefault(version.thread, []).append(version)
    held = [versions for versions in threads.values() if not _closed_by(versions[-1], asat)]
    ids = {versions[-1].practice_id for versions in held}
    seen, names = visible_practices(user, asat, ids), practice_names(ids, asat.day, asat.known_at)
    today = max(asat.today, asat.day)
    who: dict[tuple[date, str], list[str]] = {}
    notes: dict[tuple[date, str], list[str]] = {}
    for versions in held:
        newest = versions[-1]
        name = names[newest.practice_id] if newest.practice_id in seen else ""
        joined = (newest.first_day, "join")
        who.setdefault(joined, []).append(name)
        notes.setdefault(joined, []).extend(f"{name or 'One'} {slip}" for slip in _slips(versions))
        if newest.period.upper is not None:
            who.setdefault((newest.period.upper, "leave"), []).append(name)
    return [
        Event(day, _sentence(who[day, verb], verb, day > today), notes=notes.get((day, verb), [])) for day, verb in who
    ]


_VERBS = {"join": ("joined", "joins", "join"), "leave": ("left", "leaves", "leave")}


def _sentence(names: Sequence[str], verb: str, future: bool) -> str:
    """“Ashdown Practice joined”, “3 practices joined: …”; blank names are those the reader may not see."""
    past, one, many = _VERBS[verb]
    shown = sorted(filter(None, names))
    hidden = len(names) - len(shown)
    does = (one if len(names) == 1 else many) if future else past
    if len(names) == 1:
        return f"{shown[0] if shown else '1 practice'} {does}"
    if hidden:
        shown.append(f"{words.number(hidden)} not named")
    return f"{words.number(len(names))} practices {does}" + (f": {words.listed(shown)}" if shown[hidden > 0 :] else "")


def _merger_events(chin: Chin, asat: AsAt) -> list[Event]:
    merged = ChinState.objects.held(asat.known_at).filter(chin__merged_into=chin, status=ChinStatus.MERGED)
    return [Event(state.first_day, f"{state.chin} merged into this one") for state in merged.select_related("chin")]


# Posts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seat:
    """A post on a day: its holding and deputies then, and those to come."""

    post: Post
    holding: PostHolding | None
    deputies: list[Deputy]
    next_holding: PostHolding | None


def seats(posts: Iterable[Post], asat: AsAt) -> list[Seat]:
    """Who holds each post on the day, in the order given."""
    posts = list(posts)
    known = asat.known_at
    holdings = PostHolding.objects.filter(post__in=posts).select_related("holder").order_by("period", "pk")
    now = {h.post_id: h for h in holdings.as_at(asat.day, known)}
    coming: dict[int, PostHolding] = {}
    for holding in holdings.planned(asat):
        coming.setdefault(holding.post_id, holding)
    acting: dict[int, list[Deputy]] = {}
    deputies = Deputy.objects.as_at(asat.day, known).filter(post__in=posts).select_related("deputy")
    for deputy in deputies.order_by("period", "pk"):
        acting.setdefault(deputy.post_id, []).append(deputy)
    return [Seat(p, now.get(p.pk), acting.get(p.pk, []), coming.get(p.pk)) for p in posts]


def listed_posts(user: Any, asat: AsAt) -> PostQuerySet:
    """Posts the person may see, with whose they are, their holder and since when on the day."""
    visible: PostQuerySet = Post.objects.visible_to(user, asat)
    posts = visible.with_commissioner(asat.day).with_holder(asat.day, asat.known_at)
    code = Commissioner.objects.filter(pk=OuterRef("whose")).values("ods_code")
    listed: PostQuerySet = posts.annotate(commissioner_code=Subquery(code))
    return listed


def with_deputies(posts: list[Post], asat: AsAt) -> list[Post]:
    """The posts, each with `acting`: the names of its deputies on the day."""
    deputies = Deputy.objects.as_at(asat.day, asat.known_at).filter(post__in=posts).order_by("period", "pk")
    names: dict[int, list[str]] = {}
    for post_id, name in deputies.values_list("post_id", "deputy__name"):
        names.setdefault(post_id, []).append(name)
    for post in posts:
        post.acting = names.get(post.pk, [])
    return posts


def belongs_to(post: Post, asat: AsAt) -> str:
    """What the post is a post of, by the name it has on the day."""
    if post.practice_id:
        return practice_names([post.practice_id], asat.day, asat.known_at)[post.practice_id]
    return str(post.chin or post.federation or post.commissioner or "the portal")


def holdings_of(post: Post, asat: AsAt) -> list[PostHolding]:
    """Everybody who holds, held or is to hold the post, newest first."""
    held = PostHolding.objects.held(asat.known_at).filter(post=post).select_related("holder")
    return list(held.order_by("-period", "-pk"))


def deputies_of(post: Post, asat: AsAt) -> list[Deputy]:
    """Everybody who may act, might or is to act for the holder, newest first."""
    held = Deputy.objects.held(asat.known_at).filter(post=post).select_related("deputy")
    return list(held.order_by("-period", "-pk"))


def things_of(scope: Scope, commissioner: Commissioner, asat: AsAt) -> dict[int, tuple[str, Any]] | None:
    """What a post of this scope can be a post of within the commissioner: id → (name, thing). None: the portal.

    Its practices are those it has today: whose they were on the page's day gives nobody the right to add to them.
    """
    if scope is Scope.PORTAL:
        return None
    if scope is Scope.COMMISSIONER:
        return {commissioner.pk: (commissioner.short_name, commissioner)}
    if scope is Scope.PRACTICE:
        practices = Practice.objects.of_commissioners([commissioner.pk], asat.today)
        names = practice_names(practices.values_list("pk", flat=True), asat.today)
        named = {p.pk: (f"{names[p.pk]} ({p.ods_code})", p) for p in practices}
        return dict(sorted(named.items(), key=lambda item: item[1][0]))
    things: Iterable[Any] = (
        living_chins(commissioner, asat.day)
        if scope is Scope.CHIN
        else Federation.objects.filter(commissioner=commissioner)
    )
    return {thing.pk: (thing.name, thing) for thing in things}


def seats_of(chin: Chin, asat: AsAt) -> list[Seat]:
    """The posts of a CHIN, in the order of their roles."""
    order = {role: place for place, (role, _) in enumerate(Post._meta.get_field("role").flatchoices)}
    return seats(sorted(chin.posts.all(), key=lambda post: (order[post.role], post.title)), asat)


def partners(chin: Chin, asat: AsAt) -> list[Partner]:
    """The organisations in the planning group on the day, and those to come, by name."""
    of_it = Partner.objects.filter(chin=chin)
    shown = of_it.as_at(asat.day, asat.known_at) | of_it.planned(asat)
    return list(shown.order_by("organisation"))


# History ---------------------------------------------------------------------------------------------


def chin_history(chin: Chin, user: Any, asat: AsAt, limit: int | None = None) -> list[history.Entry]:
    """What was done to the CHIN and all that is kept of it; nothing of practices this person may not see."""
    memberships = Membership.objects.filter(chin=chin).select_related("practice", "chin")
    ids = set(memberships.values_list("practice_id", flat=True))
    seen, names = visible_practices(user, asat, ids), practice_names(ids, asat.day)

    def name(record: Any) -> str:
        return names[record.practice_id] if isinstance(record, Membership) else str(record)

    return history.entries(
        Chin.objects.filter(pk=chin.pk),
        ChinState.objects.filter(chin=chin),
        memberships.filter(practice__in=seen),
        Partner.objects.filter(chin=chin),
        PostHolding.objects.filter(post__chin=chin).select_related("post", "holder"),
        Deputy.objects.filter(post__chin=chin).select_related("post", "deputy"),
        name=name,
        limit=limit,
    )


def post_history(post: Post) -> list[history.Entry]:
    """Who held the post, who deputised, and who recorded it."""
    return history.entries(
        Post.objects.filter(pk=post.pk),
        PostHolding.objects.filter(post=post).select_related("post", "holder"),
        Deputy.objects.filter(post=post).select_related("post", "deputy"),
    )


# What forms offer ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open practice in no CHIN on a day, with the membership planned for it, if any."""

    practice: Practice
    name: str
    patients: int | None
    planned: Membership | None


def practices_to_join(commissioner: Commissioner, day: date) -> list[Candidate]:
    """Open practices of the commissioner that are in no CHIN on the day, by name."""
    free = Practice.objects.unplaced(day).filter(Q(commissioner_id=commissioner.pk))
    practices = list(free.with_details(day).with_list_size(day).order_by("detail_on__name", "pk"))  # type: ignore[misc]
    planned: dict[int, Membership] = {}
    memberships = Membership.objects.held().starting_after(day).filter(practice__in=[p.pk for p in practices])
    for membership in memberships.select_related("chin").order_by("-period"):
        planned[membership.practice_id] = membership
    names = practice_names([p.pk for p in practices], day)
    return [
        Candidate(p, names[p.pk], p.patients, planned.get(p.pk))  # type: ignore[attr-defined]
        for p in practices
    ]


def placed_practices(commissioner: Commissioner, day: date) -> list[Member]:
    """Open practices of the commissioner's CHINs on the day, by CHIN and name."""
    memberships = Membership.objects.as_at(day).filter(chin__commissioner=commissioner).select_related("chin")
    found = _members(memberships, AsAt(day, None, day))
    return sorted(found, key=lambda m: (m.membership.chin.name, m.name))


def memberships_ticked(commissioner: Commissioner, pks: Iterable[int]) -> list[Membership]:
    """Memberships in the commissioner's CHINs by number, whether they still hold or not."""
    ticked = Membership.objects.filter(chin__commissioner=commissioner, pk__in=[*pks])
    return list(ticked.select_related("chin__commissioner", "practice").order_by("practice_id"))


def living_chins(commissioner: Commissioner, day: date) -> ChinQuerySet:
    """The commissioner's CHINs that count on the day, by name."""
    chins: ChinQuerySet = Chin.objects.filter(commissioner=commissioner)
    return chins.with_status(day).filter(Q(status__in=COUNTED)).order_by("name", "pk")


def people_for_posts() -> QuerySet[User]:
    """Everybody who may be given a post."""
    return User.objects.filter(is_active=True).order_by("name", "email")


# The access review --------------------------------------------------------------------------------------


def reviewed(asat: AsAt) -> QuerySet[User]:
    """Everybody, with `posts` (titles held or deputised for on the day), `guarded` (one of them needs a second

    factor), `factor` (they have one) and `seen` (when they were last here). Only for those who keep people.
    """
    held = PostHolding.objects.as_at(asat.day, asat.known_at).filter(holder=OuterRef("pk"))
    deputised = Deputy.objects.as_at(asat.day, asat.known_at).filter(deputy=OuterRef("pk"))

    def titles(of: Any, whose: str) -> Subquery:
        listed = of.order_by().values(whose).annotate(all=StringAgg("post__title", "; ", ordering="post__title"))
        return Subquery(listed.values("all"))

    sessions = (
        UserSession.objects.filter(user=OuterRef("pk")).order_by().values("user").annotate(at=Max("last_seen_at"))
    )
    guarded = {"post__role__in": sorted(SECOND_FACTOR_ROLES)}
    return User.objects.annotate(
        posts=titles(held, "holder"),
        deputises=titles(deputised, "deputy"),
        guarded=Exists(held.filter(**guarded)) | Exists(deputised.filter(**guarded)),
        factor=Exists(second_factor.factors().filter(user=OuterRef("pk"))),
        seen=Greatest(F("last_login"), Subquery(sessions.values("at"))),
    )
