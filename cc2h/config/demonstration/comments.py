"""What people say on Barnet's records, and the one file that hangs there: made up, as all of the story is."""

from datetime import date, timedelta

from cc2h.accounts.authority import Role
from cc2h.config.demonstration.barnet import CHIN_1, Barnet
from cc2h.config.demonstration.places import BARNET
from cc2h.config.demonstration.story import MadeUpComment, MadeUpFile, Story

NOTES = """CHIN 1 Edgware and Burnt Oak: notes of the planning group (made up for the demonstration)

1. The diabetes clinic goes on, on Tuesdays, with two rooms instead of one.
2. Each practice names one person who books for it.
3. Numbers from before and after are brought to the next meeting.
"""


def tell(story: Story, barnet: Barnet) -> None:
    """A handful of comments around the day of the story, one of them answered and one withdrawn; a file of notes."""
    lead, spoc = f"{Role.CHIN_LEAD.label}, {CHIN_1.name}", f"SPoC, {CHIN_1.name}"
    manager = f"{Role.TRANSFORMATION_MANAGER.label}, {BARNET.borough}"
    steering = f"{Role.STEERING_GROUP_LEAD.label}, {BARNET.borough}"

    def day(weeks: int) -> date:
        return story.today + timedelta(weeks=weeks)

    def say(kind: str, key: str, words: str, by: str, post: str, weeks: int, **more: object) -> None:
        said = MadeUpComment(kind, key, words, BARNET.mail(by), post, day(weeks), **more)  # type: ignore[arg-type]
        story.comments.append(said)

    say(
        "chin",
        CHIN_1.slug,
        "The second room for the diabetes clinic is free from next month.\nWho tells the practices?",
        "chin1.lead",
        lead,
        -5,
        answer=("I do, with the next letter.", BARNET.mail("spoc"), spoc, day(-4)),
    )
    say(
        "chin",
        CHIN_1.slug,
        "Four practices have sent numbers from before the clinic.",
        "chin1.lead",
        lead,
        -2,
        withdrawn="They are five: said again at the planning group.",
    )
    say("practice", barnet.late[5], "They wait for their new lease before they decide.", "steering.group", steering, -6)
    say("commissioner", BARNET.code, "The next board asks for the figures as at its own day.", "manager", manager, -3)
    story.files.append(
        MadeUpFile(
            "chin",
            CHIN_1.slug,
            "Notes of the planning group",
            "planning-group-notes.txt",
            NOTES,
            BARNET.mail("chin1.lead"),
            lead,
            day(-4),
        )
    )
