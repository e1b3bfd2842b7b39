"""What went wrong, as JSON: RFC 9457, problem+json."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

BELOW = ("/api/v1/", "/api/schema/")
CONTENT_TYPE = "application/problem+json"
JSON, MULTIPART = "application/json", "multipart/form-data"
TITLES = {
    400: "The request can’t be understood",
    401: "Sign in, or send a token",
    403: "You may not do this",
    404: "There is nothing here",
    405: "This address is not asked like that",
    409: "Somebody else was first",
    413: "The request is too large",
    415: "The body is of a kind that is not taken",
    422: "Something is wrong with what was sent",
    429: "Too many requests",
    500: "The portal has failed",
}


class FieldError(msgspec.Struct):
    """What is wrong with one field of the body; `field` is empty where it is about no single one."""

    field: str
    message: str


class Difference(msgspec.Struct):
    """What somebody else saved in a field, and what was sent."""

    field: str
    theirs: str
    yours: str


class ProblemShape(msgspec.Struct, rename={"kind": "type"}, omit_defaults=True):
    """An answer that is none, in words for a person. `errors` with 422; `by`, `at`, `changes` and `latest` with 409."""

    title: str
    status: int
    detail: str = ""
    kind: str = "about:blank"
    errors: list[FieldError] = []
    by: str = ""
    at: str | None = None
    changes: list[Difference] = []
    latest: int | None = None


class Problem(Exception):
    """Raised while a request is answered: nothing was done."""

    def __init__(self, status: int, detail: str = "", **more: Any) -> None:
        self.shape = ProblemShape(title=TITLES[status], status=status, detail=detail, **more)
        super().__init__(detail)

    @property
    def response(self) -> HttpResponse:
        body = msgspec.json.encode(self.shape)
        return HttpResponse(body, status=self.shape.status, content_type=CONTENT_TYPE)


def problem(status: int, detail: str = "", **headers: str) -> HttpResponse:
    """An answer outside of any view, such as of a middleware; `Retry_After="5"` becomes a header."""
    response = Problem(status, detail).response
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def not_so(allowed: Iterable[str]) -> HttpResponse:
    """The answer to a method that an address does not take."""
    names = ", ".join(allowed)
    return problem(405, f"This address is asked by {names}.", Allow=names)


def is_api(request: HttpRequest) -> bool:
    """Whether the request is one of the API, and is answered in JSON whatever happens."""
    return request.path.startswith(BELOW)
