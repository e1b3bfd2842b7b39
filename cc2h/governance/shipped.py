"""The bodies that the papers name, with their seats as the papers have them and without the people who sat in them.

A quorum that no paper states is a setting of ours: more than half of the seats that vote. No paper states what a body may decide
up to; Barnet's Programme Board's limit is a setting of ours as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from cc2h.governance.models import Body, Part, Seat, Terms
from cc2h.governance.services import free_slug
from cc2h.kit.dated import now
from chins.models import Chin, ChinState
from chins.workflow import COUNTED
from practices.models import Commissioner

BARNET = "07M"
STP, HWB, ROADMAP, PLAN = "stp-2017", "hwb-2018-01", "roadmap-2018", "workplan-2017"
SINCE = date(2017, 4, 1)  # the delivery plan's year; no paper says since when a body has been there
HALF = "Quorum: more than half of the seats that vote. The papers state none."

TRANSFORMATION_BOARD = "ncl-stp-transformation-board"
PROGRAMME_BOARD = "health-and-care-closer-to-home-programme-board"
WELLBEING, GOVERNING, DECIDES, STEERING = (
    "barnet-health-and-wellbeing-board",
    "barnet-governing-body",
    "barnet-care-closer-to-home-programme-board",
    "barnet-chin-steering-group",
)


@dataclass(frozen=True)
class ShippedSeat:
    title: str
    organisation: str = ""
    part: Part = Part.MEMBER
    core: bool = True
    voting: bool = True


def _members(number: int, title: str = "Member", **more: Any) -> tuple[ShippedSeat, ...]:
    return tuple(ShippedSeat(f"{title} {n}" if number > 1 else title, **more) for n in range(1, number + 1))


CHAIR, SECRETARY = (
    ShippedSeat("Chair", part=Part.CHAIR),
    ShippedSeat("Secretary", part=Part.SECRETARY, voting=False, core=False),
)

# stp-2017's list of the governance group: 21 core, of which one is to be confirmed, and 4 that are not core.
PROGRAMME_SEATS = (
    ShippedSeat("Senior responsible officer", "NHS Islington CCG", part=Part.CHAIR),
    ShippedSeat("Local authority sponsor", "London Borough of Haringey"),
    ShippedSeat("Adult social care lead", "London Borough of Islington"),
    ShippedSeat("Children’s social care representative", "London Borough of Barnet"),
    ShippedSeat("NCL STP clinical lead", "NHS Islington CCG"),
    ShippedSeat("Mental health representative (clinical)", "NHS Camden CCG"),
    ShippedSeat("Mental health representative", "NHS Camden CCG"),
    ShippedSeat("Urgent and emergency care representative", "NHS Enfield CCG"),
    ShippedSeat("Urgent and emergency care representative (clinical)", "NHS England"),
    ShippedSeat("Prevention representative", "London Borough of Haringey"),
    ShippedSeat("Finance lead", "NHS Islington CCG"),
    ShippedSeat("NHS England representative", "NHS England"),
    ShippedSeat("End of life care representative", "University College London Hospitals"),
    ShippedSeat("LMC representative", "Local Medical Committee"),
    ShippedSeat("Federation representative", "CEPN Barnet"),
    ShippedSeat("Acute trust representative", "Royal Free London"),
    ShippedSeat("Acute trust representative, second", "University College London Hospitals"),
    ShippedSeat("Acute and community trust representative", "Whittington Health"),
    ShippedSeat("Community trust representative", "To be confirmed"),
    ShippedSeat("Mental health provider", "Camden and Islington NHS Foundation Trust"),
    ShippedSeat("Healthwatch", "Healthwatch Enfield"),
    ShippedSeat("Director of commissioning", "NHS Enfield CCG", core=False, voting=False),
    ShippedSeat("Director of commissioning, second", "NHS Haringey CCG", core=False, voting=False),
    ShippedSeat("Programme director", "NHS Islington CCG", core=False, voting=False),
    ShippedSeat("Programme manager", "NHS Islington CCG", part=Part.SECRETARY, core=False, voting=False),
)


@dataclass(frozen=True)
class ShippedBody:
    """parent: the place in this list of the one it reports to. slug: its address, where the portal's own code names it."""

    name: str
    paper: str
    parent: str = ""
    of: str = ""
    slug: str = ""
    other_names: Sequence[str] = ()
    seats: Sequence[ShippedSeat] = (CHAIR, SECRETARY)
    quorum: int | None = None
    limit: Decimal | None = None
    text: str = ""


