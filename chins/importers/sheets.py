"""Sheets of the go-live workbook about CHINs: what they are, who is in them, who holds which post."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower

from cc2h.accounts.authority import ROLE_SCOPE, Action, Role, Scope, Target
from cc2h.accounts.models import User
from cc2h.kit import history, words
from cc2h.kit.days import day_after, day_before
from cc2h.kit.imports.sheets import BROKEN, DAY_TOLD, Book, Change, Field, Row, Sheet, once, sheet
from chins import post_services, services
from chins.forms import Lines
from chins.models import NO_NETWORK, ODS_NETWORK, Chin, ChinKind, ChinState, Membership, Post, PostHolding
from chins.names import practice_names
from chins.workflow import COUNTED, FIRST, ChinStatus, next_states
from practices.importers.sheets import CODE, PERSON_EXPECTED, people_named, practices_named
from practices.models import (
    NO_COMMISSIONER,
    ODS_COMMISSIONER,
    Commissioner,
    Federation,
    Practice,
    PracticeStanding,
    Status,
)

CHIN_EXPECTED = "a CHIN’s name, address (barnet-1) or code (U12345); it may be one that the sheet CHINs adds"
NOBODYS = "{whose} belongs to another commissioner: whoever keeps its {what} there brings them."
FAR = date.max


@dataclass
class Network:
    """A CHIN of the register, or one that the workbook adds: then `chin` is None until it is written."""

    name: str
    commissioner: Commissioner
    chin: Chin | None = None
    life: list[tuple[str, date]] = field(default_factory=list)  # its states in order, those of the workbook included

    @property
    def identity(self) -> Any:
        return self.chin.pk if self.chin else self.name

    @property
    def target(self) -> Target:
        own = frozenset({self.chin.pk}) if self.chin else frozenset[int]()
        return Target(frozenset({self.commissioner.pk}), chin_ids=own)

    @property
    def over(self) -> tuple[str, date] | None:
        return next(((status, day) for status, day in self.life if status not in COUNTED), None)

    @property
    def record(self) -> Chin:
        """The CHIN, once it is written."""
        assert self.chin is not None
        return self.chin


def networks_of(chins: Iterable[Chin]) -> dict[int, Network]:
    """The CHINs with their states, by primary key, in one query."""
    found = {chin.pk: Network(chin.name, chin.commissioner, chin) for chin in chins}
    states = ChinState.objects.held().filter(chin__in=found).order_by("period")
    for pk, status, period in states.values_list("chin_id", "status", "period"):
        found[pk].life.append((status, period.lower))
    return found


def networks_named(book: Book, names: Iterable[str]) -> Callable[[str], list[Any]]:
    """A look-up of CHINs by name, address or code: those of the workbook, which may be BROKEN, then those of the register."""
    small = {name.casefold() for name in names}
    held = Chin.objects.annotate(small=Lower("name")).filter(
        Q(small__in=small) | Q(slug__in=small) | Q(code__in={name.upper() for name in small})
    )
    found: dict[str, list[Any]] = {}
    for network in networks_of(held.select_related("commissioner")).values():
        for name in {network.name.casefold(), network.record.slug, network.record.code.casefold()} - {""}:
            found.setdefault(name, []).append(network)

    def look(name: str) -> list[Any]:
        offered = book.find("chin", name)
        theirs = {one.identity for one in offered if one is not BROKEN}
        return offered + [one for one in found.get(name.casefold(), []) if one.identity not in theirs]

    return look


def one_of(book: Book, row: Row, column: str, found: Sequence[Any], what: str, how: str) -> Any | None:
    """The one thing a cell names; None where it is refused, or rests on a row that is."""
    if BROKEN in found:
        return None
    if len(found) != 1:
        several = f"Several {what}s have this name. Expected: {how}."
        book.refuse(row, column, several if found else f"No {what} is called this here or in this workbook.")
        return None
    return found[0]


# CHINs -----------------------------------------------------------------------------------------------

KINDS = {str(kind.label): kind for kind in ChinKind}
STATES = {
    "proposed": ChinStatus.PROPOSED,
    "approved": ChinStatus.APPROVED,
    "operational": ChinStatus.OPERATIONAL,
    "closed": ChinStatus.CLOSED,
}
PARTED = "parted by semicolons"


@sheet
class Chins(Sheet):
    """A CHIN is held already if its code is, or its commissioner has one of that name: its states are then continued."""

    number, name = 20, "CHINs"
    what = (
        "CHINs and primary care networks, with the day from which each was in each state: one row each. One that the "
        "portal has is found by its code, or its name and commissioner, and only what is missing is added."
    )
    fields = (
        Field("name", "Name", "what it is called", "Edgware and Burnt Oak", required=True, longest=150),
        Field(
            "commissioner",
            "Commissioner",
            NO_COMMISSIONER[:1].lower() + NO_COMMISSIONER[1:-1],
            "07M",
            required=True,
            pattern=ODS_COMMISSIONER,
        ),
        Field("kind", "Kind", "which of the two; empty for a CHIN", "CHIN", choices=tuple(KINDS)),
        Field("code", "Code", f"only a primary care network has one. {NO_NETWORK[:-1]}", "", pattern=ODS_NETWORK),
        Field("proposed", "Proposed from", f"{DAY_TOLD}; needed for a new CHIN", "01/11/2017", day=True),
        Field("approved", "Approved from", DAY_TOLD, "01/02/2018", day=True),
        Field(
            "operational",
            "Operational from",
            f"{DAY_TOLD}; the first state of a primary care network",
            "01/04/2018",
            day=True,
        ),
        Field("closed", "Closed from", f"{DAY_TOLD}; the first day on which it was no more", "", day=True),
        Field("footprint", "Area it serves", "in words", "Edgware, Burnt Oak, Watling Way", longest=200),
        Field("focus", "Focus areas", f"what it works on, {PARTED}", "Diabetes; Frailty", longest=1000),
    )

    def plan(self, book: Book, rows: Sequence[Row]) -> Iterator[Change]:
        for row in book.broken[self.name]:
            _offer(book, row, BROKEN)
        commissioners = {
            one.ods_code: one for one in Commissioner.objects.filter(ods_code__in={row["commissioner"] for row in rows})
        }
        names, codes = {row["name"].casefold() for row in rows}, {row["code"] for row in rows if row["code"]}
        held = Chin.objects.annotate(small=Lower("name")).filter(Q(small__in=names) | Q(code__in=codes))
        by_code: dict[Any, Network] = {}
        by_name: dict[Any, Network] = {}
        for there in networks_of(held.select_related("commissioner")).values():
            by_code[there.record.code] = there
            by_name[there.commissioner.ods_code, there.name.casefold()] = there
        by_code.pop("", None)
        for row in once(book, rows, "name", "commissioner"):
            commissioner = commissioners.get(row["commissioner"])
            network = by_code.get(row["code"]) or by_name.get((row["commissioner"], row["name"].casefold()))
            change = None
            if commissioner is None:
                book.refuse(
                    row, "commissioner", f"No commissioner with this code is in the register. {NO_COMMISSIONER}"
                )
            elif network is None:
                network = Network(row["name"], commissioner)
                change = self._new(book, row, network)
            else:
                change = self._held(book, row, network)
            _offer(book, row, BROKEN if change is None or book.refused(row) else network)
            if change is not None:
                yield change

    def _new(self, book: Book, row: Row, network: Network) -> Change | None:
        if not book.may(Action.CHANGE_CHIN, network.target):
            book.refuse(row, "commissioner", NOBODYS.format(whose="It", what="CHINs"))
            return None
        kind = KINDS[row["kind"] or str(ChinKind.CHIN.label)]
        first = FIRST[kind][0]
        column = next(name for name, status in STATES.items() if status == first)
        if not row[column]:
            book.refuse(
                row,
                column,
                f"It is empty, and this {row['kind'] or 'CHIN'} is new. Expected: the day from which it was {first.label.lower()}.",
            )
            return None
        if kind == ChinKind.CHIN and row["code"]:
            book.refuse(row, "code", "Only a primary care network has a code. Leave it empty, or say that it is one.")
        states = self._states(book, row, network)
        focus = self._focus(book, row)
        if states is None or book.refused(row):
            return None

        def write() -> None:
            network.chin = services.propose_chin(
                by=book.by,
                commissioner=network.commissioner,
                name=row["name"],
                day=states[0][1],
                kind=kind,
                code=row["code"] or "",
                footprint=row["footprint"] or "",
                focus_areas=focus or [],
                reason=book.source(row),
            )
            _go_on(book, row, network, _living(states[1:]))

        finish = _ending(book, row, network, states)
        return Change(row, row["name"], "new", "", _states_told(states), write, finish)

    def _held(self, book: Book, row: Row, network: Network) -> Change | None:
        chin = network.record
        if network.commissioner.ods_code != row["commissioner"]:
            book.refuse(
                row, "commissioner", f"In the portal this code belongs to {network.name} of {network.commissioner}."
            )
            return None
        if not book.may(Action.CHANGE_CHIN, network.target):
            book.refuse(row, "commissioner", NOBODYS.format(whose=network.name, what="CHINs"))
            return None
        before = len(network.life)
        states = self._states(book, row, network)
        focus = self._focus(book, row)
        if states is None or book.refused(row):
            return None
        said = {"name": row["name"], "footprint": row["footprint"], "focus_areas": focus, "code": row["code"]}
        facts = {name: getattr(chin, name) for name in said}
        other = {name: value for name, value in said.items() if value and value != facts[name]}
        if not states and not other:
            return Change(row, chin.name, "unchanged")

        def write() -> None:
            if other:
                seen = history.version(chin)
                services.update_details(by=book.by, chin=chin, seen=seen, **(facts | other))
            _go_on(book, row, network, _living(states))

        told = [f"{name.replace('_', ' ')}: {_text(facts[name]) or words.DASH}" for name in other]
        told_after = [f"{name.replace('_', ' ')}: {_text(value)}" for name, value in other.items()]
        closes = any(status not in COUNTED for status, _ in states)
        return Change(
            row,
            chin.name,
            "closed" if closes else "changed",
            "; ".join([*([_states_told(network.life[:before])] if states else []), *told]),
            "; ".join([*([_states_told(network.life)] if states else []), *told_after]),
            write,
            _ending(book, row, network, states),
        )

    def _states(self, book: Book, row: Row, network: Network) -> list[tuple[str, date]] | None:
        """The states the row adds to what is held, in order; they are put to the network's life. None: refused."""
        held = dict(network.life)
        added: list[tuple[str, date]] = []
        for column, status in STATES.items():
            day = row[column]
            if day is None:
                continue
            if status in held:
                if held[status] != day:
                    book.refuse(
                        row,
                        column,
                        f"In the portal it is {status.label.lower()} from {words.day(held[status])}. Correct that on its page, or leave this empty.",
                    )
                continue
            life = [*network.life, *added]
            if life:
                last, since = life[-1]
                if status not in next_states(last):
                    may = words.listed([one.label.lower() for one in next_states(last)], "or") or "nothing more"
                    book.refuse(row, column, f"It is {last} from {words.day(since)}; from there it can become {may}.")
                    return None
                if day <= since:
                    book.refuse(row, column, f"It is {last} from {words.day(since)}. Expected: a later day.")
                    return None
            elif status not in FIRST[KINDS[row["kind"] or str(ChinKind.CHIN.label)]]:
                book.refuse(row, column, "A primary care network is operational from its first day. Leave this empty.")
                return None
            added.append((status.value, day))
        network.life += added
        return None if book.refused(row) else added

    def _focus(self, book: Book, row: Row) -> list[str] | None:
        if not row["focus"]:
            return None
        try:
            return Lines().clean("\n".join(row["focus"].split(";")))
        except ValidationError as refusal:
            book.refuse(row, "focus", " ".join(refusal.messages))
            return None


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _states_told(life: Sequence[tuple[str, date]]) -> str:
    return ", ".join(f"{status} from {words.day(day)}" for status, day in life)


