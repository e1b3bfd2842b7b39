"""A series as a PDF: what its page shows, tagged and accessible (PDF/UA)."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import typst
from django.conf import settings

from cc2h.kit import charts, words
from cc2h.kit.asat import AsAt
from kpis.tracking.judging import Tracked


def as_pdf(context: Mapping[str, Any], asat: AsAt) -> bytes:
    """Made of the context of the page. The same contents give the same bytes; without the chart where it can't be drawn."""
    data = contents(context, asat) | {"chart": _drawn(context["chart"])}
    made: Any = typst.compile(
        _template(), format="pdf", pdf_standards=["ua-1"], sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    return bytes(made)


def contents(context: Mapping[str, Any], asat: AsAt) -> dict[str, Any]:
    """What the document says, besides the chart."""
    tracked: Tracked = context["tracked"]
    chart = context["chart"]
    facts: list[Sequence[str]] = [
        ("Variation", context["variation"][0]),
        ("Assurance", context["assurance"][0] if context["assurance"] else "None"),
        ("Target", context["target_shown"] or "No target yet"),
        ("As at", words.day(asat.day) + (f", as known on {words.day(asat.known)}" if asat.known else "")),
        ("Judged by", context["judged_by"]),
    ]
    return {
        "title": f"{context['definition'].name}: {tracked.series.whose.name}",
        "description": f"{context['variation'][0]}. {context['says']}",
        "day": asat.day.isoformat(),
        "says": [one for one in (context["says"], context["missing"], context["delivery"]) if one],
        "facts": [list(one) for one in facts],
        "alt": chart.alt if chart else "",
        "columns": [column if isinstance(column, str) else column["text"] for column in context["columns"]],
        "numeric": [not isinstance(column, str) for column in context["columns"]],
        "rows": [[cell or "–" for cell in row] for row in context["rows"]],
        "marks": [[words.day(mark.first), mark.text] for mark in context["marks"]],
    }


def _drawn(chart: charts.Chart | None) -> str:
    try:
        drawn = charts.picture(chart.key, "svg") if chart else None
    except charts.CannotDraw:
        drawn = None
    return drawn.decode() if drawn else ""


@cache
def _template() -> bytes:
    return (settings.BASE_DIR / "templates" / "tracking" / "series.typ").read_bytes()
