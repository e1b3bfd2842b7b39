"""Each role's home page: what waits, what changed, where to go; composed of blocks, one mechanism for all roles.

The board and managers come home to their commissioner's dashboard. For everybody else each post held adds its
blocks: HOME says which, by role.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from cc2h.accounts.authority import Action, Holding, Role
from cc2h.accounts.models import User
from cc2h.board import cards, figures, queries, sentences
from cc2h.board.cards import Card
from cc2h.board.figures import Rows, word
from cc2h.board.sentences import Sentence
from cc2h.board.waiting import Item, Reader, waiting_on
from cc2h.kit import words
from cc2h.kit.figures import Figure, Part
from chins.coverage import coverage_on
from chins.models import Chin, PostHolding
from chins.queries import against_band, band_words
from practices.models import Commissioner, Federation, Practice

DASHBOARD_ROLES = (Role.BOARD_MEMBER, Role.TRANSFORMATION_MANAGER)
CHIN_ROLES = (
    Role.CHIN_LEAD,
    Role.QI_LEAD,
    Role.CLINICAL_LEAD,
    Role.MANAGERIAL_LEAD,
    Role.SPOC,
    Role.FEDERATION_SUPPORT,
    Role.QIST_MEMBER,
)

ACROSS = (Role.NCL_OFFICE, *DASHBOARD_ROLES)
WHOLE = (
    Role.FINANCE_OFFICER,
    Role.STEERING_GROUP_LEAD,
    Role.SECRETARY,
    Role.COUNCIL_OFFICER,
    Role.ANALYST,
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of a home page: a heading, a sentence, figures, facts, what changed, and where to read on."""

    title: str
    sentence: str = ""
    cards: Sequence[Card] = ()
    facts: Sequence[dict[str, Any]] = ()
    changes: Sequence[Sentence] = ()
    no_changes: str = ""
    links: Sequence[Item] = ()


Builder = Callable[[Reader, Sequence[Holding]], Iterator[Block]]


def dashboard_of(reader: Reader) -> str | None:
    """The code of the commissioner whose dashboard is this person's home; None for a home of blocks."""
    ids = {h.commissioner_id or 0 for h in reader.held.holdings if h.role in DASHBOARD_ROLES}
    if len(ids) != 1 or any(h.role is Role.NCL_OFFICE for h in reader.held.holdings):
        return None
    return Commissioner.objects.filter(pk__in=ids).values_list("ods_code", flat=True).first()


def home(reader: Reader) -> dict[str, Any]:
    """The context of templates/board/home.html."""
    holdings = reader.held.holdings
    if not holdings:
        return {"posts": [], "helpers": helpers(reader)}
    builders = dict.fromkeys(builder for h in holdings for builder in HOME[h.role])
    return {
        "posts": [f"{h.title}, for {h.deputy_for}" if h.deputy_for else h.title for h in holdings],
        "waiting": waiting_on(reader),
        "blocks": [block for builder in builders for block in builder(reader, holdings)],
        "places": places(reader),
    }


def helpers(reader: Reader) -> QuerySet[User]:
    """Who can give somebody a post: the portal's administrators of today."""
    held = PostHolding.objects.as_at(reader.asat.today).filter(post__role=Role.ADMINISTRATOR)
    return User.objects.filter(pk__in=held.values("holder"), is_active=True).order_by("name")


def places(reader: Reader) -> list[Item]:
    """Where this person can go, beyond the navigation."""
    may = reader.held.may
    found = [
        (may(Action.VIEW_REGISTER), Item("What papers say, beside the records", reader.url("board:statement_list"))),
        (may(Action.VIEW_REGISTER), Item("Board days", reader.url("board:board_days"))),
        (may(Action.VIEW_IMPORTS), Item("Imported files", reader.url("imports:import_list"))),
        (may(Action.MANAGE_PEOPLE), Item("People who may sign in", reader.url("people:user_list"))),
        (may(Action.VIEW_REGISTER), Item("Who can do what", reader.url("people:who_can"))),
    ]
    return [item for allowed, item in found if allowed]


