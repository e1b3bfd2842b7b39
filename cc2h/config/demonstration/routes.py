"""Barnet's route of business cases: the one that the portal comes with, from the day its bodies are known."""

from cc2h.cases.route import keeping, shipped
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.places import BARNET
from cc2h.governance.shipped import SINCE
from cc2h.kit.dated import recording_at
from practices.models import Commissioner


def write() -> None:
    """Its first version."""
    barnet = Commissioner.objects.get(ods_code=BARNET.code)
    with recording_at(moment(SINCE)):
        keeping.make_version(
            by=None,
            commissioner=barnet,
            stages=shipped.stages(shipped.bodies_of(barnet)),
            from_day=SINCE,
            why=shipped.WHY,
            today=SINCE,
        )
