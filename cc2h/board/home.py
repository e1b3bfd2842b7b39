"""Each role's home page: what waits, what changed, where to go; composed of blocks, one mechanism for all roles.

The board and managers come home to their commissioner's dashboard. For everybody else each post held adds its
blocks: HOME says which, by role.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from budget import figures as budget_figures
from budget import queries as budget
from budget.lcs import queries as services
from budget.payments import figures as payment_figures
from cc2h.accounts.authority import Action, Authority, Holding, Role, Scope
from cc2h.accounts.models import User
from cc2h.board import benefits, cards, figures, queries, sentences
from cc2h.board.cards import Card, ChinRow
from cc2h.board.figures import Rows, word
from cc2h.board.sentences import Counted, Sentence
from cc2h.board.waiting import Item, Reader, waiting_on
from cc2h.cases import figures as case_figures
from cc2h.cases import queries as cases
from cc2h.cases.funding import figures as case_money
from cc2h.governance import queries as governance
from cc2h.kit import words
from cc2h.kit.days import year_name, year_of
from cc2h.kit.figures import Figure, Part
from cc2h.kit.together import kept, rows_of
from chins.coverage import coverage_on
from chins.models import Chin, PostHolding
from chins.queries import against_band
from practices.models import Commissioner, Federation, Practice
from practices.queries import band_words

FEW_POSTS = 3  # named one by one
FEW_CHINS = 2  # shown one by one; more go into a table
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
    Role.BODY_MEMBER,
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of a home page: a heading, a sentence, figures, facts, what changed, and where to read on.

    state: of the CHIN it is about. chins: lines of the table of CHINs, where a person has several; word: for one.
    worth: lines of the table of initiatives; after: a sentence under it.
    """

    title: str
    state: str = ""
    sentence: Sentence | str = ""
    chins: Sequence[ChinRow] = ()
    word: str = ""
    cards: Sequence[Card] = ()
    worth: Sequence[benefits.Line] = ()
    after: Sentence | str = ""
    facts: Sequence[dict[str, Any]] = ()
    changes: Sequence[Sentence] = ()
    no_changes: str = ""
    links: Sequence[Item] = ()


Builder = Callable[[Reader, Sequence[Holding]], Iterator[Block]]


def lives_on_a_dashboard(held: Authority) -> bool:
    """Whether this person's home is the dashboard of one commissioner, and later of the one that took over from it."""
    whose = {h.commissioner_id for h in held.holdings if h.role in DASHBOARD_ROLES}
    return len(whose) == 1 and not any(h.role is Role.NCL_OFFICE for h in held.holdings)


def dashboard_of(reader: Reader) -> str | None:
    """The code of the commissioner whose dashboard is this person's home; None for a home of blocks."""
    if not lives_on_a_dashboard(reader.held):
        return None
    ids = [h.commissioner_on(reader.asat.day) for h in reader.held.holdings if h.role in DASHBOARD_ROLES]
    return Commissioner.objects.values_list("ods_code", flat=True).get(pk=ids[0] or 0)


def home(reader: Reader) -> dict[str, Any]:
    """The context of templates/board/home.html."""
    holdings = reader.held.holdings
    if not holdings:
        return {"posts": [], "helpers": helpers(reader)}
    builders = dict.fromkeys(builder for h in holdings for builder in HOME[h.role])
    posts = [f"{h.title}, for {h.deputy_for}" if h.deputy_for else h.title for h in holdings]
    return {
        "posts": posts if len(posts) <= FEW_POSTS else [posts[0], f"and {len(posts) - 1} more posts"],
        "waiting": waiting_on(reader),
        "blocks": [block for builder in builders for block in builder(reader, holdings)],
        "places": places(reader),
    }


def helpers(reader: Reader) -> QuerySet[User]:
    """Who can give somebody a post: the portal's administrators of today."""
    held = PostHolding.objects.as_at(reader.asat.today).filter(post__role=Role.ADMINISTRATOR)
    return User.objects.filter(pk__in=held.values("holder"), is_active=True).order_by("name")


