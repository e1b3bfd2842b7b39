"""What CHIN 1 and the D-QIST agreed to bring about, in the three kinds of outcome; one target was still to be agreed."""

from datetime import date
from decimal import Decimal

from cc2h.accounts import records
from cc2h.accounts.models import User
from cc2h.config.demonstration.barnet import CHIN_1
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.places import BARNET
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import recording_at
from kpis import objectives
from kpis.models import Measure, OutcomeKind

AGREED = date(2018, 4, 12)
OF_CHIN_1, OF_THE_QIST = "The CHIN’s management board and its practices", "The D-QIST and CHIN 1"
EFFICIENCY, HEALTH, EXPERIENCE = OutcomeKind.EFFICIENCY, OutcomeKind.HEALTH, OutcomeKind.EXPERIENCE
OBJECTIVES = (
    ("chin", EFFICIENCY, "Fewer of our patients are admitted as emergencies", "emergency-admissions", "6.80"),
    ("chin", HEALTH, "More people with diabetes are at all three treatment targets", "diabetes-three-targets", "43"),
    ("chin", EXPERIENCE, "More appointments in evenings and at weekends", "extended-access-minutes", "30"),
    ("chin", EXPERIENCE, "More patients call their experience of the practice good", "patient-satisfaction", None),
    ("qist", HEALTH, "More people with diabetes are at all three treatment targets", "diabetes-three-targets", "45"),
    ("qist", EFFICIENCY, "Everybody with diabetes has all eight checks in the year", "diabetes-eight-care-processes", "70"),
)  # fmt: skip


def write(today: date) -> None:
    """By the day of loading."""
    if today < AGREED:
        return
    manager = User.objects.get(email=BARNET.manager)
    asat = AsAt(AGREED, None, today)
    measures = Measure.objects.in_bulk([code for *_, code, _ in OBJECTIVES], field_name="code")
    keys = {"chin": CHIN_1.slug, "qist": "d-qist"}
    with recording_at(moment(AGREED)):
        for kind, outcome, text, code, target in OBJECTIVES:
            record = records.find(manager, asat, kind, keys[kind])
            if record is not None:
                objectives.agree(
                    by=manager, record=record, outcome=outcome, text=text, measure=measures[code],
                    target=Decimal(target) if target else None, agreed_by=OF_CHIN_1 if kind == "chin" else OF_THE_QIST,
                    first=AGREED,
                )  # fmt: skip
