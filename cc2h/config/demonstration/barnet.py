"""Barnet's story, calibrated to what the papers state. docs/demonstration.md tells it in words.

Practices by day: 55 on 1 April 2017, 54 from 1 October (a closure), 55 from 6 November (an opening), 54 from
1 July 2018 (a merger). In a CHIN: 21 of 55 on 30 and 31 March 2018, 48 of 54 on 6 December 2018.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from cc2h.config.demonstration import names
from cc2h.config.demonstration.places import BARNET, OFFICE
from cc2h.config.demonstration.story import Cluster, MadeUpChin, MadeUpContact, MadeUpExpression, Story
from chins.interest.route import ExpressionState
from chins.workflow import ChinStatus
from practices.models import Status

EDGWARE = Cluster(5, 50_000, "Edgware", ("HA8",))
NORTH = Cluster(8, 50_300, "Barnet", ("EN5", "EN4"))
FINCHLEY = Cluster(8, 51_850, "London", ("N3", "N12", "N2"))
HENDON = Cluster(8, 63_900, "London", ("NW4", "NW9"))
GOLDERS_GREEN = Cluster(9, 65_900, "London", ("NW11", "NW2"))
MILL_HILL = Cluster(9, 65_550, "London", ("NW7", "N20"))
NOT_ANSWERED = Cluster(6, 46_400, "London", ("N11", "N10", "N14", "NW6", "N20", "NW7"))
MERGED = Cluster(1, 2_300, "London", ("NW11",))
CLOSED = Cluster(1, 2_900, "London", ("NW4",))
NEW = (  # those that opened after the register was made, with the patients they grow to
    (Cluster(1, 6_200, "London", ("NW9",)), date(2017, 11, 6)),
    (Cluster(1, 7_400, "London", ("NW9",)), date(2023, 5, 2)),
    (Cluster(1, 5_900, "Edgware", ("HA8",)), date(2025, 4, 1)),
)
PLANNED = (Cluster(1, 0, "London", ("NW9",)), date(2025, 9, 1))  # proposed, without an opening day yet

CHIN_1 = MadeUpChin(
    "barnet-1",
    BARNET,
    "CHIN 1 Edgware and Burnt Oak",
    "Edgware, Burnt Oak and Watling Way",
    ("Diabetes", "Paediatric access"),
)
CHIN_2 = MadeUpChin("barnet-2", BARNET, "CHIN 2 North Locality", "High Barnet, New Barnet, East Barnet", ("Frailty",))
CHIN_3 = MadeUpChin("barnet-3", BARNET, "CHIN 3 Finchley", "Finchley and North Finchley", ("Cardiology", "Frailty"))
CHIN_4 = MadeUpChin("barnet-4", BARNET, "CHIN 4 Hendon and Colindale", "Hendon, Colindale", ("Urgent care",))
CHIN_5 = MadeUpChin("barnet-5", BARNET, "CHIN 5 Golders Green", "Golders Green, Childs Hill", ("Wound care",))
CHIN_6 = MadeUpChin("barnet-6", BARNET, "CHIN 6 Mill Hill", "Mill Hill, Totteridge", ("Musculoskeletal",))
DECLINED = MadeUpChin("barnet-hendon-2017", BARNET, "Hendon, expression of 2017", "Hendon", ("Urgent care",))
WITHDRAWN = MadeUpChin("barnet-totteridge-2017", BARNET, "Totteridge, expression of 2017", "Totteridge", ())

EXPRESSIONS_CLOSED = date(2017, 3, 27)  # five came in
EXPRESSIONS_EVALUATED = date(2017, 4, 3)
EXPRESSIONS_DECIDED = date(2017, 6, 26)  # three were approved
WITHDREW = date(2017, 6, 12)
FIRST_PLAN_FOR_CHIN_1 = date(2017, 9, 1)
CHIN_1_OPENS = date(2018, 1, 15)
CHIN_2_OPENS = date(2018, 3, 26)
LCS_LAUNCHED = date(2018, 10, 1)

PARTNERS = (
    ("Royal Free London", "acute"),
    ("Central London Community Healthcare", "community"),
    ("Barnet, Enfield and Haringey Mental Health Trust", "mental_health"),
    ("London Borough of Barnet", "council"),
    ("Voluntary sector, Barnet", "voluntary"),
    ("Community Education Provider Network", "education"),
    ("North and East London Commissioning Support Unit", "support"),
    ("Healthwatch Barnet", "healthwatch"),
)
FEDERATION = "barnet-federated-gps"


@dataclass(frozen=True)
class Barnet:
    """Barnet's practices by cluster: lists of codes, in the order of the clusters above."""

    edgware: list[str]
    north: list[str]
    finchley: list[str]
    hendon: list[str]
    golders: list[str]
    mill: list[str]
    late: list[str]  # the six that had not answered by 6 December 2018
    merged: str
    closed: str
    new: list[str]


