"""Barnet's D-QIST, as the papers have it, with made-up staff and visits; and one for frailty in the north that is still planned."""

from datetime import date
from decimal import Decimal

from cc2h.accounts.models import User
from cc2h.config.demonstration.barnet import CHIN_1
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.places import BARNET
from cc2h.kit.dated import recording_at
from chins.models import Chin, Membership
from kpis.models import Measure
from kpis.qists import services
from kpis.qists.models import Basis, Condition, Profession, Qist, Scale, Support, SupportKind
from practices.models import Commissioner

BEGAN, RECORDED = date(2018, 1, 22), date(2018, 1, 25)
REVIEWED, SECOND = date(2018, 11, 29), date(2019, 4, 1)
TARGETS = ("diabetes-three-targets", "diabetes-eight-care-processes", "diabetes-hba1c-target")
STAFF = (
    (Profession.GP, "0.40", "0.60", "0.60"),
    (Profession.NURSE, "1.50", "2.00", "2.00"),
    (Profession.PHARMACIST, "0.50", "0.50", None),
    (Profession.ANALYST, "0.40", "0.50", "0.50"),
    (Profession.MANAGER, "0.20", "0.20", None),
)  # in place, planned, funded; None is not stated
VISITS = (
    (date(2018, 2, 6), SupportKind.SEARCH, "Searched the register for people above an HbA1c of 58 and without a review.",
     "The practice calls them in, the longest waiting first.", "All were called in by May."),
    (date(2018, 3, 13), SupportKind.CLINIC, "Joint clinic with the diabetes nurse.",
     "Two more clinics, in April and June.", "Both clinics were held."),
    (date(2018, 5, 15), SupportKind.TRAINING, "Showed the practice’s nurses how to start and titrate insulin.",
     "Nurses start it themselves from June.", "Three have started to."),
    (date(2018, 9, 18), SupportKind.VISIT, "Went through the month’s numbers with the GPs.",
     "Blood pressure is taken at every visit.", ""),
)  # fmt: skip


def write(today: date) -> None:
    """What happened by the day of loading."""
    manager = User.objects.get(email=BARNET.manager)
    barnet = Commissioner.objects.get(ods_code=BARNET.code)
    with recording_at(moment(RECORDED)):
        qist = services.add_qist(
            by=manager,
            commissioner=barnet,
            name="D-QIST",
            host="Barnet Federated GPs, with a community trust",
            opens_on=BEGAN,
            conditions=[Condition.DIABETES],
            prototype=True,
            funding=Decimal("249000.00"),
            funding_remark=(
                "As the report of January 2018 has it. The roadmap of December 2018 names £196,000 over 2 years from "
                "NHS England, and does not say of which years either is."
            ),
        )
        services.add_qist(
            by=manager,
            commissioner=barnet,
            name="Frailty QIST, North",
            host="To be named",
            opens_on=SECOND,
            conditions=[Condition.HYPERTENSION, Condition.AF, Condition.CKD],
            prototype=False,
        )
        services.serve(by=manager, qist=qist, chin=Chin.objects.get(slug=CHIN_1.slug), first=BEGAN)
        for profession, *numbers in STAFF:
            for basis, number in zip((Basis.IN_PLACE, Basis.PLANNED, Basis.FUNDED), numbers, strict=True):
                if number is not None:
                    services.set_staff(
                        by=manager, qist=qist, profession=profession, basis=basis, wte=Decimal(number), first=BEGAN
                    )
        for code in TARGETS:
            services.add_target(by=manager, qist=qist, measure=Measure.objects.get(code=code), first=BEGAN)
    _visits(qist, manager, today)
    if today > REVIEWED:
        with recording_at(moment(REVIEWED)):
            services.review(
                by=manager,
                qist=qist,
                day=REVIEWED,
                found="More people in CHIN 1 are at all three targets than before it began; one practice is still as it was.",
                decision=Scale.SPREAD,
                why="The rise began with its work and has lasted. A second CHIN shows whether it can be repeated.",
                decided_by="CHIN Steering Group",
                today=REVIEWED,
            )


def _visits(qist: Qist, manager: User, today: date) -> None:
    """The same of each practice in the CHIN, a few days apart."""
    members = Membership.objects.held().filter(chin__slug=CHIN_1.slug, period__contains=BEGAN)
    for place, membership in enumerate(members.select_related("practice").order_by("practice__ods_code")):
        for number, (first, kind, what, agreed, result) in enumerate(VISITS):
            day = date.fromordinal(first.toordinal() + 2 * place)
            if day >= today or (number + place) % 4 == 3:
                continue
            with recording_at(moment(day)):
                support = Support(
                    qist=qist, practice=membership.practice, day=day, kind=kind, what=what, agreed=agreed,
                    result=result, by=manager, recorded_at=moment(day),
                )  # fmt: skip
                support.save(force_insert=True)
