"""The local services that the papers name, as drafts: what they ask for, and what the papers leave open.

A rate or a split that no paper states is not stated here. That the leads are the CHIN's and each practice signs and pledges for
itself is a setting of ours.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from budget.lcs.models import Evidence, Output, Service, Stage, Tariff, Whose
from budget.models import Line
from cc2h.accounts.authority import Role

BARNET = "07M"
INFRASTRUCTURE, IMPROVED_ACCESS = "chin-infrastructure", "improved-access"


@dataclass(frozen=True)
class ShippedOutput:
    name: str
    whose: Whose
    evidence: Evidence
    role: str = ""
    agreement: str = ""
    guidance: str = ""


@dataclass(frozen=True)
class ShippedStage:
    name: str
    year: int
    begins: date
    outputs: tuple[ShippedOutput, ...]
    share: Decimal | None = None


@dataclass(frozen=True)
class ShippedService:
    slug: str
    line: str
    name: str
    purpose: str
    opens: date
    closes: date | None
    tariff: Tariff
    rate: Decimal | None
    stages: tuple[ShippedStage, ...]
    source: str = "roadmap-2018"


AREAS = (
    "Access", "Demand and signposting", "Sustainability through collaboration", "Patient satisfaction", "Staff satisfaction",
    "Skill mix", "Appointment availability, with new types of consultation",
)  # fmt: skip
SERVICES = (
    ShippedService(
        INFRASTRUCTURE,
        "chin-infrastructure-lcs",
        "CHIN Infrastructure",
        "To stimulate CHINs: £1,500 to each practice, once.",
        date(2018, 10, 1),
        None,
        Tariff.FLAT,
        Decimal(1500),
        (
            ShippedStage(
                "One payment",
                2018,
                date(2018, 10, 1),
                (
                    ShippedOutput("A nominated CHIN lead", Whose.CHIN, Evidence.POST, role=Role.CHIN_LEAD),
                    ShippedOutput("A nominated quality improvement lead", Whose.CHIN, Evidence.POST, role=Role.QI_LEAD),
                    ShippedOutput(
                        "The memorandum of information between the practices, signed",
                        Whose.PRACTICE,
                        Evidence.AGREEMENT,
                        agreement="moi",
                        guidance="It counts for each practice that signed.",
                    ),
                    ShippedOutput(
                        "A pledge to undertake the baseline assessment",
                        Whose.PRACTICE,
                        Evidence.PLEDGE,
                        guidance="Workforce, estates, digital. Payment never waits for the finished assessment.",
                    ),
                ),
                share=Decimal(100),
            ),
        ),
    ),
    ShippedService(
        IMPROVED_ACCESS,
        "improved-access-lcs",
        "Improved Access",
        "Part of the GP Forward View’s £3 per head. The practices’ rate and its split by stage are not stated in the papers.",
        date(2017, 10, 1),
        date(2019, 3, 31),
        Tariff.PER_HEAD,
        None,
        (
            ShippedStage(
                "Stage one: planning",
                2017,
                date(2017, 10, 1),
                (
                    ShippedOutput(
                        "A capacity review and an improvement plan", Whose.PRACTICE, Evidence.FILE
                    ),
                ),
            ),
            ShippedStage(
                "Stage two: implementing the plan",
                2018,
                date(2018, 7, 23),
                tuple(
                    ShippedOutput(area, Whose.PRACTICE, Evidence.TEXT, guidance="What was done, and what came of it.")
                    for area in AREAS
                ),
            ),
        ),
    ),
)  # fmt: skip


@transaction.atomic
def load() -> None:
    """Write them as drafts, unless a service of the commissioner is there. Their budget lines are budget.shipped's."""
    lines = {line.slug: line for line in Line.objects.filter(commissioner__ods_code=BARNET)}
    if Service.objects.filter(line__commissioner__ods_code=BARNET).exists():
        return
    for one in SERVICES:
        if one.line not in lines:  # the commissioner's budget is its own, and has no such line
            continue
        service = Service.objects.create(
            slug=one.slug,
            line=lines[one.line],
            name=one.name,
            purpose=one.purpose,
            opens_on=one.opens,
            closes_on=one.closes,
            tariff=one.tariff,
            rate=one.rate,
            source=one.source,
        )
        for number, part in enumerate(one.stages, 1):
            stage = Stage.objects.create(
                service=service, number=number, name=part.name, share=part.share, year=part.year, from_day=part.begins
            )
            Output.objects.bulk_create(
                Output(
                    stage=stage,
                    number=place,
                    name=output.name,
                    guidance=output.guidance,
                    whose=output.whose,
                    evidence=output.evidence,
                    role=output.role,
                    agreement_kind=output.agreement,
                )
                for place, output in enumerate(part.outputs, 1)
            )
