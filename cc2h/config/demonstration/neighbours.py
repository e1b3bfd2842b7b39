"""The other four commissioners, with the networks that stp-2017 plans and the quarters it plans them for."""

from dataclasses import dataclass
from datetime import date, timedelta

from cc2h.config.demonstration.chance import between
from cc2h.config.demonstration.places import CAMDEN, ENFIELD, HARINGEY, ISLINGTON, Place
from cc2h.config.demonstration.story import Cluster, MadeUpChin, Story
from chins.workflow import ChinStatus
from practices.models import Status


@dataclass(frozen=True)
class Network:
    """A network with its practices, the quarter it was planned for, and the day it opened in this story."""

    slug: str
    name: str
    cluster: Cluster
    opened: date
    focus: tuple[str, ...] = ()


@dataclass(frozen=True)
class Neighbour:
    """A commissioner whose codes start at `first_number`; `out` are practices in no network at first."""

    place: Place
    first_number: int
    networks: tuple[Network, ...]
    out: Cluster


NEIGHBOURS = (
    Neighbour(
        ENFIELD,
        101,
        (
            Network("enfield-1", "North East HCT", Cluster(11, 82_400, "Enfield", ("EN3",)), date(2017, 5, 15)),
            Network("enfield-2", "North West HCT", Cluster(10, 78_300, "Enfield", ("EN2", "EN1")), date(2017, 6, 5)),
            Network("enfield-3", "South East HCT", Cluster(12, 86_900, "Edmonton", ("N9", "N18")), date(2017, 6, 19)),
            Network("enfield-4", "South West HCT", Cluster(10, 71_600, "London", ("N13", "N21")), date(2017, 9, 4)),
        ),
        Cluster(3, 15_800, "Enfield", ("EN1", "N14")),
    ),
    Neighbour(
        HARINGEY,
        201,
        (
            Network(
                "haringey-1", "North East Tottenham CHIN", Cluster(7, 52_300, "London", ("N17",)), date(2017, 5, 22)
            ),
            Network("haringey-2", "South Tottenham CHIN", Cluster(6, 48_800, "London", ("N15",)), date(2017, 6, 26)),
            Network("haringey-3", "Wood Green CHIN", Cluster(7, 51_900, "London", ("N22",)), date(2018, 1, 22)),
            Network("haringey-4", "Hornsey CHIN", Cluster(6, 46_200, "London", ("N8",)), date(2018, 2, 26)),
            Network("haringey-5", "Muswell Hill CHIN", Cluster(5, 47_500, "London", ("N10",)), date(2018, 5, 14)),
            Network("haringey-6", "Highgate CHIN", Cluster(4, 33_700, "London", ("N6",)), date(2018, 6, 11)),
        ),
        Cluster(3, 18_400, "London", ("N4", "N17")),
    ),
    Neighbour(
        CAMDEN,
        301,
        (
            Network("camden-1", "North Neighbourhood", Cluster(8, 61_500, "London", ("NW3", "NW5")), date(2017, 6, 12)),
            Network("camden-2", "West Neighbourhood", Cluster(9, 74_900, "London", ("NW6", "NW8")), date(2017, 8, 7)),
            Network("camden-3", "Central Neighbourhood", Cluster(9, 69_100, "London", ("NW1",)), date(2017, 11, 13)),
            Network("camden-4", "South Neighbourhood", Cluster(7, 58_600, "London", ("WC1", "WC2")), date(2018, 5, 21)),
        ),
        Cluster(1, 5_200, "London", ("NW1",)),
    ),
    Neighbour(
        ISLINGTON,
        401,
        (
            Network("islington-1", "North CHIN", Cluster(11, 84_700, "London", ("N19", "N7")), date(2017, 6, 19)),
            Network("islington-2", "Central CHIN", Cluster(10, 79_800, "London", ("N5", "N1")), date(2017, 8, 21)),
            Network("islington-3", "South CHIN", Cluster(8, 66_400, "London", ("EC1", "N1")), date(2017, 11, 20)),
        ),
        Cluster(3, 19_100, "London", ("N4", "N7")),
    ),
)
FOURTH_OF_ISLINGTON = MadeUpChin("islington-4", ISLINGTON, "Finsbury Park CHIN", "Finsbury Park", ())
PROPOSED_BEFORE, APPROVED_BEFORE = timedelta(days=126), timedelta(days=56)


def tell(story: Story) -> None:
    """The other commissioners from the register of March 2017 on."""
    out = {neighbour.place.code: _networks(story, neighbour) for neighbour in NEIGHBOURS}
    enfield, haringey, camden, islington = (out[p.code] for p in (ENFIELD, HARINGEY, CAMDEN, ISLINGTON))

    story.join(enfield[:1], "enfield-2", date(2018, 4, 2))
    story.join(camden[:1], "camden-3", date(2018, 3, 5))
    story.join(haringey[:1], "haringey-1", date(2019, 5, 6))
    story.join(islington[:1], "islington-3", date(2018, 3, 19))

    # The fourth network that stp-2017 plans for Islington: proposed, then withdrawn.
    story.propose(FOURTH_OF_ISLINGTON, date(2017, 10, 2))
    story.join(islington[1:2], FOURTH_OF_ISLINGTON.slug, date(2017, 10, 2))
    story.leave(islington[1], date(2018, 1, 28), known=date(2018, 1, 29), reason="The practices withdrew")
    story.decide(FOURTH_OF_ISLINGTON.slug, ChinStatus.WITHDRAWN, date(2018, 1, 29), reason="The practices withdrew")

    story.merge("Z99318", "Z99320", date(2019, 10, 1))
    story.merge("Z99404", "Z99407", date(2022, 7, 1))
    story.merge_chins("haringey-6", "haringey-5", date(2021, 4, 1))
    story.stand(
        haringey[1],
        Status.ACTIVE,
        date(2020, 4, 1),
        place=ENFIELD,
        reason="Its site is nearer to Enfield; both commissioners agreed",
    )
    story.join(haringey[1:2], "enfield-4", date(2020, 6, 1))
    story.stand(islington[2], Status.DORMANT, date(2024, 2, 1), reason="Closed for building works, no return date")


def _networks(story: Story, neighbour: Neighbour) -> list[str]:
    """A commissioner's practices and networks; returns the practices that are in none at first."""
    place, number, codes = neighbour.place, neighbour.first_number, []
    for network in neighbour.networks:
        members = story.found(place, number, network.cluster)
        number += len(members)
        codes += members
        proposed, approved = network.opened - PROPOSED_BEFORE, network.opened - APPROVED_BEFORE
        story.propose(MadeUpChin(network.slug, place, network.name, network.cluster.town, network.focus), proposed)
        early = [code for code in members if between(0, 1, "early", code) < 0.7] or members[:1]
        story.join(early, network.slug, proposed)
        story.join([code for code in members if code not in early], network.slug, approved)
        story.decide(network.slug, ChinStatus.APPROVED, approved)
        story.decide(network.slug, ChinStatus.OPERATIONAL, network.opened)
    out = story.found(place, number, neighbour.out)
    slug = f"{place.borough.lower()}-federation"
    story.federate(slug, f"GP federation of {place.borough}", place, date(2016, 4, 1), codes + out)
    return out
