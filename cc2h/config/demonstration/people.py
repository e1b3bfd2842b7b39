"""Posts, not people, as users: every role has somebody, every post of the story's middle has a holder."""

from datetime import date

from cc2h.accounts.authority import Role
from cc2h.config.demonstration.barnet import (
    CHIN_1,
    CHIN_2,
    CHIN_3,
    CHIN_4,
    CHIN_5,
    CHIN_6,
    EXPRESSIONS_DECIDED,
    FEDERATION,
    LCS_LAUNCHED,
    Barnet,
)
from cc2h.config.demonstration.places import BARNET, OFFICE, PLACES, Place
from cc2h.config.demonstration.story import MadeUpChin, MadeUpPost, Story

PROGRAMME_BEGAN = date(2016, 10, 3)
NCL = "ncl.example"


def tell(story: Story, barnet: Barnet) -> None:
    """Who holds which post, and who deputises."""
    _commissioners(story)
    _barnet(story, barnet)
    _chins(story)


def seat(story: Story, post: MadeUpPost, email: str, first: date) -> str:
    """A post and a user of the same name who holds it from `first` on."""
    title = story.post(post)
    story.hold(title, story.person(email, title), first)
    return title


def _at(story: Story, role: Role, place: Place, mail: str, since: date = PROGRAMME_BEGAN) -> str:
    post = MadeUpPost(role, f"{role.label}, {place.borough}", place)
    return seat(story, post, place.mail(mail), since)


def _commissioners(story: Story) -> None:
    office = story.person(OFFICE, "NCL programme office")
    for place in PLACES:
        _at(story, Role.TRANSFORMATION_MANAGER, place, "manager")
        _at(story, Role.BOARD_MEMBER, place, "board.member")
        _at(story, Role.SECRETARY, place, "secretary")
        title = story.post(MadeUpPost(Role.NCL_OFFICE, f"NCL programme office, {place.borough}", place))
        story.hold(title, office, PROGRAMME_BEGAN)
    seat(
        story,
        MadeUpPost(Role.ADMINISTRATOR, "Portal administrator"),
        f"administrator@{NCL}",
        PROGRAMME_BEGAN,
    )


def _barnet(story: Story, barnet: Barnet) -> None:
    for role, mail, since in (
        (Role.FINANCE_OFFICER, "finance.officer", PROGRAMME_BEGAN),
        (Role.STEERING_GROUP_LEAD, "steering.group", date(2018, 9, 3)),
        (Role.COUNCIL_OFFICER, "council.officer", PROGRAMME_BEGAN),
        (Role.ANALYST, "analyst", PROGRAMME_BEGAN),
    ):
        _at(story, role, BARNET, mail, since)
    second = MadeUpPost(Role.FINANCE_OFFICER, f"Deputy finance officer, {BARNET.borough}", BARNET)
    seat(story, second, BARNET.mail("deputy.finance"), date(2018, 4, 2))
    manager = f"{Role.TRANSFORMATION_MANAGER.label}, {BARNET.borough}"
    deputy = story.person(BARNET.mail("deputy.manager"), f"Deputy {manager[0].lower()}{manager[1:]}")
    story.deputise(manager, deputy, date(2018, 6, 4))

    federation = MadeUpPost(Role.FEDERATION_MANAGER, "Federation manager, Barnet Federated GPs", federation=FEDERATION)
    seat(story, federation, BARNET.mail("federation.manager"), PROGRAMME_BEGAN)
    for code, mail in ((barnet.edgware[0], "practice.manager"), (barnet.late[5], "practice.manager.2")):
        post = MadeUpPost(Role.PRACTICE_MANAGER, f"Practice manager, {story.name_of(code)}", practice=code)
        seat(story, post, BARNET.mail(mail), PROGRAMME_BEGAN)


def _chins(story: Story) -> None:
    """CHIN 1 has every post filled; the others some, and the rest vacant."""
    support = story.person(BARNET.mail("federation.support"), "Federation support, Barnet")
    spoc = story.person(BARNET.mail("spoc"), "Specified Point of Contact, Barnet")
    for chin, since in (
        *((chin, EXPRESSIONS_DECIDED) for chin in (CHIN_1, CHIN_2, CHIN_3)),
        *((chin, LCS_LAUNCHED) for chin in (CHIN_4, CHIN_5, CHIN_6)),
    ):
        mailbox = chin.slug.removeprefix("barnet-")
        lead = _of_chin(story, Role.CHIN_LEAD, chin)
        story.hold(lead, story.person(BARNET.mail(f"chin{mailbox}.lead"), lead), since)
        point = _of_chin(story, Role.SPOC, chin)
        if since < LCS_LAUNCHED:  # the manager did it until there was a team
            story.hold(point, BARNET.manager, since, date(2018, 9, 30))
        story.hold(point, spoc, LCS_LAUNCHED)
        story.hold(_of_chin(story, Role.FEDERATION_SUPPORT, chin), support, since)
        for role in (Role.QI_LEAD, Role.CLINICAL_LEAD, Role.MANAGERIAL_LEAD, Role.QIST_MEMBER):
            title = _of_chin(story, role, chin)
            if chin is CHIN_2 and role is Role.QI_LEAD:
                story.hold(title, story.person(BARNET.mail("chin2.qi.lead"), title), date(2018, 11, 5))
            if chin is CHIN_1:
                story.hold(title, story.person(BARNET.mail(f"chin1.{role.value.replace('_', '.')}"), title), since)
    story.deputise(
        f"{Role.CHIN_LEAD.label}, {CHIN_1.name}",
        BARNET.mail("chin1.qi.lead"),
        date(2018, 8, 6),
        date(2018, 8, 24),
    )


def _of_chin(story: Story, role: Role, chin: MadeUpChin) -> str:
    label = "SPoC" if role is Role.SPOC else role.label
    return story.post(MadeUpPost(role, f"{label}, {chin.name}", chin=chin.slug))
