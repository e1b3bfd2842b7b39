"""What was submitted, exactly as it was, and the papers of a case."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.cases import queries, shapes
from cc2h.cases.sections import LENGTHS
from cc2h.cases.views.finding import crumbs, find
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, sends_bytes
from cc2h.kit.asat import asat_of
from cc2h.kit.handing import hand_out
from cc2h.kit.sections import sections


@require_safe
@reads(shapes.submission)
def submission(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """A submission word for word, of what was frozen and of nothing else."""
    asat = asat_of(request)
    case = find(request, number)
    found = get_object_or_404(queries.find_submission(case, place))
    papers = {one.about: one for one in queries.papers_of(case)}
    context: dict[str, Any] = {
        "case": case,
        "submission": found,
        "document": found.document,
        "form": LENGTHS[found.length],
        "paper": papers.get(f"submission:{found.pk}"),
        "sections": sections(request, "case-submission", f"{case.number}.{place}"),
        "breadcrumbs": crumbs(asat, case),
    }
    return show(request, "cases/submission.html", context)


@require_safe
@sends_bytes
def paper(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """A paper of the case, as it was made."""
    case = find(request, number)
    found = get_object_or_404(queries.find_paper(case, pk))
    pdf = bytes(found.pdf)
    return hand_out([pdf], found.file_name, "application/pdf", len(pdf))
