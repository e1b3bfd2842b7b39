"""Writing posts: who holds which, from a day to a day, and who may act for the holder.

A post gives authority on the days it is held (cc2h.accounts.authority) and on no other: ending a holding
ends what its holder may do from the next day, and a day before today ends it at once.
"""

from datetime import date
from itertools import chain, count
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from cc2h.accounts.authority import ROLE_SCOPE, Role, Scope
from cc2h.accounts.models import User
from cc2h.kit import dated, words
from cc2h.kit.dated import Dated, period_of
from cc2h.kit.days import day_before, today
from cc2h.kit.problems import check
from cc2h.kit.writing import still_held, writing
from chins.models import ChinState, Deputy, Post, PostHolding
from chins.workflow import COUNTED
from practices.models import PracticeStanding, Status


def create_post(*, by: Any, role: Role, of: Model | None = None, title: str = "") -> Post:
    """A new post, vacant. `of` is the commissioner, CHIN, practice or federation its role asks for.

    Raises ValidationError when `of` is missing or the post is there already.
    """
    scope = ROLE_SCOPE[role]
    if (of is None) != (scope is Scope.PORTAL):
        raise ValidationError(f"A {role.label} is a post of {scope.label}: say which.", code="scope")
    belongs = {} if of is None else {scope.value: of}
    title = " ".join(title.split()) or (f"{role.label}, {of}" if of is not None else role.label)
    with writing(by):
        if Post.objects.filter(role=role, title__iexact=title, **belongs).exists():
            raise ValidationError(
                f"There is a post “{title}” already: fill that one, or give this one another title.", code="post_exists"
            )
        post = Post(role=role, title=title, **belongs)
        check(post, "title")
        post.save(force_insert=True)
    return post


def fill_post(
    *, by: Any, post: Post, holder: User, first: date, last: date | None = None, reason: str = ""
) -> PostHolding:
    """Somebody holds the post from `first`. Whoever holds it without an end then hands over the day before.

    Raises ValidationError that names the holder in the way.
    """
    _may_act(holder)
    with writing(by):
        _lock(post)
        period = period_of(first, last)
        _check_open(post, period)
        for other in _held_in(PostHolding, post, period):
            if other.last_day is not None or other.first_day >= first or other.holder == holder:
                when = words.period(other.period.lower, other.period.upper)
                raise ValidationError(
                    f"{other.holder} holds this post {when}; a post has one holder on any day.", code="held"
                )
            dated.end(other, last=day_before(first), by=by, reason=f"Handed over to {holder}")
        return dated.record(PostHolding, by=by, first=first, last=last, post=post, holder=holder, reason=reason)


def make_administrator(*, by: Any, holder: User, first: date, reason: str = "") -> Post | None:
    """The holder is a portal administrator from `first`; returns their post, or None if they have one already.

    They take over the post of somebody who no longer signs in, or one that is vacant; else they get one of their own.
    """
    role = Role.ADMINISTRATOR
    if PostHolding.objects.as_at(first).filter(post__role=role, holder=holder).exists():
        return None
    with writing(by):
        posts = list(Post.objects.filter(role=role).order_by("pk").select_for_update(no_key=True))
        period = period_of(first)
        free = (
            post
            for post in posts
            if all(
                not held.holder.is_active and held.last_day is None and held.first_day < first
                for held in _held_in(PostHolding, post, period).select_related("holder")
            )
        )
        post = next(free, None)
        if post is None:
            titles = {post.title for post in posts}
            label = str(role.label)
            tries = chain([label], (f"{label} {n}" for n in count(2)))
            post = create_post(by=by, role=role, title=next(title for title in tries if title not in titles))
        fill_post(by=by, post=post, holder=holder, first=first, reason=reason)
    return post