def _go_on(book: Book, row: Row, network: Network, states: Sequence[tuple[str, date]]) -> None:
    for status, day in states:
        services.change_state(by=book.by, chin=network.record, status=status, day=day, reason=book.source(row))


def _living(states: Iterable[tuple[str, date]]) -> list[tuple[str, date]]:
    return [(status, day) for status, day in states if status in COUNTED]


def _ending(book: Book, row: Row, network: Network, states: Sequence[tuple[str, date]]) -> Callable[[], None] | None:
    """What ends the CHIN, done last: it ends the memberships and posts that other sheets are about."""
    over = [(status, day) for status, day in states if status not in COUNTED]
    return (lambda: _go_on(book, row, network, over)) if over else None


def _offer(book: Book, row: Row, thing: Any) -> None:
    for name in {str(row[column] or row.cells.get(column) or "").casefold() for column in ("name", "code")} - {""}:
        book.offer("chin", name, thing)


# Memberships -----------------------------------------------------------------------------------------


@dataclass
class Stay:
    """A practice in a CHIN: held, or said by a row, or both."""

    network: Network
    first: date
    last: date | None
    held: Membership | None = None
    row: Row | None = None

    @property
    def until(self) -> date:
        return day_after(self.last) if self.last else FAR

    def overlaps(self, other: "Stay") -> bool:
        return self.first < other.until and other.first < self.until

    def __str__(self) -> str:
        return f"{self.network.name} {words.period(self.first, day_after(self.last) if self.last else None)}"


