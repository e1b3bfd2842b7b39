"""What can't wait for the morning: a claim that came back is told at once to whoever can do something about it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from budget.lcs.models import Claim, ClaimStep
from budget.lcs.states import Event
from cc2h.accounts import mail
from cc2h.accounts.authority import GRANTS, Action
from cc2h.kit import words
from chins.models import Deputy, Post, PostHolding


def returned(several: Sequence[tuple[Claim, str]], day: date) -> None:
    """One mail a person, in the caller's transaction: to the practice's posts, their deputies, and whoever sent it in and may still."""
    claims = {claim.pk: (claim, why) for claim, why in several}
    for person, theirs in _whom([claim for claim, _ in several], day).items():
        mine = [claims[pk] for pk in sorted(theirs)]
        one = len(mine) == 1
        lines = [f"- {claim}: {why}" for claim, why in mine]
        mail.tell(
            [person],
            f"Returned to you: {mine[0][0]}" if one else f"{words.plural(len(mine), 'claim')} returned to you",
            ["This came back. Change what is asked for, and send it in again:", "", *lines],
            reverse("lcs:claim_detail", args=[mine[0][0].pk]) if one else f"{reverse('lcs:claim_list')}?state=returned",
        )


def _whom(several: Sequence[Claim], day: date) -> dict[int, set[int]]:
    """By person, the claims they are told of."""
    ids = [claim.pk for claim in several]
    of_practice: dict[int, set[int]] = defaultdict(set)
    for claim in several:
        of_practice[claim.practice_id].add(claim.pk)
    found: dict[int, set[int]] = defaultdict(set)
    posts = dict(Post.objects.filter(practice__in=of_practice).values_list("pk", "practice"))
    held = PostHolding.objects.as_at(day).filter(post__in=posts).values_list("holder", "post")
    for person, post in (*held, *Deputy.objects.as_at(day).filter(post__in=posts).values_list("deputy", "post")):
        found[person] |= of_practice[posts[post] or 0]
    sent = ClaimStep.objects.filter(event__in=(Event.SENT, Event.SENT_AGAIN), claim__in=ids, by__isnull=False)
    last = dict(sent.order_by("pk").values_list("claim", "by"))
    posts_of = _posts_of(set(last.values()), day)
    for claim in several:
        sender = last.get(claim.pk)
        if sender is not None and posts_of[sender] & _where(claim):
            found[sender].add(claim.pk)
    return found


Place = tuple[str, int | None]


def _posts_of(people: set[int], day: date) -> dict[int, set[Place]]:
    """By person, the practices, CHINs and commissioners for whose claims they enter evidence by a post they hold on the day."""
    roles = [role.value for role, grants in GRANTS.items() if Action.ENTER_CLAIM in grants]
    of = ("post__practice", "post__chin", "post__commissioner")
    holders = PostHolding.objects.as_at(day).filter(holder__in=people, post__role__in=roles)
    deputies = Deputy.objects.as_at(day).filter(deputy__in=people, post__role__in=roles)
    found: dict[int, set[Place]] = defaultdict(set)
    for person, practice, chin, commissioner in (
        *holders.values_list("holder", *of),
        *deputies.values_list("deputy", *of),
    ):
        found[person] |= {("practice", practice), ("chin", chin), ("commissioner", commissioner)}
    return found


def _where(claim: Any) -> set[Place]:
    """What somebody's post can be of, who enters evidence for the claim. The claim comes with its place."""
    own = {("practice", claim.practice_id), ("commissioner", claim.stage.service.line.commissioner_id)}
    return own | ({("chin", claim.chin_now)} if claim.chin_now else set())