WORKSTREAMS = (
    "Implementing the model", "Commissioning", "Provider development", "Quality and variation", "Patient and public involvement",
)  # fmt: skip
BODIES = (
    ShippedBody("NCL STP Transformation Board", STP, slug=TRANSFORMATION_BOARD),
    ShippedBody("STP Programme Delivery Board", STP, parent="NCL STP Transformation Board"),
    ShippedBody(
        "Health and Care Closer to Home Programme Board", STP, parent="STP Programme Delivery Board", slug=PROGRAMME_BOARD,
        seats=PROGRAMME_SEATS, quorum=11, text=f"The programme of the five boroughs. {HALF}",
    ),
    ShippedBody("Clinical Reference Group", STP, parent="Health and Care Closer to Home Programme Board"),
    ShippedBody("Programme Delivery Group", STP, parent="Health and Care Closer to Home Programme Board"),
    *(ShippedBody(f"Workstream: {name}", STP, parent="Programme Delivery Group") for name in WORKSTREAMS),
    ShippedBody("Primary Care Joint Committee", STP, other_names=("Joint Committee",)),
    ShippedBody(
        "Health and Wellbeing Board", HWB, of=BARNET, slug=WELLBEING,
        seats=(
            CHAIR, ShippedSeat("Vice chair", part=Part.VICE_CHAIR),
            *_members(2, "Councillor", organisation="London Borough of Barnet"),
            ShippedSeat("Director of public health", "London Borough of Barnet"),
            ShippedSeat("Healthwatch", "Healthwatch Barnet"), SECRETARY,
        ),
        quorum=4, text="Notes business cases and comments on them.",
    ),
    ShippedBody(
        "Governing Body", ROADMAP, of=BARNET, slug=GOVERNING,
        seats=(
            CHAIR, ShippedSeat("Vice chair, lay member", part=Part.VICE_CHAIR), ShippedSeat("Accountable officer"),
            ShippedSeat("Chief finance officer"), *_members(3, "GP member"), *_members(2, "Lay member"), SECRETARY,
        ),
        quorum=5, text=f"Decides above the limit of the Programme Board. {HALF}",
    ),
    ShippedBody(
        "Care Closer to Home Programme Board", HWB, parent="Governing Body", of=BARNET, slug=DECIDES,
        other_names=(
            "Joint Commissioning Executive Care Closer to Home Programme Board (hwb-2018-01)",
            "Joint Commissioning Executive Group (hwb-2018-01)",
        ),
        seats=(
            CHAIR, ShippedSeat("Vice chair", part=Part.VICE_CHAIR), ShippedSeat("Director of commissioning"),
            ShippedSeat("Finance lead"), ShippedSeat("Public health", "London Borough of Barnet"),
            ShippedSeat("Adult social care", "London Borough of Barnet"), *_members(2, "GP member"),
            ShippedSeat("Lay member"), SECRETARY,
        ),
        quorum=5, limit=Decimal("100000.00"),
        text=f"Decides on business cases. {HALF} Its limit is a setting of the portal.",
    ),
    ShippedBody(
        "CHIN Steering Group", ROADMAP, parent="Care Closer to Home Programme Board", of=BARNET, slug=STEERING,
        other_names=("CSG (roadmap-2018)",),
        seats=(CHAIR, ShippedSeat("Vice chair", part=Part.VICE_CHAIR), *_members(3), SECRETARY),
        quorum=3, text="Advises on business cases and supports CHINs.",
    ),
)  # fmt: skip
BOARD_OF_A_CHIN = (
    CHAIR, ShippedSeat("Clinical lead"), ShippedSeat("Managerial lead"), ShippedSeat("Quality improvement lead"),
    ShippedSeat("Practice representative"),
    ShippedSeat("Specified Point of Contact", part=Part.SECRETARY, voting=False),
)  # fmt: skip


@transaction.atomic
def load(chins: Any = None) -> None:
    """Write them, unless a body is there: those of the papers, and the management board of each of Barnet's CHINs.

    chins: which (None: those that count now).
    """
    if Body.objects.exists():
        return
    barnet = Commissioner.objects.filter(ods_code=BARNET).first()
    by_name: dict[str, Body] = {}
    for one in BODIES:
        if one.of and barnet is None:
            continue
        commissioner = barnet if one.of else None
        body = Body(
            slug=one.slug or free_slug(one.name, commissioner), name=one.name, other_names=list(one.other_names),
            parent=by_name.get(one.parent), commissioner=commissioner, paper=one.paper,
        )  # fmt: skip
        by_name[one.name] = _write(body, SINCE, one.seats, one.quorum, one.limit, one.text)
    for chin in living() if chins is None else chins:
        _board_of(chin, by_name.get("CHIN Steering Group"))


def living() -> Any:
    """Barnet's CHINs that count by their newest state."""
    newest = ChinState.objects.held().filter(period__upper_inf=True, status__in=COUNTED)
    return Chin.objects.filter(commissioner__ods_code=BARNET, kind=Chin.Kind.CHIN, states__in=newest).order_by("slug")


def _board_of(chin: Chin, above: Body | None) -> None:
    """Since the CHIN is known."""
    began = min(state.first_day for state in chin.states.held())
    body = Body(
        slug=free_slug("Management board", chin), name=f"Management board, {chin}", parent=above,
        commissioner=chin.commissioner, chin=chin, paper=HWB,
    )  # fmt: skip
    text = "Sponsors business cases of the CHIN. Its quorum is a setting of the portal."
    _write(body, max(SINCE, began), BOARD_OF_A_CHIN, 2, None, text)


def _write(
    body: Body, since: date, seats: Sequence[ShippedSeat], quorum: int | None, limit: Decimal | None, text: str
) -> Body:
    body.save(force_insert=True)
    dated: dict[str, Any] = {"body": body, "period": DateRange(since, None), "held": DateTimeTZRange(now(), None, "[)")}
    if quorum is not None:
        Terms.objects.create(**dated, text=text, quorum=quorum, limit=limit)
    for seat in seats:
        Seat.objects.create(
            **dated,
            title=seat.title,
            organisation=seat.organisation,
            part=seat.part,
            core=seat.core,
            voting=seat.voting,
        )
    return body
