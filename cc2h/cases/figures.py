"""The figures of the pipeline, each leading to its cases; and those of a CHIN, frozen into a case."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from cc2h.cases import measures
from cc2h.cases.models import Case
from cc2h.cases.queries import Column
from cc2h.cases.states import CaseState
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part
from cc2h.kit.links import link, with_query
from chins.coverage import coverage_on
from chins.figures import chin_figures
from chins.queries import members


def _part(name: str, value: Any, unit: str, rows: str, measure: str = "count") -> Part:
    return Part(name=name, value=value, unit=unit, url=rows, csv=with_query(rows, {"format": "csv"}), measure=measure)


def of_column(column: Column, asat: AsAt) -> tuple[Figure, Figure | None]:
    """How many cases stand there, and what they ask for together where any says."""
    rows = link(asat, "cases:case_list", query={"stage": column.stage.key})
    title = column.stage.title
    number = Figure(
        key=f"cases-{column.stage.key}",
        label=title,
        kind="count",
        value=column.number,
        unit="cases",
        as_at=asat.day,
        formula=f"Cases that are {words.listed((state.label.lower() for state in column.stage.states), 'or')} on the day, "
        "of those you may see.",
        parts=[_part(title, column.number, "cases", rows)],
    )
    if column.asked is None:
        return number, None
    unstated = f" {words.plural(column.unknown, 'case states', 'cases state')} no sum yet." if column.unknown else ""
    asked = Figure(
        key=f"cases-{column.stage.key}-asked",
        label=f"{title}: asked for",
        kind="sum",
        value=words.half_up(column.asked),
        unit="£",
        as_at=asat.day,
        formula=f"The sums that these cases ask for, added up.{unstated}",
        parts=[_part(f"{title}: asked for", column.asked, "£", rows, "sum:asked")],
    )
    return replace(number, behind=[asked]), asked


def over(state: CaseState, number: int, asat: AsAt) -> Part:
    """How many cases came to this end."""
    rows = link(asat, "cases:case_list", query={"state": state.value})
    return _part(str(state.label), number, "cases", rows)


def frozen(case: Case, asat: AsAt) -> dict[str, Any]:
    """The portal's figures of the CHIN as at the day: as they are kept in a case."""
    chin = case.chin
    counted = [member for member in members(chin, asat) if member.status == "active"]
    coverage = coverage_on(chin.commissioner, asat.day)
    found = chin_figures(
        chin,
        coverage,
        asat,
        practices=len(counted),
        patients=sum(member.patients or 0 for member in counted),
        all_named=False,
    )
    page = link(AsAt(asat.day, None, asat.today), "chins:chin_detail", chin.slug)
    return {
        "as_at": asat.day.isoformat(),
        "said": words.day(asat.day),
        "figures": [
            {"label": one.label, "display": one.display, "unit": one.unit, "formula": one.formula, "url": page,
             "value": str(one.value) if isinstance(one.value, Decimal | int) else ""}
            for one in found
        ] + measures.frozen(case, asat),
    }  # fmt: skip