PLACES = (
    (Action.VIEW_REGISTER, "What papers say, beside the records", "board:statement_list"),
    (Action.VIEW_REGISTER, "Board days", "board:board_days"),
    (Action.VIEW_REGISTER, "Commissioners and federations", "practices:commissioner_list"),
    (Action.VIEW_IMPORTS, "Imported files", "imports:import_list"),
    (Action.MANAGE_PEOPLE, "People who may sign in", "people:user_list"),
    (Action.VIEW_REGISTER, "Who can do what", "people:who_can"),
)


def places(reader: Reader) -> list[Item]:
    """Where this person can go, beyond the navigation."""
    return [Item(text, reader.url(name)) for action, text, name in PLACES if reader.held.may(action)]


# Blocks ---------------------------------------------------------------------------------------------


def _ids(holdings: Sequence[Holding], attribute: str, roles: Sequence[Role]) -> list[int]:
    return list(dict.fromkeys(getattr(h, attribute) for h in holdings if h.role in roles and getattr(h, attribute)))


def _commissioner_ids(reader: Reader, holdings: Sequence[Holding], roles: Sequence[Role]) -> list[int]:
    """The commissioners, on the day, of posts of these roles."""
    ids = (h.commissioner_on(reader.asat.day) for h in holdings if h.role in roles)
    return [pk for pk in dict.fromkeys(ids) if pk is not None]


def _commissioners(reader: Reader, ids: Sequence[int]) -> list[Commissioner]:
    (found,) = rows_of([kept(_readable, reader.user, reader.asat, ids)])
    return list(found)


def _readable(user: Any, asat: Any, ids: Any) -> QuerySet[Commissioner]:
    readable = queries.commissioners_with_board_days(user, asat)
    return readable.filter(pk__in=ids).order_by("short_name")


