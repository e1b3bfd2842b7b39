"""Who is plainly conflicted about a case: its people, and those who hold a post in its CHIN or in a practice of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from cc2h.cases.models import Author, Case
from cc2h.governance.decisions.models import Interest
from cc2h.kit import words
from chins.models import Deputy, Membership, Post, PostHolding


def of_people(case: Case, people: Collection[int], day: date) -> dict[int, list[str]]:
    """Of these people, who is conflicted on the day and why, in sentences; a fixed number of queries."""
    wanted = set(people)
    found: dict[int, list[str]] = defaultdict(list)
    for person, why in _wrote(case).items():
        if person in wanted:
            found[person] += why
    for person, posts in _in_its_practices(case, day, wanted).items():
        found[person].append(f"Holds a post there: {words.listed(posts)}.")
    return dict(found)


def of_officer(case: Case, officer: Any, day: date) -> list[str]:
    """Why somebody can't answer for a case outside a meeting; what they have on the register of interests counts too."""
    practices = Membership.objects.as_at(day).filter(chin=case.chin_id).values("practice")
    declared = Interest.objects.as_at(day).filter(Q(chin=case.chin_id) | Q(practice__in=practices), person=officer)
    said = [f"{one.get_kind_display()} interest on the register: {one.what.rstrip('.')}." for one in declared]
    return [*of_people(case, [officer.pk], day).get(officer.pk, ()), *said]


def _wrote(case: Case) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    if case.put_forward_by_id is not None:
        found[case.put_forward_by_id].append("Put the case forward.")
    for person in dict.fromkeys(Author.objects.filter(case=case).values_list("person", flat=True)):
        found[person].append("Wrote the case.")
    for person in dict.fromkeys(case.submissions.exclude(by=None).values_list("by", flat=True)):
        found[person].append("Submitted the case.")
    return found


def _in_its_practices(case: Case, day: date, people: Collection[int]) -> Mapping[int, list[str]]:
    """By person, the titles of their posts in the CHIN, or in a practice that is in it on the day."""
    practices = Membership.objects.as_at(day).filter(chin=case.chin_id).values("practice")
    posts = Post.objects.filter(Q(chin=case.chin_id) | Q(practice__in=practices))
    titles: dict[int, str] = dict(posts.values_list("pk", "title"))
    held: Any = PostHolding.objects.as_at(day).filter(post__in=titles, holder__in=people)
    deputies: Any = Deputy.objects.as_at(day).filter(post__in=titles, deputy__in=people)
    found: dict[int, list[str]] = defaultdict(list)
    for person, post in held.order_by("post").values_list("holder", "post"):
        found[person].append(titles[post])
    for person, post in deputies.order_by("post").values_list("deputy", "post"):
        found[person].append(f"{titles[post]} (deputy)")
    return found
