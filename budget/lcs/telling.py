"""What can't wait for the morning: a claim that came back is told at once to whoever can do something about it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from budget.lcs.models import Claim, ClaimStep
from budget.lcs.states import Event
from cc2h.accounts import mail
from cc2h.kit import words
from chins.models import Deputy, Post, PostHolding


def returned(several: Sequence[tuple[Claim, str]], day: date) -> None:
    """One mail a person, in the caller's transaction: to the practice's posts, their deputies, and whoever sent it in."""
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
    for claim_id, sender in last.items():
        found[sender].add(claim_id)
    return found
