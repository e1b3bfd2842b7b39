"""The portal is read and written by pages: no address answers to any other method than theirs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from cc2h.kit.api.problems import is_api, not_so

OF_PAGES = ("GET", "HEAD", "POST")


class MethodsMiddleware:
    """Answers 405 to PUT, DELETE and the like, before anything is asked of a session or a form's token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in OF_PAGES:
            return self.get_response(request)
        return not_so(OF_PAGES) if is_api(request) else HttpResponseNotAllowed(OF_PAGES)