def tell(story: Story) -> Barnet:
    """Barnet from the register of March 2017 to the day of loading, and what is planned after it."""
    barnet = _practices(story)
    _first_three(story, barnet)
    _expressions(story, barnet)
    _practices_until_2018(story, barnet)
    _the_lcs(story, barnet)
    _full_coverage_slips(story, barnet)
    _since(story, barnet)
    _contacts(story, barnet)
    return barnet


def _practices(story: Story) -> Barnet:
    number = 1
    groups: list[list[str]] = []
    for cluster in (EDGWARE, NORTH, FINCHLEY, HENDON, GOLDERS_GREEN, MILL_HILL, NOT_ANSWERED, MERGED, CLOSED):
        groups.append(story.found(BARNET, number, cluster))
        number += cluster.practices
    new: list[str] = []
    for cluster, opened in NEW:
        new += story.found(BARNET, number, cluster, opened=opened)
        number += cluster.practices
    codes = [code for group in groups for code in group] + new
    story.federate(FEDERATION, "Barnet Federated GPs", BARNET, date(2016, 4, 1), codes)
    edgware, north, finchley, hendon, golders, mill, late, (merged,), (closed,) = groups
    story.found(BARNET, number, PLANNED[0], opened=PLANNED[1], status=Status.PROPOSED)
    return Barnet(edgware, north, finchley, hendon, golders, mill, late, merged, closed, new)


def _first_three(story: Story, barnet: Barnet) -> None:
    """Five expressions of interest, three approved; CHIN 1 opens four and a half months late."""
    came_in = "Expression of interest"
    for chin, codes in (
        (CHIN_1, barnet.edgware),
        (CHIN_2, barnet.north[:6]),
        (CHIN_3, barnet.finchley[:6]),
        (DECLINED, barnet.hendon[:3]),
        (WITHDRAWN, barnet.mill[:2]),
    ):
        story.propose(chin, EXPRESSIONS_CLOSED, came_in)
        story.join(codes, chin.slug, EXPRESSIONS_CLOSED, reason=came_in)
    for chin, codes, status, day, why in (
        (DECLINED, barnet.hendon[:3], ChinStatus.DECLINED, EXPRESSIONS_DECIDED, "No plan for its population yet"),
        (WITHDRAWN, barnet.mill[:2], ChinStatus.WITHDRAWN, WITHDREW, "The practices withdrew"),
    ):
        for code in codes:
            story.leave(code, day - timedelta(days=1), known=day, reason=why)
        story.decide(chin.slug, status, day, reason=why)

    evaluated = "Evaluated with the federation and approved"
    for chin in (CHIN_1, CHIN_2, CHIN_3):
        story.decide(chin.slug, ChinStatus.APPROVED, EXPRESSIONS_DECIDED, reason=evaluated)
        for organisation, sector in PARTNERS:
            story.partner(chin.slug, organisation, sector, EXPRESSIONS_DECIDED)

    planned = story.decide(
        CHIN_1.slug,
        ChinStatus.OPERATIONAL,
        FIRST_PLAN_FOR_CHIN_1,
        known=date(2017, 7, 3),
        reason="Mobilisation plan agreed",
    )
    story.slip(
        CHIN_1.slug,
        planned,
        CHIN_1_OPENS,
        known=date(2017, 8, 24),
        reason="Mobilisation and staff not agreed with the federation in time",
    )
    story.decide(
        CHIN_2.slug, ChinStatus.OPERATIONAL, CHIN_2_OPENS, known=date(2018, 1, 8), reason="Mobilisation plan agreed"
    )
    story.join(barnet.north[6:], CHIN_2.slug, date(2017, 11, 1))
    story.join(barnet.finchley[6:], CHIN_3.slug, date(2018, 2, 1))


