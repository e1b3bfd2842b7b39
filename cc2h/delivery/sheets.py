"""The sheet of the go-live workbook with open actions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Lower

from cc2h.accounts import records
from cc2h.accounts.authority import Action as Authorised
from cc2h.accounts.authority import Role, Target
from cc2h.delivery import services
from cc2h.delivery.models import Action, State
from cc2h.delivery.queries import OWNERS
from cc2h.kit import history, words
from cc2h.kit.imports.sheets import BROKEN, DAY_TOLD, Book, Change, Field, Row, Sheet, once, sheet
from chins.importers.sheets import NOBODYS, Network, Seat, networks_named, one_of
from chins.models import Membership, Post
from practices.importers.sheets import practices_named
from practices.models import Commissioner

ABOUT = {"CHIN": "chin", "Practice": "practice", "Commissioner": "commissioner"}


@dataclass(frozen=True)
class About:
    """The record of an action: `key` is told once it is written."""

    kind: str
    identity: Any
    name: str
    target: Target
    key: Callable[[], str]

    def record(self) -> records.Record:
        return records.Record(self.kind, self.key(), self.name, self.target)


@dataclass(frozen=True)
class Owner:
    """A post that may be an action's owner, as far as that is asked of it."""

    title: str
    role: Role
    target: Target
    get: Callable[[], Post]
    pk: int | None = None

    def may_do(self, about: About) -> bool:
        """Whether the form offers the post for the record (cc2h.delivery.queries.owners)."""
        if self.role not in OWNERS or not self.target.commissioner_ids & about.target.commissioner_ids:
            return False
        if self.target.practice_ids:
            return bool(self.target.practice_ids & about.target.practice_ids)
        return not (self.target.chin_ids and about.target.chin_ids) or bool(
            self.target.chin_ids & about.target.chin_ids
        )