@dataclass(frozen=True)
class Standings:
    """What the register holds of practices from day to day, to ask whether they fit."""

    of: Mapping[int, Sequence[PracticeStanding]]

    @classmethod
    def read(cls, practices: Iterable[Practice]) -> "Standings":
        held = PracticeStanding.objects.held().filter(practice__in=[one.pk for one in practices])
        of: dict[int, list[PracticeStanding]] = {}
        for standing in held.select_related("commissioner").order_by("period"):
            of.setdefault(standing.practice_id, []).append(standing)
        return cls(of)

    def on(self, practice: Practice, day: date) -> PracticeStanding | None:
        return next((one for one in self.of.get(practice.pk, []) if day in one.period), None)

    def closed(self, practice: Practice, until: date) -> date | None:
        """The practice's last day, where it is before `until`."""
        over = (one.first_day for one in self.of.get(practice.pk, []) if one.status == Status.CLOSED)
        return next((day_before(day) for day in over if day < until), None)


@sheet
class Memberships(Sheet):
    """A membership is held already if the practice is in that CHIN from that day, or on some of these days."""

    number, name = 30, "Memberships"
    what = "Which practice was in which CHIN, from and to: one row a stay. A practice is in one CHIN at a time."
    fields = (
        CODE,
        Field("chin", "CHIN", CHIN_EXPECTED, "Edgware and Burnt Oak", required=True, longest=150),
        Field("first", "First day", DAY_TOLD, "01/04/2018", required=True, day=True),
        Field("last", "Last day", f"{DAY_TOLD}; empty while it goes on", "", day=True),
    )

    def plan(self, book: Book, rows: Sequence[Row]) -> Iterator[Change]:
        practices = practices_named((row["practice"] for row in rows), book.today)
        look = networks_named(book, {row["chin"] for row in rows})
        standings = Standings.read(one for one, _ in practices.values())
        names = practice_names([one.pk for one, _ in practices.values()], book.today)
        held = self._held(practices.values())
        said: dict[int, list[Stay]] = {}
        for row in rows:
            stay = self._stay(book, row, practices, look)
            if stay is not None:
                said.setdefault(practices[row["practice"]][0].pk, []).append(stay)
        changes: list[tuple[int, date, Change]] = []
        for practice, _ in practices.values():
            before = held.get(practice.pk, [])
            for stay, was in self._match(book, said.get(practice.pk, []), before):
                self._check(book, practice, stay, was, standings)
                changes.append(self._change(book, practice, names[practice.pk], stay, was))
            self._one_at_a_time(book, said.get(practice.pk, []), before)
        yield from (change for *_, change in sorted(changes, key=lambda one: one[:2]))

    def _held(self, practices: Iterable[tuple[Practice, Target]]) -> dict[int, list[Stay]]:
        memberships = Membership.objects.held().filter(practice__in=[one.pk for one, _ in practices])
        found = list(memberships.select_related("chin__commissioner", "practice").order_by("period"))
        networks = networks_of({one.chin_id: one.chin for one in found}.values())
        held: dict[int, list[Stay]] = {}
        for one in found:
            held.setdefault(one.practice_id, []).append(Stay(networks[one.chin_id], one.first_day, one.last_day, one))
        return held

    def _stay(
        self, book: Book, row: Row, practices: Mapping[str, Any], look: Callable[[str], list[Any]]
    ) -> Stay | None:
        if row["practice"] not in practices:
            told = "No practice with this code is in the register. Import or open the practice first."
            book.refuse(row, "practice", told)
        network = one_of(book, row, "chin", look(row["chin"]), "CHIN", "its address, like barnet-1, or its code")
        if network is not None and not book.may(Action.CHANGE_MEMBERSHIP, network.target):
            book.refuse(row, "chin", NOBODYS.format(whose=network.name, what="members"))
        if row["last"] and row["last"] < row["first"]:
            book.refuse(row, "last", "It leaves before it joins: the last day is before the first.")
        if network is None or book.refused(row):
            return None
        return Stay(network, row["first"], row["last"], row=row)

    def _match(self, book: Book, said: Sequence[Stay], held: Sequence[Stay]) -> Iterator[tuple[Stay, Stay | None]]:
        """Each stay of the workbook with the one held that it is about, if any. An empty last day is the one held."""
        for stay in said:
            assert stay.row is not None
            same = [one for one in held if one.network.identity == stay.network.identity and one.overlaps(stay)]
            same = [one for one in same if one.first == stay.first] or same
            if len(same) > 1:
                told = f"The portal has several stays in these days: {words.listed(map(str, same))}. Expected: one row for each, with its days."
                book.refuse(stay.row, "first", told)
                continue
            was = same[0] if same else None
            if was is not None:
                if was.row is not None:
                    told = f"Row {was.row.number} is about the same stay, {was}. Expected: one row for it."
                    book.refuse(stay.row, "first", told)
                    continue
                was.row = stay.row
                if stay.last is None and was.last is not None and was.last >= stay.first:
                    stay.last = was.last
            yield stay, was

    def _check(self, book: Book, practice: Practice, stay: Stay, was: Stay | None, standings: Standings) -> None:
        """Refuse a stay for what the form refuses it, unless it is as held."""
        row = stay.row
        assert row is not None
        if was is not None and (was.first, was.last) == (stay.first, stay.last):
            return
        network = stay.network
        standing = standings.on(practice, stay.first)
        closed = standings.closed(practice, stay.until)
        if standing is None:
            book.refuse(row, "first", "The practice was not open yet on this day. Expected: a day when it was.")
        elif closed is not None:
            told = f"The practice’s last day was {words.day(closed)}. Expected: no day after that in a CHIN."
            book.refuse(row, "last" if closed >= stay.first else "first", told)
        elif standing.commissioner_id != network.commissioner.pk:
            told = f"The practice belongs to {standing.commissioner} on {words.day(stay.first)}, and {network.name} to {network.commissioner}."
            book.refuse(row, "chin", told)
        if not network.life or stay.first < network.life[0][1]:
            since = f"{network.life[0][0]} from {words.day(network.life[0][1])}" if network.life else "in no state yet"
            book.refuse(row, "first", f"{network.name} is {since}. Expected: that day or a later one.")
        elif network.over and stay.until > network.over[1]:
            status, day = network.over
            told = f"{network.name} is {status} from {words.day(day)}. Expected: {words.day(day_before(day))} or an earlier day."
            book.refuse(row, "last", told)

    def _one_at_a_time(self, book: Book, said: Sequence[Stay], held: Sequence[Stay]) -> None:
        """Refuse rows that put a practice in two CHINs on some day, with what is held and no row is about."""
        rest = [one for one in held if one.row is None]
        stays = sorted([*said, *rest], key=lambda one: (one.first, one.until))
        longest: Stay | None = None
        for stay in stays:
            if longest is not None and longest.overlaps(stay):
                for one, other in ((longest, stay), (stay, longest)):
                    if one.row is not None and not book.refused(one.row):
                        whose = f"by row {other.row.number}" if other.row else "in the portal"
                        book.refuse(
                            one.row,
                            "first",
                            f"The practice is in {other} {whose}; it is in one CHIN at a time. Expected: days that don’t overlap.",
                        )
            if longest is None or stay.until > longest.until:
                longest = stay

    def _change(
        self, book: Book, practice: Practice, name: str, stay: Stay, was: Stay | None
    ) -> tuple[int, date, Change]:
        """What is to be done, with its turn: what ends goes before what moves, and that before what begins."""
        row = stay.row
        assert row is not None
        key = f"{name} ({practice.ods_code}) in {stay.network.name}"
        before = words.period(was.first, day_after(was.last) if was.last else None) if was else ""
        after = words.period(stay.first, day_after(stay.last) if stay.last else None)
        days: dict[str, Any] = {"first": stay.first, "last": stay.last, "reason": book.source(row)}
        if was is None:

            def join() -> None:
                services.join_practices(by=book.by, chin=stay.network.record, practices=[practice], **days)

            return 2, stay.first, Change(row, key, "new", "", after, join)
        membership = was.held
        assert membership is not None
        if (was.first, was.last) == (stay.first, stay.last):
            return 0, stay.first, Change(row, key, "unchanged")
        if was.first == stay.first and was.last is None and stay.last is not None:
            last = stay.last

            def leave() -> None:
                services.leave_chin(by=book.by, membership=membership, last=last, reason=book.source(row))

            return 0, stay.first, Change(row, key, "closed", before, after, leave)

        def correct() -> None:
            services.correct_membership(by=book.by, membership=membership, **days)

        return 1, stay.first, Change(row, key, "changed", before, after, correct)


