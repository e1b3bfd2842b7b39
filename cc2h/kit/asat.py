"""*As at* a day (what we hold true of it) and *as known on* a day (what we held then), for every page.

Both stand in the URL as `?as_at=2018-12-06&known=2018-12-10`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cc2h.kit.api.problems import is_api, problem
from cc2h.kit.days import NotADay, end_of_day, parse_day, today
from cc2h.kit.together import Given


@dataclass(frozen=True)
class AsAt:
    """The two days a page is seen by.

    day: the day the page is about. known: the day whose knowledge is used, or None for what is held now.
    """

    day: date
    known: date | None
    today: date

    @property
    def is_today(self) -> bool:
        return self.day == self.today and self.known is None

    @property
    def is_future(self) -> bool:
        return self.day > self.today

    @property
    def known_at(self) -> datetime | None:
        """The moment up to which records count, or None for now."""
        return end_of_day(self.known) if self.known else None

    def shape_of_question(self) -> "Seen":
        return Seen(self.is_today, self.is_future, known=self.known is not None)

    def query(self) -> dict[str, str]:
        """The URL parameters that carry this to the next page; empty for today."""
        carried = {} if self.day == self.today else {"as_at": self.day.isoformat()}
        return carried | ({"known": self.known.isoformat()} if self.known else {})


@dataclass(frozen=True)
class Seen:
    """What of the days of a page decides about the words of a question (cc2h.kit.together)."""

    is_today: bool
    is_future: bool
    known: bool

    def stand_in(self, given: Given) -> "GivenAsAt":
        known = given(lambda asat: asat.known_at, datetime) if self.known else None
        return GivenAsAt(
            given(lambda asat: asat.day, date),
            known,
            given(lambda asat: asat.today, date),
            is_today=self.is_today,
            is_future=self.is_future,
        )


@dataclass(frozen=True)
class GivenAsAt:
    """Stands for the days of a page, in a question that is kept."""

    day: date
    known_at: datetime | None
    today: date
    is_today: bool
    is_future: bool


class AsAtMiddleware:
    """Reads the two days once per request into `request.asat`; a day that can't be read is a plain page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = today()
        if "\0" in request.path or any("\0" in value for _, values in request.GET.lists() for value in values):
            request.asat = AsAt(now, None, now)  # type: ignore[attr-defined]
            if is_api(request):
                return problem(400, "The address holds a character that is none (U+0000).")
            return render(request, "errors/400.html", status=400)  # no address of ours holds one, no database takes one
        try:
            day = request.GET.get("as_at", "").strip()
            known = request.GET.get("known", "").strip()
            asat = AsAt(parse_day(day) if day else now, parse_day(known) if known else None, now)
            if asat.known and asat.known > now:
                raise NotADay("The day for “as known on” is in the future. Nobody knows that yet.")
            # a known day of today holds all that is held now
            request.asat = AsAt(asat.day, None, now) if asat.known == now else asat  # type: ignore[attr-defined]
        except NotADay as wrong:
            request.asat = AsAt(now, None, now)  # type: ignore[attr-defined]
            if is_api(request):
                return problem(400, str(wrong))
            return render(request, "errors/bad_day.html", {"problem": str(wrong)}, status=400)
        return self.get_response(request)


def asat_of(request: HttpRequest) -> AsAt:
    """The days of this request, as the middleware read them."""
    return request.asat  # type: ignore[attr-defined]
