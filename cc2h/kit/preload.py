"""Style sheets are asked for before the page is read: nothing of it is painted without them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

STYLE_SHEETS = ("vendor/nhsuk-frontend-10.6.1/nhsuk.min.css", "cc2h/app.css")  # of every page, in this order


class PreloadMiddleware:
    """Names the style sheets in a header of every page: a slow phone takes a tenth of a second to find them in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html") and "Location" not in response:
            response["Link"] = ", ".join(f"<{static(sheet)}>; rel=preload; as=style" for sheet in STYLE_SHEETS)
        return response