def _expressions(story: Story, barnet: Barnet) -> None:
    """What the five clusters sent in, through the federation, and how two evaluators scored it."""
    approved, declined, withdrawn = ExpressionState.APPROVED, ExpressionState.DECLINED, ExpressionState.WITHDRAWN
    north, finchley, hendon, mill = barnet.north[:6], barnet.finchley[:6], barnet.hendon[:3], barnet.mill[:2]
    for chin, codes, lead, proposal, state, why, scores in (
        (
            CHIN_1,
            barnet.edgware,
            "GP, Edgware",
            "Find people with diabetes earlier and review them together; same-day access for children after school, "
            "shared between the five practices. Support needed: a project manager and shared appointment books.",
            approved,
            "Neighbouring practices of the right size with a lead, a plan for diabetes and partners around the table",
            ((5, 4, 5, 4, 5, 4, 4), (4, 4, 4, 4, 5, 4, 3)),
        ),
        (
            CHIN_2,
            north,
            "GP, High Barnet",
            "One frailty team for the locality: find people at risk, plan their care with community and social care.",
            approved,
            "Strong on partners and on what older people here need; to name a managerial lead before it opens",
            ((4, 3, 4, 4, 4, 5, 3), (4, 3, 5, 3, 4, 4, 3)),
        ),
        (
            CHIN_3,
            finchley,
            "Practice manager, Finchley",
            "Review people with heart disease in the community, and people who are frail at home.",
            approved,
            "A good start; governance and data sharing to be worked out with the federation first",
            ((4, 2, 4, 3, 5, 3, 3), (3, 3, 4, 3, 4, 3, 3)),
        ),
        (
            DECLINED,
            hendon,
            "GP, Hendon",
            "Urgent appointments shared between three practices.",
            declined,
            "No plan for its population yet; three practices alone are far below the size band",
            ((2, 2, 1, 1, 1, 2, 2), (2, 1, 2, 1, 1, 2, 2)),
        ),
        (
            WITHDRAWN,
            mill,
            "Practice manager, Totteridge",
            "Work together as two practices until more of their neighbours want to.",
            withdrawn,
            "The practices withdrew",
            ((2, 2, 2, 1, 1, 1, 1),),
        ),
    ):
        story.expressions.append(
            MadeUpExpression(
                place=BARNET,
                title=re.sub(r"^CHIN \d |, expression of 2017$", "", chin.name),
                lead=lead,
                by=BARNET.mail("federation.manager"),
                area=chin.footprint,
                focus=chin.focus,
                proposal=proposal,
                practices=tuple(codes),
                received=EXPRESSIONS_CLOSED,
                evaluating_from=EXPRESSIONS_EVALUATED,
                state=state,
                decided=WITHDREW if state == withdrawn else EXPRESSIONS_DECIDED,
                reason=why,
                chin=chin.slug if state == approved else "",
                scores=dict(zip((BARNET.manager, OFFICE), scores, strict=False)),
            )
        )


def _practices_until_2018(story: Story, barnet: Barnet) -> None:
    retired = "The only GP retired; patients were asked to register nearby"
    story.close(barnet.closed, date(2017, 9, 30), dict.fromkeys(barnet.golders[3:6], 0.3), retired)
    story.merge(barnet.merged, barnet.golders[2], date(2018, 7, 1))
    story.correct_postcode(
        barnet.finchley[3], names.postcode("N12", 77), date(2018, 3, 14), "Typed wrongly when the register was made"
    )


def _the_lcs(story: Story, barnet: Barnet) -> None:
    """Three more CHINs are proposed, and 27 practices join them between September and November 2018."""
    answered = "Answered the CHIN Infrastructure LCS"
    hendon = [*barnet.hendon, barnet.new[0]]
    story.propose(CHIN_4, date(2018, 9, 10), "Proposed after the learning groups of June 2018")
    story.join(hendon[:4], CHIN_4.slug, date(2018, 9, 10))
    story.propose(CHIN_5, date(2018, 10, 8), answered)
    story.join(barnet.golders[:5], CHIN_5.slug, date(2018, 10, 8), reason=answered)
    story.propose(CHIN_6, date(2018, 10, 15), answered)
    story.join(barnet.mill[:5], CHIN_6.slug, date(2018, 10, 15), reason=answered)
    story.join(hendon[4:], CHIN_4.slug, date(2018, 10, 22), reason=answered)
    story.join(barnet.golders[5:], CHIN_5.slug, date(2018, 11, 12), reason=answered)
    story.join(barnet.mill[5:], CHIN_6.slug, date(2018, 11, 26), reason=answered)
    story.decide(CHIN_4.slug, ChinStatus.APPROVED, date(2018, 11, 19), reason="Leads named, memorandum signed")
    for chin in (CHIN_4, CHIN_5, CHIN_6):
        for organisation, sector in PARTNERS[:5]:
            story.partner(chin.slug, organisation, sector, date(2018, 11, 19))

    story.move(
        barnet.north[7:],
        CHIN_3.slug,
        date(2018, 9, 3),
        known=date(2018, 8, 20),
        reason="Most of its patients live in Finchley",
    )
    story.join(barnet.late[1:2], CHIN_5.slug, date(2018, 10, 15), known=date(2018, 10, 16), reason=answered)
    story.never_joined(barnet.late[1], known=date(2018, 10, 25), reason="Entered for the wrong practice")