def administer_after_removal(by: Any) -> str:
    """Whoever removes the illustrative programme administers what follows: nobody else can sign in then."""
    if by is None:
        return ""
    post = make_administrator(
        by=by, holder=by, first=today(), reason="Removed the illustrative programme, and nobody else can sign in"
    )
    what = f"You are portal administrator from today (the post “{post}”)" if post else "You are portal administrator"
    return f"{what}: give people access under “People”, and a post each."


def end_holding(*, by: Any, holding: PostHolding, last: date, reason: str = "") -> PostHolding:
    """The post was held until `last` inclusive; what it allowed is over from the next day."""
    with writing(by):
        _lock(holding.post)
        present = still_held(holding)
        _ends_earlier(present, last)
        return dated.end(present, last=last, by=by, reason=reason)


def void_holding(*, by: Any, holding: PostHolding, reason: str) -> None:
    """They never held the post: what was done in its name stays in the history."""
    with writing(by):
        _lock(holding.post)
        dated.void(still_held(holding), by=by, reason=reason)


def name_deputy(
    *, by: Any, post: Post, deputy: User, first: date, last: date | None = None, reason: str = ""
) -> Deputy:
    """Somebody may act for the holder of the post from `first`, until `last` if given; both names show."""
    _may_act(deputy)
    with writing(by):
        _lock(post)
        period = period_of(first, last)
        _check_open(post, period)
        if _held_in(PostHolding, post, period).filter(holder=deputy).exists():
            raise ValidationError(f"{deputy} holds this post in that time and needs no deputy’s powers.", code="holder")
        if other := _held_in(Deputy, post, period).filter(deputy=deputy).first():
            when = words.period(other.period.lower, other.period.upper)
            raise ValidationError(f"{deputy} already deputises {when}.", code="already_deputy")
        return dated.record(Deputy, by=by, first=first, last=last, post=post, deputy=deputy, reason=reason)


def end_deputy(*, by: Any, deputy: Deputy, last: date, reason: str = "") -> Deputy:
    """The deputy may act until `last` inclusive."""
    with writing(by):
        _lock(deputy.post)
        present = still_held(deputy)
        _ends_earlier(present, last)
        return dated.end(present, last=last, by=by, reason=reason)


def void_deputy(*, by: Any, deputy: Deputy, reason: str) -> None:
    """They never were to act for the holder."""
    with writing(by):
        _lock(deputy.post)
        dated.void(still_held(deputy), by=by, reason=reason)


def _lock(post: Post) -> None:
    Post.objects.select_for_update(no_key=True).get(pk=post.pk)


def _held_in(model: Any, post: Post, period: Any) -> Any:
    return model.objects.held().filter(post=post, period__overlap=period).order_by("period", "pk")


def _check_open(post: Post, period: Any) -> None:
    """Raise ValidationError when the post's practice or CHIN is over on any of these days."""
    standings = PracticeStanding.objects.held().filter(practice=post.practice_id, status=Status.CLOSED)
    if post.practice_id and (closed := standings.filter(period__overlap=period).order_by("period").first()):
        raise ValidationError(_over("The practice", "closed", closed), code="practice_closed")
    states = ChinState.objects.held().filter(chin=post.chin_id).exclude(status__in=COUNTED)
    if post.chin_id and (over := states.filter(period__overlap=period).order_by("period").first()):
        raise ValidationError(_over(str(post.chin), over.get_status_display().lower(), over), code="chin_over")


def _over(what: str, state: str, since: Dated) -> str:
    return (
        f"{what} is {state} from {words.day(since.first_day)}: nobody holds or deputises for its posts after "
        f"{words.day(day_before(since.first_day))}."
    )


def _may_act(person: User) -> None:
    if not person.is_active:
        raise ValidationError(f"{person} no longer signs in here, and can’t be given a post.", code="inactive")


def _ends_earlier(record: PostHolding | Deputy, last: date) -> None:
    if record.last_day is not None and last > record.last_day:
        raise ValidationError(
            f"It ends on {words.day(record.last_day)} already. To go on after that, record it anew from the next day.",
            code="ends_already",
        )