def side_by_side(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """The commissioners a person reads across."""
    yield commissioners(reader, _commissioners(reader, _commissioner_ids(reader, holdings, ACROSS)))


def whole_programme(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """Every commissioner that takes part, for those who look after the portal."""
    readable = queries.commissioners_with_board_days(reader.user, reader.asat).filter(in_programme=True)
    yield commissioners(reader, list(readable))


def commissioners(reader: Reader, readable: Sequence[Any]) -> Block:
    """Commissioners side by side, each with its coverage. They are as `commissioners_with_board_days` reads them.

    One without practices on the day (it had ended, or not begun) is left out while another has some.
    """
    shown: list[Card] = []
    empty: list[Card] = []
    for one in readable:
        since = queries.since_day("", reader.asat, queries.meetings_of(one))
        now = coverage_on(one, reader.asat.day, reader.asat.known_at)
        then = coverage_on(one, since.day, reader.asat.known_at)
        rows = Rows(reader.asat, one)
        figure = figures.population(now, rows, label=one.short_name, then=then)
        figure = replace(figure, beside=figure.beside[:1])  # operational alone; its dashboard has the others
        networks = words.plural(len(now.chins), word(one), word(one, 2))
        lines = [
            (*cards.of_all(now, rows), " practices"),
            (Counted(networks, rows.part(networks, len(now.chins), "count", rows.coverage(of="own"))),),
            cards.points(figure, since.day),
        ]
        (shown if now.practices else empty).append(Card(figure, lines, more=_dashboard(reader, one)))
    return Block(title="Patients in a network, by commissioner", cards=shown or empty)


def commissioner(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """A commissioner's coverage and what changed since the last board day."""
    for one in _commissioners(reader, _commissioner_ids(reader, holdings, WHOLE)):
        found = queries.dashboard(reader.user, one, reader.asat, "")
        rows = Rows(reader.asat, one)
        shown = cards.cards(found, rows)[:4]
        yield Block(
            title=f"Care Closer to Home in {one.short_name}",
            sentence=sentences.headline(found.now, found.then, rows, shown[0].figure),
            cards=shown,
            changes=sentences.changes(found.changes, found.now, found.then, rows, may_name=found.names),
            no_changes=sentences.nothing(found.since.day),
            links=[
                _dashboard(reader, one),
                Item(f"What changed since {words.day(found.since.day)}", rows.changes(found.since.day)),
            ],
        )


def chin(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """The CHINs of a person's posts: their size, their state, who came and went."""
    (chins,) = rows_of([kept(_chins, _ids(holdings, "chin_id", CHIN_ROLES))])
    theirs: dict[int, list[Chin]] = {}
    for one in chins:
        theirs.setdefault(one.commissioner_id, []).append(one)
    for whose in _commissioners(reader, list(theirs)):
        found = queries.dashboard(reader.user, whose, reader.asat, "")
        if len(theirs[whose.pk]) > FEW_CHINS:
            yield _several_chins(reader, found, theirs[whose.pk])
        else:
            yield from (_chin(reader, found, one) for one in theirs[whose.pk])


def _chins(ids: Any) -> QuerySet[Chin]:
    return Chin.objects.filter(pk__in=ids).order_by("name")


def _chin(reader: Reader, found: queries.Dashboard, one: Chin) -> Block:
    whose, rows = found.commissioner, Rows(reader.asat, found.commissioner)
    size = next((c for c in found.now.chins if c.chin_id == one.pk), None)
    band = against_band(size.patients, whose) if size else ""
    patients = figures.chin_patients(found.now, rows, one.slug)
    practices = figures.chin_practices(found.now, rows, one.slug)
    shown = []
    if patients and practices:
        lines = [f"{band} the planned size, {band_words(whose)}"] if band else []
        shown = [Card(patients, lines), Card(practices)]
    day = words.day(reader.asat.day)
    return Block(
        title=one.name,
        state=size.status if size else "",
        sentence="" if size else f"It does not count on {day}: it is not proposed, approved or operational.",
        cards=shown,
        changes=sentences.chin_changes(found.changes, one.pk, rows, may_name=found.names),
        no_changes=f"No practice has joined or left since {words.day(found.since.day)}.",
        links=[
            Item(f"All about {one.name}", reader.url("chins:chin_detail", one.slug)),
            Item("Its practices", rows.members(one.slug)),
            _dashboard(reader, whose),
        ],
    )


def _several_chins(reader: Reader, found: queries.Dashboard, chins: Sequence[Chin]) -> Block:
    rows = Rows(reader.asat, found.commissioner)
    ids = {one.pk for one in chins}
    changes = [
        (f"{one.name}: ", *sentence)
        for one in chins
        for sentence in sentences.chin_changes(found.changes, one.pk, rows, may_name=found.names)
    ]
    return Block(
        title=f"Your {word(found.commissioner, 2)}",
        chins=[row for row in cards.chin_rows(found, rows) if row.chin_id in ids],
        word=sentences.capital(word(found.commissioner)),
        sentence=f"Change: patients and practices since {words.day(found.since.day)}.",
        changes=changes,
        no_changes=f"No practice has joined or left since {words.day(found.since.day)}.",
        links=[_dashboard(reader, found.commissioner)],
    )


def _dashboard(reader: Reader, commissioner: Commissioner) -> Item:
    return Item(f"The dashboard of {commissioner.short_name}", reader.url("board:dashboard", commissioner.ods_code))


def practice(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """A practice manager's practices: list size, CHIN, and what changed."""
    day, known = reader.asat.day, reader.asat.known_at
    for held in (h for h in holdings if h.role is Role.PRACTICE_MANAGER and h.practice_id):
        whose = next(iter(_commissioners(reader, [held.commissioner_id or 0])), None)
        since = queries.since_day("", reader.asat, queries.meetings_of(whose) if whose else ()).day
        mine = Practice.objects.filter(pk=held.practice_id or 0).with_standing(day, known).with_details(day, known)
        mine = mine.with_network(day, known).with_list_size(day, known).with_list_size(since, known, "before_")
        yield from (_practice(reader, one, since) for one in mine)


def _practice(reader: Reader, one: Any, since: date) -> Block:
    url = reader.url("practices:practice_detail", one.ods_code)
    name = one.name or one.ods_code
    links = [Item("All about the practice", url)]
    if one.pk in reader.held.own_ids(Action.VIEW_CLAIM, Scope.PRACTICE):
        links.append(Item(f"Money of {name}", reader.url("lcs:practice_money", one.ods_code)))
    network = "None on this day"
    if one.chin_id:
        network = f"{one.chin_name} ({one.chin_status}), since {words.day(one.chin_period.lower)}"
        links.append(Item(f"All about {one.chin_name}", reader.url("chins:chin_detail", one.chin_slug)))
    changes: list[Sentence] = []
    if one.chin_id and since < one.chin_period.lower <= reader.asat.day:
        changes.append((f"It joined {one.chin_name} on {words.day(one.chin_period.lower)}.",))
    if one.patients is not None and one.before_patients is not None and one.patients != one.before_patients:
        moved = "grew" if one.patients > one.before_patients else "shrank"
        by = words.plural(abs(one.patients - one.before_patients), "patient")
        changes.append((f"Its list {moved} by {by} since {words.day(since)}.",))
    return Block(
        title=name,
        cards=[Card(_patients(reader, one), [f"list of {words.day(one.list_day)}"])]
        if one.patients is not None
        else [],
        facts=[{"key": "Code", "value": one.ods_code}, {"key": "Network", "value": network}],
        changes=changes,
        no_changes=f"Nothing has changed since {words.day(since)}.",
        links=links,
    )


def _patients(reader: Reader, one: Any) -> Figure:
    rows = reader.url("practices:practice_list", q=one.ods_code, status="all")
    part = Part(
        name="Registered patients", value=one.patients, url=rows, csv=f"{rows}&format=csv", measure="sum:patients"
    )
    return Figure(
        key=f"patients-{one.ods_code}",
        label="Registered patients",
        kind="count",
        value=one.patients,
        as_at=reader.asat.day,
        known=reader.asat.known,
        parts=(part,),
        formula="The practice’s newest list size not later than the day.",
    )


def federation(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """A federation's practices, and how many of them are in a CHIN."""
    day, known = reader.asat.day, reader.asat.known_at
    federations = Federation.objects.select_related("commissioner")
    for one in federations.filter(pk__in=_ids(holdings, "federation_id", (Role.FEDERATION_MANAGER,))):
        name = word(one.commissioner)
        members = Practice.objects.with_standing(day, known).with_network(day, known).with_federation(day, known)
        mine = members.filter(Q(status="active", federation_on__federation=one))
        placed = [member.chin_id for member in mine]  # type: ignore[attr-defined]  # annotated above
        inside = sum(chin is not None for chin in placed)

        def part(name: str, value: int, slug: str = one.slug, **query: str) -> Part:
            rows = reader.url("practices:practice_list", federation=slug, **query)
            return Part(name=name, value=value, url=rows, csv=f"{rows}&format=csv")

        figure = Figure(
            key=f"federation-{one.slug}",
            label=f"Practices in a {name}",
            kind="ratio",
            unit="%",
            value=words.half_up(inside * 100 / len(placed), 1) if placed else None,
            as_at=day,
            known=reader.asat.known,
            parts=(
                part(f"Its practices in a {name}", inside, placed="in"),
                part("Its open practices", len(placed)),
            ),
            formula=f"The federation’s open practices that are in a {name}, divided by all its open practices.",
        )
        outside = part(f"Its practices in no {name}", len(placed) - inside, placed="out")
        out = len(placed) - inside
        yield Block(
            title=one.name,
            sentence=(
                Counted(sentences.capital(sentences.in_words(out, "practice", "practices")), outside),
                f" {'is' if out == 1 else 'are'} in no {name}.",
            ),
            cards=[Card(figure)],
            links=[
                Item("Its practices", reader.url("practices:practice_list", federation=one.slug)),
                Item(f"Those in no {name}", reader.url("practices:practice_list", federation=one.slug, placed="out")),
            ],
        )


def money(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """What a finance officer's commissioners have to spend, and what is paid of it."""
    for one in _commissioners(reader, _commissioner_ids(reader, holdings, (Role.FINANCE_OFFICER,))):
        yield from money_of(reader, one)
        yield Block(
            title=f"Payments, {one.short_name}",
            cards=[Card(figure) for figure in payment_figures.of_home(reader.user, reader.asat, one)],
            links=[
                Item("Payment runs", reader.url("payments:run_list")),
                Item("What failed or came back", reader.url("payments:payment_list", state="exceptions")),
                Item("Everything owed", reader.url("payments:payable_list", state="owed")),
                Item("Month end", reader.url("months:home")),
            ],
        )


def money_and_worth_of(reader: Reader, one: Commissioner) -> Iterator[Block]:
    """What has become of the programme's money, and beside it what its initiatives are worth."""
    found = _budget(reader, one)
    yield from _money_of(reader, one, found)
    yield from _worth_of(reader, one, found)


def money_of(reader: Reader, one: Commissioner) -> Iterator[Block]:
    """What has become of the programme's money."""
    yield from _money_of(reader, one, _budget(reader, one))


def _budget(reader: Reader, one: Commissioner) -> budget.Budget:
    """The budget of the year of the day, or the last before it that has any."""
    lines = budget.lines_of(reader.user, one)
    return budget.budget_of(lines, budget.year_to_open(lines, year_of(reader.asat.day)), reader.asat)


def _worth_of(reader: Reader, one: Commissioner, found: budget.Budget) -> Iterator[Block]:
    shown = benefits.worth(reader, one, found)
    if shown is None:
        return
    beside: Sentence | str = ""
    if shown.of_programme.value:
        has = f" of which state no saving for {year_name(shown.year)}." if shown.unstated else "."
        beside = (
            "Beside these the programme as a whole has ",
            Counted(words.plural(int(str(shown.of_programme.value)), "benefit"), shown.of_programme),
            f", {words.number(shown.unstated)}{has}" if shown.unstated else has,
        )
    yield Block(
        title=f"Benefits {year_name(shown.year)}, {one.short_name}",
        cards=[Card(it.figure, it.lines, shown=it.text) for it in shown.cards],
        worth=shown.lines,
        after=beside,
        links=[Item("All benefits", reader.url("benefits:home"))],
    )


def _money_of(reader: Reader, one: Commissioner, found: budget.Budget) -> Iterator[Block]:
    if not found.inside:
        return
    year = found.year
    papers = budget.documents([row.line.pk for row in found.inside], reader.asat, year)
    amounts = budget_figures.of_budget(found, budget_figures.Entries(reader.asat, 0), one.ods_code, papers)
    begun = services.begun(reader.user, one, reader.asat)
    yield Block(
        title=f"The programme’s budget {year_name(year)}, {one.short_name}",
        cards=[Card(it.figure, shown=it.text) for it in amounts],
        links=[
            Item("All its lines", reader.url("budget:budget", one.ods_code, year)),
            Item("What ends when", reader.url("budget:profile", one.ods_code)),
            *(
                Item(
                    f"{service}: practices paid, by {word(one)}",
                    f"{reader.url('lcs:reconciliation', service.slug)}#chins",
                )
                for service in begun
            ),
        ],
    )


def cases_of(reader: Reader) -> Iterator[Block]:
    """Business cases by stage, what became of those that are over, and the money released, of those one may see."""
    if not reader.held.may(Action.VIEW_CASE):
        return
    columns, over = cases.standing(cases.cases(reader.user, reader.asat))
    if not over and not any(column.number for column in columns):
        return
    money = [Card(one) for one in case_money.of_all(reader.user, reader.asat) if one.value]
    results = [
        Item(f"{words.plural(number, 'case')} {state.label.lower()}", reader.url("cases:case_list", state=state.value))
        for state, number in over
    ]
    yield Block(
        title="Business cases",
        cards=[*(Card(case_figures.of_column(column, reader.asat)[0]) for column in columns if column.number), *money],
        links=[
            Item("Pipeline", reader.url("cases:pipeline")),
            *results,
            Item("What was learned", reader.url("cycles:library")),
        ],
    )


def bodies(reader: Reader, holdings: Sequence[Holding]) -> Iterator[Block]:
    """The bodies on which posts of a person have a seat, with the next meeting of each."""
    found = governance.bodies_of(reader.held, reader.asat.day)
    if found:
        links = [
            Item(
                one.name,
                reader.url("governance:body_detail", one.slug),
                f"meets next on {words.day(one.next_on)}" if one.next_on else "no meeting is planned",
            )
            for one in found
        ]
        yield Block(title="Bodies you sit on", links=[*links, Item("Your calendar", reader.url("governance:calendar"))])


HOME: dict[Role, tuple[Builder, ...]] = {
    **dict.fromkeys(ACROSS, (side_by_side,)),
    **dict.fromkeys(WHOLE, (commissioner,)),
    Role.FINANCE_OFFICER: (money, commissioner),
    **dict.fromkeys((Role.SECRETARY, Role.BODY_MEMBER), (bodies, commissioner)),
    **dict.fromkeys(CHIN_ROLES, (chin,)),
    Role.PRACTICE_MANAGER: (practice,),
    Role.FEDERATION_MANAGER: (federation,),
    Role.ADMINISTRATOR: (whole_programme,),
}