def _full_coverage_slips(story: Story, barnet: Barnet) -> None:
    """Of the six that had not answered, three have a date by December 2018, two follow, one never gets one."""
    signed, joins = "Signed the memorandum", story.join
    joins(barnet.late[:1], CHIN_4.slug, date(2019, 1, 7), known=date(2018, 11, 28), reason=signed)
    joins(barnet.late[1:2], CHIN_5.slug, date(2019, 2, 1), known=date(2018, 12, 3), reason=signed)
    joins(barnet.late[2:3], CHIN_6.slug, date(2019, 3, 1), known=date(2018, 12, 5), reason=signed)
    story.postpone(
        barnet.late[2], date(2019, 4, 1), known=date(2019, 2, 18), reason="The partners meet a month later than thought"
    )
    joins(barnet.late[3:4], CHIN_3.slug, date(2019, 7, 1), known=date(2019, 5, 20))
    joins(barnet.late[4:5], CHIN_5.slug, date(2019, 10, 1), known=date(2019, 9, 2))

    approved, mobilised = ChinStatus.APPROVED, ChinStatus.OPERATIONAL
    for chin, status, day in (
        (CHIN_5, approved, date(2019, 1, 14)),
        (CHIN_6, approved, date(2019, 1, 28)),
        (CHIN_3, mobilised, date(2019, 2, 4)),
        (CHIN_4, mobilised, date(2019, 4, 1)),
        (CHIN_5, mobilised, date(2019, 7, 1)),
        (CHIN_6, mobilised, date(2019, 10, 1)),
    ):
        story.decide(chin.slug, status, day)


def _since(story: Story, barnet: Barnet) -> None:
    """Quieter years, up to the day of loading, and one join planned for the month after it."""
    story.merge(barnet.mill[7], barnet.mill[1], date(2020, 4, 1))
    story.rename(barnet.north[2], names.practice_name(230), date(2021, 4, 1))
    story.merge(barnet.finchley[4], barnet.finchley[0], date(2021, 10, 1))
    story.close(
        barnet.hendon[6],
        date(2022, 3, 31),
        dict.fromkeys(barnet.hendon[:2], 0.45),
        "The partnership was dissolved",
    )
    this_month = story.today.replace(day=1)
    next_month = (this_month + timedelta(days=31)).replace(day=1)
    story.join(
        barnet.new[1:2], CHIN_4.slug, this_month, known=this_month - timedelta(days=20), reason="Signed the memorandum"
    )
    story.join(
        barnet.new[2:], CHIN_1.slug, next_month, known=story.today - timedelta(days=9), reason="Signed the memorandum"
    )


def _contacts(story: Story, barnet: Barnet) -> None:
    """Who spoke with those that had not answered, and with those still out."""
    lead, manager = BARNET.mail("steering.group"), BARNET.manager
    never, new = barnet.late[5], barnet.new[2]
    said = story.contacts.append
    for code in barnet.late:
        said(MadeUpContact(code, date(2018, 10, 30), lead, "Called about the LCS; the manager will ask the partners"))
    said(
        MadeUpContact(
            barnet.late[2],
            date(2018, 12, 4),
            manager,
            "Visited; would join once the partners have met",
            "Ask for the date of the meeting",
            date(2019, 2, 18),
        )
    )
    said(
        MadeUpContact(barnet.late[2], date(2019, 2, 18), manager, "The partners meet a month later; it joins in April")
    )
    said(MadeUpContact(never, date(2018, 11, 27), lead, "Called; no GP free to speak", "Try the practice manager"))
    said(MadeUpContact(never, date(2019, 1, 22), manager, "The partners prefer to stay outside for now"))
    weeks = timedelta(weeks=1)
    said(
        MadeUpContact(
            never,
            story.today - 7 * weeks,
            lead,
            "Two new partners since spring; open to a talk",
            "Visit with the lead of a neighbouring practice",
            story.today + 2 * weeks,
        )
    )
    said(MadeUpContact(new, story.today - 2 * weeks, manager, "Memorandum received; join planned", "Send the pack"))