# Blocks ---------------------------------------------------------------------------------------------


def _ids(holdings: Sequence[Holding], attribute: str, roles: Sequence[Role]) -> list[int]:
    return list(dict.fromkeys(getattr(h, attribute) for h in holdings if h.role in roles and getattr(h, attribute)))


def _commissioners(reader: Reader, ids: Sequence[int]) -> QuerySet[Commissioner]:
    readable = queries.commissioners_with_board_days(reader.user, reader.asat)
    return readable.filter(pk__in=ids).order_by("short_name")


def side_by_side(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """The commissioners a person reads across, each with its coverage."""
    shown = []
    for commissioner in _commissioners(reader, _ids(holdings, "commissioner_id", ACROSS)):
        coverage = coverage_on(commissioner, reader.asat.day, reader.asat.known_at)
        since = queries.since_day("", reader.asat, queries.meetings_of(commissioner))
        then = coverage_on(commissioner, since.day, reader.asat.known_at)
        figure = figures.population(coverage, Rows(reader.asat, commissioner), label=commissioner.short_name)
        lines = [
            f"{words.number(coverage.covered_practices)} of {words.plural(coverage.practices, 'practice')}",
            words.plural(len(coverage.chins), word(commissioner), word(commissioner, 2)),
            cards.points(coverage.population_percent, then.population_percent, since.day),
        ]
        href = reader.url("board:dashboard", commissioner.ods_code)
        shown.append(Card(figure, lines, more=Item(f"Dashboard of {commissioner.short_name}", href)))
    if shown:
        title = "Patients in a network, by commissioner" if len(shown) > 1 else "Coverage"
        yield Block(title=title, cards=shown)


def commissioner(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """A commissioner's coverage and what changed since the last board day."""
    for one in _commissioners(reader, _ids(holdings, "commissioner_id", WHOLE)):
        found = queries.dashboard(reader.user, one, reader.asat, "")
        rows = Rows(reader.asat, one)
        yield Block(
            title=f"Care Closer to Home in {one.short_name}",
            sentence=sentences.headline(found.now, found.then),
            cards=cards.cards(found, rows)[:4],
            changes=sentences.changes(found.changes, found.now, found.then, rows, may_name=found.names),
            no_changes=sentences.nothing(found.since.day),
            links=[
                Item("The whole dashboard", reader.url("board:dashboard", one.ods_code)),
                Item(f"What changed since {words.day(found.since.day)}", rows.changes(found.since.day)),
            ],
        )


def chin(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """The CHINs of a person's posts: their size, their state, who came and went."""
    ids = _ids(holdings, "chin_id", CHIN_ROLES)
    for one in Chin.objects.filter(pk__in=ids).select_related("commissioner").order_by("name"):
        whose = _commissioners(reader, [one.commissioner_id]).get()
        found = queries.dashboard(reader.user, whose, reader.asat, "")
        rows = Rows(reader.asat, whose)
        size = next((c for c in found.now.chins if c.chin_id == one.pk), None)
        patients = figures.chin_patients(found.now, rows, one.slug)
        practices = figures.chin_practices(found.now, rows, one.slug)
        band = against_band(size.patients, whose) if size else ""
        lines = [f"{band} the planned size, {band_words(whose)}"] if band else []
        yield Block(
            title=one.name,
            sentence=""
            if size
            else f"On {words.day(reader.asat.day)} it does not count: it is not proposed, approved or operational.",
            cards=[Card(figure, lines if figure is patients else ()) for figure in (patients, practices) if figure],
            facts=[{"key": "State", "value": size.status.capitalize()}] if size else [],
            changes=sentences.chin_changes(found.changes, one.pk, rows, may_name=found.names),
            no_changes=f"No practice has joined or left since {words.day(found.since.day)}.",
            links=[
                Item(f"All about {one.name}", reader.url("chins:chin_detail", one.slug)),
                Item("Its practices", reader.url("practices:practice_list", chin=one.slug)),
                Item(f"The dashboard of {whose.short_name}", reader.url("board:dashboard", whose.ods_code)),
            ],
        )


def practice(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """A practice manager's practices: list size, CHIN, and what changed."""
    day, known = reader.asat.day, reader.asat.known_at
    ids = _ids(holdings, "practice_id", (Role.PRACTICE_MANAGER,))
    mine = Practice.objects.filter(pk__in=ids).with_standing(day, known).with_details(day, known)
    for one in mine.with_network(day, known).with_list_size(day, known).order_by("ods_code"):
        yield _practice(reader, one)


def _practice(reader: Reader, one: Any) -> Block:
    href = reader.url("practices:practice_detail", one.ods_code)
    facts: list[dict[str, Any]] = [{"key": "Code", "value": one.ods_code}]
    if one.chin_id:
        since = words.day(one.chin_period.lower)
        facts.append({"key": "Network", "value": f"{one.chin_name} ({one.chin_status}), since {since}"})
    else:
        facts.append({"key": "Network", "value": "None on this day"})
    found: list[Card] = []
    if one.patients is not None:
        rows = reader.url("practices:practice_list", q=one.ods_code)
        part = Part(
            name="Registered patients", value=one.patients, url=rows, csv=f"{rows}&format=csv", measure="sum:patients"
        )
        figure = Figure(
            key=f"patients-{one.ods_code}",
            label="Registered patients",
            kind="count",
            value=one.patients,
            as_at=reader.asat.day,
            known=reader.asat.known,
            parts=(part,),
            formula="The practice’s newest list size not later than the day.",
        )
        found.append(Card(figure, [f"list of {words.day(one.list_day)}"]))
    links = [Item("All about the practice", href)]
    if one.chin_id:
        links.append(Item(one.chin_name, reader.url("chins:chin_detail", one.chin_slug)))
    return Block(title=one.name or one.ods_code, cards=found, facts=facts, links=links)


def federation(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """A federation's practices, and how many of them are in a CHIN."""
    day, known = reader.asat.day, reader.asat.known_at
    for one in Federation.objects.filter(pk__in=_ids(holdings, "federation_id", (Role.FEDERATION_MANAGER,))):
        members = Practice.objects.with_standing(day, known).with_network(day, known).with_federation(day, known)
        mine = members.filter(Q(status="active", federation_on__federation=one))
        placed = [member.chin_id for member in mine]  # type: ignore[attr-defined]  # annotated above
        inside = sum(chin is not None for chin in placed)

        def part(name: str, value: int, slug: str = one.slug, **query: str) -> Part:
            rows = reader.url("practices:practice_list", federation=slug, **query)
            return Part(name=name, value=value, url=rows, csv=f"{rows}&format=csv")

        figure = Figure(
            key=f"federation-{one.slug}",
            label="Practices in a CHIN",
            kind="ratio",
            unit="%",
            value=words.half_up(inside * 100 / len(placed), 1) if placed else None,
            as_at=day,
            known=reader.asat.known,
            parts=(
                part("Its practices in a CHIN", inside, placed="in"),
                part("Its open practices", len(placed)),
            ),
            formula="The federation’s open practices that are in a CHIN, divided by all its open practices.",
        )
        out = len(placed) - inside
        yield Block(
            title=one.name,
            sentence=f"{sentences.capital(sentences.in_words(out, 'practice', 'practices'))} {'is' if out == 1 else 'are'} in no CHIN.",
            cards=[Card(figure)],
            links=[
                Item("Its practices", reader.url("practices:practice_list", federation=one.slug)),
                Item("Those in no CHIN", reader.url("practices:practice_list", federation=one.slug, placed="out")),
            ],
        )


HOME: dict[Role, tuple[Builder, ...]] = {
    **dict.fromkeys(ACROSS, (side_by_side,)),
    **dict.fromkeys(WHOLE, (commissioner,)),
    **dict.fromkeys(CHIN_ROLES, (chin,)),
    Role.PRACTICE_MANAGER: (practice,),
    Role.FEDERATION_MANAGER: (federation,),
    Role.ADMINISTRATOR: (),
}
