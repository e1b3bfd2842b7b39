"""What is to be done about Barnet's records: some of it overdue, some done."""

from datetime import date, timedelta

from cc2h.accounts.authority import Role
from cc2h.board.models import BoardDay
from cc2h.config.demonstration.barnet import CHIN_1, CHIN_2, CHIN_4, CHIN_5, Barnet
from cc2h.config.demonstration.places import BARNET
from cc2h.config.demonstration.story import MadeUpAction, MadeUpChin, Story


def tell(story: Story, barnet: Barnet) -> None:
    """A dozen actions around the day of the story."""
    manager = f"{Role.TRANSFORMATION_MANAGER.label}, {BARNET.borough}"
    steering = f"{Role.STEERING_GROUP_LEAD.label}, {BARNET.borough}"
    finance = f"{Role.FINANCE_OFFICER.label}, {BARNET.borough}"
    secretary = f"{Role.SECRETARY.label}, {BARNET.borough}"
    never, new = barnet.late[5], barnet.new[2]
    boards = (v for v in story.ledger.of(BoardDay) if v.facts["commissioner"] == BARNET.code)
    board = next(version for version in boards if version.first > story.today)

    def day(weeks: int, days: int = 0) -> date:
        return story.today + timedelta(weeks=weeks, days=days)

    def of(role: Role, chin: MadeUpChin) -> str:
        return f"{'SPoC' if role is Role.SPOC else role.label}, {chin.name}"

    def say(kind: str, key: str, what: str, owner: str, raised: date, due: date | None, **more: object) -> None:
        facts = {"by": BARNET.manager, **more}
        story.actions.append(MadeUpAction(kind, key, what, owner, raised, due, **facts))  # type: ignore[arg-type]

    say(
        "commissioner",
        BARNET.code,
        "Send the board the coverage figures and what still stands in the way",
        manager,
        day(-3),
        None,
        before=board,
    )
    say(
        "commissioner",
        BARNET.code,
        "Put the CHIN item on the agenda of the next board",
        secretary,
        day(-2),
        None,
        before=board,
    )
    say(
        "commissioner",
        BARNET.code,
        "Check the CHIN development payments against the memoranda",
        finance,
        day(-5),
        day(-1, 1),
    )
    say(
        "chin",
        CHIN_1.slug,
        "Write up what the frailty clinic changed, with numbers from before and after",
        of(Role.QI_LEAD, CHIN_1),
        day(-6),
        day(1),
    )
    say(
        "chin",
        CHIN_1.slug,
        "Agree the dates of the planning group for the coming year",
        of(Role.CHIN_LEAD, CHIN_1),
        day(-4),
        day(0, 3),
    )
    say("chin", CHIN_2.slug, "Find a clinical lead", of(Role.CHIN_LEAD, CHIN_2), day(-10), day(-2, 1))
    say("chin", CHIN_4.slug, "Confirm rooms for the shared diabetes clinic", of(Role.SPOC, CHIN_4), day(-2), day(2))
    say(
        "chin",
        CHIN_5.slug,
        "Ask the community provider for a named contact",
        of(Role.CLINICAL_LEAD, CHIN_5),
        day(-3),
        day(4),
    )
    say("practice", never, "Visit with the lead of a neighbouring practice", steering, day(-7), day(2))
    say("practice", new, "Send the joining pack", of(Role.SPOC, CHIN_1), day(-2), day(0, -6))
    say(
        "practice",
        barnet.edgware[0],
        "Correct the address on the practice list",
        of(Role.SPOC, CHIN_1),
        day(-9),
        day(-6),
        state="done",
        closed=day(-7),
        closed_by=BARNET.mail("spoc"),
        evidence="Changed in the ODS file of the month after.",
    )
    say(
        "chin",
        CHIN_1.slug,
        "Tell the practices who their Specified Point of Contact is",
        of(Role.CHIN_LEAD, CHIN_1),
        day(-12),
        day(-9),
        state="done",
        closed=day(-9, -2),
        closed_by=BARNET.mail("chin1.lead"),
        evidence="Letter to all practices, filed with the memorandum.",
    )
    say(
        "commissioner",
        BARNET.code,
        "Ask for a second round of expressions of interest",
        manager,
        day(-14),
        day(-8),
        state="dropped",
        closed=day(-11),
        closed_by=BARNET.manager,
        reason="The steering group prefers to call the practices one by one.",
    )