# Posts -----------------------------------------------------------------------------------------------

ROLES = {str(role.label): role for role in Role if ROLE_SCOPE[role] is not Scope.PORTAL}
OF_EXPECTED = (
    "what the post is a post of: the code of a commissioner or practice, the name of a CHIN (it may be one that the sheet "
    "CHINs adds) or federation"
)


@dataclass
class Thing:
    """What a post is a post of. `get`: the record, once it is written."""

    scope: Scope
    identity: Any
    name: str
    target: Target
    get: Callable[[], Any]
    network: Network | None = None
    practice: Practice | None = None


@dataclass
class Seat:
    """A post of the register, or one that the workbook adds: then `post` is None until it is written."""

    role: Role
    thing: Thing
    title: str
    post: Post | None = None
    holdings: list["Held"] = field(default_factory=list)

    @property
    def record(self) -> Post:
        """The post, once it is written."""
        assert self.post is not None
        return self.post


@dataclass
class Held:
    """Somebody holds a post, by the register or by a row."""

    holder: User
    first: date
    last: date | None
    version: PostHolding | None = None

    def __str__(self) -> str:
        return f"{self.holder} holds it {words.period(self.first, day_after(self.last) if self.last else None)}"


@sheet
class Posts(Sheet):
    """A post is held already if there is one of that role and title there; without a title, if there is just one."""

    number, name = 40, "Posts"
    what = (
        "Posts and who holds them: one row a post and holder, so that a post with two holders in turn has two rows. "
        "Whoever held a post without an end hands over the day before the next begins."
    )
    fields = (
        Field("role", "Role", "which kind of post", "CHIN lead", required=True, choices=tuple(ROLES)),
        Field("of", "Post of", OF_EXPECTED, "Edgware and Burnt Oak", required=True, longest=150),
        Field(
            *("title", "Title", "what it is called; empty for the role and what it is a post of"),
            "CHIN lead, Edgware and Burnt Oak",
            longest=150,
        ),
        Field(
            *("holder", "Holder", f"{PERSON_EXPECTED}; empty while the post is vacant"),
            "lead@example.nhs.uk",
            longest=254,
        ),
        Field("first", "First day", f"{DAY_TOLD}; needed with a holder", "01/04/2018", day=True),
        Field("last", "Last day", f"{DAY_TOLD}; empty while it goes on", "", day=True),
    )

    def plan(self, book: Book, rows: Sequence[Row]) -> Iterator[Change]:
        for row in book.broken[self.name]:
            _offer_post(book, row, None)
        look = self._things(book, rows)
        people = people_named(row["holder"] for row in rows)
        things = {row.line: look(book, row) for row in rows}
        standings = Standings.read(one.practice for one in things.values() if one and one.practice)
        seats = self._seats(thing for thing in things.values() if thing)
        # of one post the earlier holder first, so that each hands over to the next
        for row in sorted(rows, key=lambda row: (row["first"] or date.min, row.number)):
            thing = things[row.line]
            change = None
            if thing is None:
                pass
            elif not book.may(Action.CHANGE_POST, thing.target):
                book.refuse(row, "of", NOBODYS.format(whose=thing.name, what="posts"))
            else:
                change = self._row(book, row, thing, seats, people, standings)
            if change is None:
                _offer_post(book, row, thing)
            else:
                yield change

    def _row(
        self,
        book: Book,
        row: Row,
        thing: Thing,
        seats: dict[Any, list[Seat]],
        people: Mapping[str, User],
        standings: Standings,
    ) -> Change | None:
        role = ROLES[row["role"]]
        title = row["title"] or f"{role.label}, {thing.name}"
        there = seats.setdefault((role, thing.identity), [])
        named = [one for one in there if one.title.casefold() == title.casefold()]
        named = named or ([] if row["title"] else there)
        if len(named) > 1:
            titles = words.listed(f"“{one.title}”" for one in named)
            book.refuse(row, "title", f"There are several such posts: {titles}. Expected: the title of one.")
            return None
        new = not named
        seat = Seat(role, thing, title) if new else named[0]
        holding = self._holding(book, row, seat, people, standings)
        if book.refused(row):
            return None
        if new:
            there.append(seat)
            for name in {title, f"{role.label}, {thing.name}"}:
                book.offer("post", name, seat)
        return self._change(book, row, seat, new, holding)

    def _holding(
        self, book: Book, row: Row, seat: Seat, people: Mapping[str, User], standings: Standings
    ) -> tuple[str, Held] | None:
        """What becomes of who holds the post: “held”, “ends” or “fills”, with the holding; None where it is nobody."""
        address, first, last = row["holder"], row["first"], row["last"]
        if not address:
            if first or last:
                book.refuse(row, "holder", f"There are days and nobody. Expected: {PERSON_EXPECTED}.")
            return None
        holder = people.get(address.lower())
        if holder is None:
            told = (
                f"Nobody signs in with this address. Let the administrator add them first. Expected: {PERSON_EXPECTED}."
            )
            book.refuse(row, "holder", told)
        elif not holder.is_active:
            book.refuse(row, "holder", f"{holder} no longer signs in here, and can’t be given a post.")
        if first is None:
            book.refuse(row, "first", f"It is empty. Expected: the first day of the holder, {DAY_TOLD}.")
        elif last and last < first:
            book.refuse(row, "last", "The last day is before the first.")
        if holder is None or book.refused(row):
            return None
        until = day_after(last) if last else FAR
        for held in seat.holdings:
            if held.holder == holder and held.first == first:
                return self._same(book, row, held, last)
        self._check_open(book, row, seat.thing, until, standings)
        for held in seat.holdings:
            if held.first < until and first < (day_after(held.last) if held.last else FAR):
                if held.last is not None or held.first >= first or held.holder == holder:
                    book.refuse(row, "first", f"{held}; a post has one holder on any day. Expected: other days.")
                    return None
                held.last = day_before(first)
        new = Held(holder, first, last)
        seat.holdings.append(new)
        return "fills", new

    def _same(self, book: Book, row: Row, held: Held, last: date | None) -> tuple[str, Held] | None:
        if last is None or last == held.last:
            return "held", held
        if held.version is None or (held.last is not None and last > held.last):
            book.refuse(row, "last", f"{held}. Expected: that last day, or nothing; correct it on the post’s page.")
            return None
        held.last = last
        return "ends", held

    def _check_open(self, book: Book, row: Row, thing: Thing, until: date, standings: Standings) -> None:
        closed = standings.closed(thing.practice, until) if thing.practice else None
        if closed is not None:
            told = f"The practice’s last day was {words.day(closed)}. Expected: no holder after that."
            book.refuse(row, "last", told)
        over = thing.network.over if thing.network else None
        if over is not None and until > over[1]:
            told = f"{thing.name} is {over[0]} from {words.day(over[1])}. Expected: no holder from then on."
            book.refuse(row, "last", told)

    def _change(self, book: Book, row: Row, seat: Seat, new: bool, holding: tuple[str, Held] | None) -> Change:
        what, held = holding or ("held", None)
        told = str(held) if held and what != "held" else ""
        if not new and what == "held":
            return Change(row, seat.title, "unchanged")
        if what == "ends":
            assert held is not None
            assert held.version is not None
            version, last = held.version, row["last"]
            before = str(Held(held.holder, version.first_day, version.last_day))

            def end() -> None:
                post_services.end_holding(by=book.by, holding=version, last=last, reason=book.source(row))

            return Change(row, seat.title, "closed", before, told, end)

        def add_and_fill() -> None:
            if seat.post is None:
                seat.post = post_services.create_post(by=book.by, role=seat.role, of=seat.thing.get(), title=seat.title)
            if held is not None and what == "fills":
                post_services.fill_post(
                    by=book.by,
                    post=seat.post,
                    holder=held.holder,
                    first=row["first"],
                    last=row["last"],
                    reason=book.source(row),
                )

        earlier = [one for one in seat.holdings if one is not held and one.version is not None]
        before = "" if new else (str(earlier[-1]) if earlier else "vacant")
        return Change(row, seat.title, "new" if new else "changed", before, told or "vacant", add_and_fill)

    def _things(self, book: Book, rows: Sequence[Row]) -> Callable[[Book, Row], Thing | None]:
        """A look-up of what the rows' posts are posts of, in a few queries."""
        named = {row["of"] for row in rows}
        upper, small = {name.upper() for name in named}, {name.casefold() for name in named}
        commissioners = {one.ods_code: one for one in Commissioner.objects.filter(ods_code__in=upper)}
        practices = practices_named(upper, book.today)
        names = practice_names([one.pk for one, _ in practices.values()], book.today)
        networks = networks_named(book, named)
        federations: dict[str, list[Federation]] = {}
        of_name = Federation.objects.annotate(small=Lower("name")).filter(Q(small__in=small) | Q(slug__in=small))
        for one in of_name.select_related("commissioner"):
            for name in {one.name.casefold(), one.slug}:
                federations.setdefault(name, []).append(one)

        def look(book: Book, row: Row) -> Thing | None:
            name, scope = row["of"], ROLE_SCOPE[ROLES[row["role"]]]
            if scope is Scope.CHIN:
                network = one_of(book, row, "of", networks(name), "CHIN", "its address, like barnet-1, or its code")
                return network and Thing(
                    scope, (scope, network.identity), network.name, network.target, lambda: network.record, network
                )
            found: list[Any]
            if scope is Scope.COMMISSIONER:
                found = [commissioners[name.upper()]] if name.upper() in commissioners else []
                one = one_of(book, row, "of", found, "commissioner", "its code")
                return one and Thing(scope, (scope, one.pk), one.short_name, one.authority_target(), lambda: one)
            if scope is Scope.PRACTICE:
                found = [practices[name.upper()]] if name.upper() in practices else []
                pair = one_of(book, row, "of", found, "practice", "its code")
                if pair is None:
                    return None
                practice, target = pair
                called = f"{names[practice.pk]} ({practice.ods_code})"
                return Thing(scope, (scope, practice.pk), called, target, lambda: practice, practice=practice)
            one = one_of(book, row, "of", federations.get(name.casefold(), []), "federation", "its address")
            return one and Thing(scope, (scope, one.pk), one.name, one.authority_target(), lambda: one)

        return look

    def _seats(self, things: Iterable[Thing]) -> dict[Any, list[Seat]]:
        """The posts of these things with who holds them, by role and thing, in two queries."""
        by_identity = {thing.identity: thing for thing in things}
        ids: dict[Scope, list[int]] = {}
        for scope, pk in by_identity:
            if isinstance(pk, int):
                ids.setdefault(scope, []).append(pk)
        condition = Q(pk__in=[])
        for scope, pks in ids.items():
            condition |= Q(**{f"{scope.value}__in": pks})
        by_post: dict[int, Seat] = {}
        seats: dict[Any, list[Seat]] = {}
        for post in Post.objects.filter(condition):
            scope = ROLE_SCOPE[Role(post.role)]
            thing = by_identity[scope, getattr(post, f"{scope.value}_id")]
            by_post[post.pk] = Seat(Role(post.role), thing, post.title, post)
            seats.setdefault((Role(post.role), thing.identity), []).append(by_post[post.pk])
        holdings = PostHolding.objects.held().filter(post__in=by_post).select_related("holder", "post")
        for one in holdings.order_by("period"):
            by_post[one.post_id].holdings.append(Held(one.holder, one.first_day, one.last_day, one))
        return seats


def _offer_post(book: Book, row: Row, thing: Thing | None) -> None:
    """A post whose row is refused: what names it is not refused for that too."""
    role, of = row["role"] or row.cells.get("role", ""), thing.name if thing else row.cells.get("of", "")
    for name in {row["title"] or row.cells.get("title", "") or f"{role}, {of}", f"{role}, {of}"}:
        book.offer("post", name, BROKEN)