@sheet
class Actions(Sheet):
    """An action is held already if there is one about the record with these words, be it closed since."""

    number, name = 60, "Actions"
    what = "Open actions about CHINs, practices and commissioners: one row an action. One that is closed in the portal stays so."
    fields = (
        Field("kind", "About", "which kind of record", "CHIN", required=True, choices=tuple(ABOUT)),
        Field(
            *("key", "Which", "the code of a practice or commissioner, the name, address or code of a CHIN"),
            "Edgware and Burnt Oak",
            required=True,
            longest=150,
        ),
        Field(*("what", "What is to be done", "in words"), "Send the letter to practices", required=True),
        Field(
            *(
                "owner",
                "Owner’s post",
                "the title of the post that is to do it; it may be one that the sheet Posts adds",
            ),
            "CHIN lead, Edgware and Burnt Oak",
            required=True,
            longest=150,
        ),
        Field("due_day", "Due day", DAY_TOLD, "30/06/2018", day=True),
        Field("raised_on", "Raised on", f"{DAY_TOLD}; empty for today", "01/04/2018", day=True),
    )

    def plan(self, book: Book, rows: Sequence[Row]) -> Iterator[Change]:
        look = self._records(book, rows)
        found = [(row, about) for row in once(book, rows, "kind", "key", "what") if (about := look(row))]
        held = self._held(about for _, about in found)
        owners = self._owners(book, rows)
        for row, about in found:
            if not book.may(Authorised.ADD_ACTION, about.target):
                book.refuse(row, "key", NOBODYS.format(whose=about.name, what="actions"))
                continue
            fitting = [one for one in owners(row["owner"]) if one is BROKEN or one.may_do(about)]
            owner: Owner | None = one_of(book, row, "owner", fitting, "post that can do this", "another title")
            if row["raised_on"] and row["raised_on"] > book.today:
                book.refuse(row, "raised_on", "This day is still to come. Expected: today or an earlier day.")
            if owner is None or book.refused(row):
                continue
            action = held.get((about.kind, about.identity, _plain(row["what"])))
            change = self._changed(book, row, action, about, owner) if action else self._new(book, row, about, owner)
            if change is not None:
                yield change

    def _new(self, book: Book, row: Row, about: About, owner: Owner) -> Change | None:
        if row["due_day"] is None:
            book.refuse(row, "due_day", f"It is empty, and this action is new. Expected: {DAY_TOLD}.")
            return None
        return Change(
            row,
            f"{about.name}: {row['what']}",
            "new",
            "",
            _told(owner.title, row["due_day"]),
            lambda: services.add_action(
                by=book.by,
                record=about.record(),
                what=row["what"],
                owner=owner.get(),
                raised_on=row["raised_on"] or book.today,
                due_day=row["due_day"],
            ),
        )

    def _changed(self, book: Book, row: Row, action: Action, about: About, owner: Owner) -> Change | None:
        key = f"{about.name}: {action.what}"
        due = row["due_day"] or action.due_day
        if action.state != State.OPEN or (due, owner.pk) == (action.due_day, action.owner_id):
            return Change(row, key, "unchanged")
        if action.event is not None:
            told = f"In the portal it is due before {action.event_name}. Change that on its page, or leave this empty."
            book.refuse(row, "due_day" if row["due_day"] else "owner", told)
            return None
        return Change(
            row,
            key,
            "changed",
            _told(action.owner.title, action.due_day),
            _told(owner.title, due),
            lambda: services.change_action(
                by=book.by,
                action=action,
                seen=history.version(action),
                what=action.what,
                owner=owner.get(),
                due_day=due,
            ),
        )

    def _records(self, book: Book, rows: Sequence[Row]) -> Callable[[Row], About | None]:
        """A look-up of what the rows are about, in a few queries."""
        named = {row["key"] for row in rows}
        upper = {name.upper() for name in named}
        commissioners = {one.ods_code: one for one in Commissioner.objects.filter(ods_code__in=upper)}
        practices = practices_named(upper, book.today)
        ids = [one.pk for one, _ in practices.values()]
        in_chin = dict(
            Membership.objects.as_at(book.today).filter(practice__in=ids).values_list("practice_id", "chin_id")
        )
        networks = networks_named(book, named)

        def look(row: Row) -> About | None:
            kind, name = ABOUT[row["kind"]], row["key"]
            found: list[Any]
            if kind == "chin":
                network: Network | None = one_of(book, row, "key", networks(name), "CHIN", "its address or code")
                if network is None:
                    return None
                return About(kind, network.identity, network.name, network.target, lambda: network.record.slug)
            if kind == "commissioner":
                found = [commissioners[name.upper()]] if name.upper() in commissioners else []
                whose = one_of(book, row, "key", found, "commissioner", "its code")
                return whose and About(
                    kind, whose.pk, whose.short_name, whose.authority_target(), lambda: whose.ods_code
                )
            found = [practices[name.upper()]] if name.upper() in practices else []
            pair = one_of(book, row, "key", found, "practice", "its code")
            if pair is None:
                return None
            practice, target = pair
            chin = frozenset({in_chin[practice.pk]} if practice.pk in in_chin else ())
            whole = Target(target.commissioner_ids, chin, target.practice_ids)
            return About(kind, practice.pk, practice.ods_code, whole, lambda: practice.ods_code)

        return look

    def _held(self, abouts: Iterator[About]) -> dict[Any, Action]:
        """Actions about these records by kind, record and words; of several the newest, an open one before a closed."""
        known = {(about.kind, about.key()): about.identity for about in abouts if isinstance(about.identity, int)}
        keys = {key for _, key in known}
        found = Action.objects.filter(key__in=keys, kind__in=ABOUT.values()).select_related("owner")
        actions = sorted(found, key=lambda one: (one.state == State.OPEN, one.pk))
        return {
            (one.kind, known[one.kind, one.key], _plain(one.what)): one
            for one in actions
            if (one.kind, one.key) in known
        }

    def _owners(self, book: Book, rows: Sequence[Row]) -> Callable[[str], list[Any]]:
        """A look-up of posts by title: those of the workbook, which may be BROKEN, then those of the register."""
        titles = {row["owner"].casefold() for row in rows}
        posts = Post.objects.annotate(small=Lower("title")).filter(small__in=titles)
        found: dict[str, list[Owner]] = {}
        for post in posts.with_commissioner(book.today):
            owner = Owner(post.title, Role(post.role), post.authority_target(), lambda post=post: post, post.pk)  # type: ignore[misc]
            found.setdefault(post.title.casefold(), []).append(owner)

        def look(title: str) -> list[Any]:
            offered = [one if one is BROKEN else _of_seat(one) for one in book.find("post", title)]
            return [*offered, *found.get(title.casefold(), [])]

        return look


def _of_seat(seat: Seat) -> Owner:
    return Owner(seat.title, seat.role, seat.thing.target, lambda: seat.record)


def _plain(what: str) -> str:
    return " ".join(what.split()).casefold()


def _told(owner: str, due: Any) -> str:
    return f"{owner}, by {words.day(due)}" if due else owner
