"""What the pages about actions read: a few queries a page, however many rows there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from cc2h.accounts import records
from cc2h.accounts.authority import GRANTS, Role, Scope, Target, authority_of
from cc2h.accounts.authority import Action as Authorised
from cc2h.accounts.records import Record
from cc2h.delivery import events
from cc2h.delivery.models import Action
from cc2h.delivery.querysets import ActionQuerySet
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.together import Asking, Totals, kept, totals
from chins.models import Chin, ChinState, Post
from chins.workflow import COUNTED
from practices.models import Commissioner

OWNERS = [role.value for role in Role if Authorised.COMPLETE_ACTION in GRANTS[role]]
UNTOLD = ("event", "event kind")  # of a history: what only the portal reads


def visible(user: Any, asat: AsAt) -> ActionQuerySet:
    """Actions this person may see, with when they are due and who is to do them today."""
    actions: ActionQuerySet = Action.objects.visible_to(user, asat)
    return actions.with_due().with_holder(asat.today)


def with_records(actions: Sequence[Action], user: Any, asat: AsAt) -> Sequence[Action]:
    """The actions, each with `record`: the records.Named it is about, None where this person may not see that."""
    found = records.named(user, asat, {(action.kind, action.key) for action in actions})
    for action in actions:
        action.record = found.get((action.kind, action.key))
    return actions


def standing(record: Record, asat: AsAt) -> Asking[tuple[list[Action], int]]:
    """The open actions about a record, the most urgent first, and how many are closed; one query."""
    found: list[Any] = yield kept(_of_record, record.kind, record.key, asat.today)
    waiting = [one for one in found if one.state == "open"]
    return sorted(waiting, key=lambda one: (one.due is None, one.due, one.pk)), len(found) - len(waiting)


def all_of_record(record: Record, asat: AsAt) -> list[Action]:
    """The actions about a record, closed ones too, in the order they were set."""
    return list(_of_record(record.kind, record.key, asat.today))


def _of_record(kind: Any, key: Any, today: Any) -> ActionQuerySet:
    about: ActionQuerySet = Action.objects.filter(kind=kind, key=key).with_due().with_holder(today)
    return about.order_by("raised_on", "pk")


def history_of(action: Action) -> list[history.Entry]:
    """What was done to the action, newest first; an earlier closing is there too."""
    return [
        history.Entry(
            entry.when,
            entry.who,
            entry.what,
            tuple(change for change in entry.changes if change.field not in UNTOLD),
            entry.request,
        )
        for entry in history.entries(Action.objects.filter(pk=action.pk), name=lambda _: "Action")
    ]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many actions there are, how many of them overdue, how many without a day as their event was voided."""

    number: int
    overdue: int
    without_a_day: int


def counts(actions: ActionQuerySet, today: date) -> Counts:
    return Counts(**actions.order_by().aggregate(**_counted(today)))


def _counted(today: date) -> dict[str, Any]:
    is_open = Q(state="open")
    return {
        "number": Count("pk"),
        "overdue": Count("pk", filter=is_open & Q(due__lt=today)),
        "without_a_day": Count("pk", filter=is_open & Q(due__isnull=True)),
    }


def mine(user: Any, asat: AsAt) -> Asking[Counts]:
    """Open actions of this person's own posts."""
    return Counts(*(yield kept(_own, user, asat.today)))


def _own(user: Any, today: date) -> Totals:
    return totals(Action.objects.mine(user).open().with_due(), **_counted(today))


# What can be chosen ------------------------------------------------------------------------------------


def owners(target: Target, today: date) -> list[Post]:
    """Posts that can be given an action about a record that belongs to these, each with its holder today.

    Those of the commissioners and their federations; of the record's CHINs, or of all that count where it is of none;
    of the record's own practice.
    """
    counting = ChinState.objects.as_at(today).filter(chin=OuterRef("chin"), status__in=COUNTED)
    whose = target.commissioner_ids
    theirs = Q(chin__in=target.chin_ids) if target.chin_ids else Q(chin__commissioner__in=whose)
    posts = Post.objects.filter(
        Q(commissioner__in=whose)
        | Q(federation__commissioner__in=whose)
        | Q(practice__in=target.practice_ids)
        | (theirs & Q(Exists(counting))),
        role__in=OWNERS,
    )
    return list(posts.with_holder(today).order_by("title", "pk"))


def owner_by_number(pk: int) -> Post:
    post: Post = Post.objects.get(pk=pk)
    return post


def owners_of(actions: ActionQuerySet) -> list[tuple[str, str]]:
    """The posts that have any of the actions, to filter by."""
    theirs = actions.order_by().values("owner")
    posts = Post.objects.filter(pk__in=theirs).order_by("title", "pk")
    return [(str(pk), title) for pk, title in posts.values_list("pk", "title")]


def chins_seen(user: Any) -> list[tuple[str, str]]:
    """CHINs this person may see, to filter by."""
    return list(Chin.objects.visible_to(user).order_by("name").values_list("slug", "name"))


def belonging(asat: AsAt, *, commissioner: str = "", chin: str = "") -> Q:
    """A condition on actions: about a record of the commissioner (by code) or the CHIN (by slug)."""
    commissioners = Commissioner.objects.filter(ods_code=commissioner).values_list("pk", flat=True)
    chins = Chin.objects.filter(slug=chin).values_list("pk", flat=True)
    return records.belonging(
        Target(frozenset(commissioners if commissioner else ()), frozenset(chins if chin else ())), asat.today
    )


def of_visible_records(user: Any, asat: AsAt) -> Q:
    """A condition on actions: about a record that this person may see."""
    return records.about(user, asat, Authorised.VIEW_REGISTER)


def places_to_add(user: Any, asat: AsAt) -> list[records.Named]:
    """The widest records this person may add actions to: commissioners, or else CHINs of their own."""
    held = authority_of(user)
    commissioners = Commissioner.objects.granting(user, Authorised.ADD_ACTION).filter(in_programme=True)
    keys = [("commissioner", code) for code in commissioners.values_list("ods_code", flat=True)]
    chins = Chin.objects.filter(pk__in=held.own_ids(Authorised.ADD_ACTION, Scope.CHIN))
    keys += [("chin", slug) for slug in chins.values_list("slug", flat=True)]
    found = records.named(user, asat, keys)
    return [found[key] for key in keys if key in found]


def events_for(target: Target, asat: AsAt, action: Action | None = None) -> dict[str, events.Event]:
    """Events to come that an action can be due before, by how a form names them; with the one it is due before now."""
    found = events.coming(target, asat.today)
    if action is not None and action.event is not None and action.event_on is not None:
        joined = events.joined(action.event_kind)
        own = events.Event(action.event_kind, action.event, action.event_name, action.event_on, joined)
        found = [own, *(event for event in found if event.thread != own.thread)]
    return {event.value: event for event in found}


def names_of(posts: Iterable[Post]) -> list[tuple[int, str]]:
    """Posts to choose from, each with who holds it today."""
    return [(post.pk, f"{post}{_held_by(post)}") for post in posts]


def _held_by(post: Any) -> str:
    if post.holder is None:
        return " (vacant)"
    return "" if post.holder.casefold() == post.title.casefold() else f" ({post.holder})"
