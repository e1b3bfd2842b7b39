"""What the records give for what papers say of local services: how many practices have answered one."""

from budget.lcs import figures, queries
from budget.lcs.models import Service
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part
from practices.models import Commissioner


def answered(commissioner: Commissioner, asat: AsAt, line: str) -> Figure | None:
    """Of the service that is charged to the line, by its slug; None where none had opened by the day.

    The figure leads to no rows, as papers are read by some who may not see the practices of a service.
    """
    begun = Service.objects.filter(line__commissioner=commissioner, line__slug=line, opens_on__lte=asat.day)
    service = begun.filter(state__in=(Service.State.OPEN, Service.State.ENDED)).order_by("opens_on", "pk").first()
    if service is None:
        return None
    stage = queries.current_stage(queries.stages_of(service), asat)
    found = queries.standing(service, stage, asat)
    part = Part(name=f"Answered {service}, of {found.practices} on its list", value=found.answered.practices)
    return figures.OfList(service, stage, asat).figure("answered", "Answered", "count", [part], figures.ANSWERED)
