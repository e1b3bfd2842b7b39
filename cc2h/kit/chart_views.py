"""Serves charts to people who are signed in and know the key of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cc2h.kit import charts

FOR_GOOD = "private, max-age=31536000, immutable"  # the key is made from the content, which never changes
TYPES = {
    "svg": "image/svg+xml",
    "narrow.svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
def chart(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """The chart as SVG (wide or narrow), PNG or CSV."""
    if kind not in TYPES:
        raise Http404("A chart can be had as svg, narrow.svg, png or csv.")
    try:
        content = charts.data(key) if kind == "csv" else charts.picture(key, kind)
    except charts.CannotDraw:
        sorry = "The chart can’t be drawn just now. Its table on the page has every number.\n"
        return HttpResponse(sorry, content_type="text/plain; charset=utf-8", status=503)
    if content is None:
        raise Http404("There is no such chart. Open the page that shows it again.")
    response = HttpResponse(content, content_type=TYPES[kind], headers={"Cache-Control": FOR_GOOD})
    if kind == "csv":
        response["Content-Disposition"] = f'attachment; filename="chart-{key[:8]}.csv"'
    return response
