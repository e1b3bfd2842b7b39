"""What every page is given: the days it is seen by, where one can go, which programme, how fresh the figures are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse

from cc2h.kit.asat import AsAt
from cc2h.kit.days import today


@dataclass(frozen=True)
class Destination:
    """An entry of the primary navigation. `shown_to` decides per user, from the authority already loaded.

    within: the prefix of the entry it stands under, in the second row of the navigation. Its own may be another.
    """

    text: str
    url_name: str
    prefix: str  # the entry is current on addresses that start with this
    shown_to: Callable[[Any], bool]
    order: int = 50
    home: bool = False  # and on the home page
    within: str = ""

    @property
    def stands_elsewhere(self) -> bool:
        """Whether its own addresses are not below those of the entry it stands under."""
        return bool(self.within) and not self.prefix.startswith(self.within)

    def current_on(self, path: str) -> bool:
        return self.home if path == "/" else self.prefix != "/" and path.startswith(self.prefix)


@dataclass(frozen=True)
class Freshness:
    """When derived figures were last worked out, whether more is waiting, and the newest list sizes held."""

    computed_at: datetime | None
    pending: int
    extract_day: date | None

    @property
    def being_updated(self) -> bool:
        return self.pending > 0


@dataclass(frozen=True)
class ProgrammeState:
    kind: str

    @property
    def illustrative(self) -> bool:
        return self.kind == "illustrative"

    @property
    def empty(self) -> bool:
        return self.kind == "empty"


destinations: list[Destination] = []
# A higher room that derives figures says where its worker writes when it last did, and which list sizes are the
# newest by %(day)s, the day the page is about: an expression each.
freshness_sql: dict[str, str] = {"computed_at": "NULL::timestamptz", "extract_day": "NULL::date"}


def go_to(destination: Destination) -> None:
    """Add an entry to the primary navigation; called from a room's AppConfig.ready()."""
    destinations.append(destination)
    destinations.sort(key=lambda d: d.order)


_last_programme: list["ProgrammeState"] = []


def last_programme() -> "ProgrammeState | None":
    """Which programme this process showed last: for the page that must not ask the database."""
    return _last_programme[0] if _last_programme else None


def state_of_the_portal(day: date) -> tuple[ProgrammeState, Freshness]:
    """Programme and freshness as at a day in one query, because every page asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT p.kind, {freshness_sql["computed_at"]}, {freshness_sql["extract_day"]},
                   (SELECT count(*) FROM kit_work w WHERE w.done_at IS NULL AND w.kind = 'coverage')
            FROM kit_programme p
            """,  # noqa: S608 - the two expressions are code of this project, registered at start
            {"day": day},
        )
        kind, computed_at, extract_day, pending = cursor.fetchone()
    _last_programme[:] = [ProgrammeState(kind)]
    return _last_programme[0], Freshness(computed_at, pending, extract_day)


def commissioner_name(user: Any) -> str:
    """The commissioner a person works for, or how many, for the page's header."""
    names = sorted({h.commissioner_name for h in user.authority.holdings if h.commissioner_name})
    return names[0] if len(names) == 1 else f"{len(names)} commissioners" if names else ""


def entries(shown: Sequence[Destination], path: str) -> list[dict[str, Any]]:
    """Entries of the navigation; of those that are current on the address, the one that says most of it."""
    current = max((d for d in shown if d.current_on(path)), key=lambda d: len(d.prefix), default=None)
    return [{"text": d.text, "url_name": d.url_name, "current": d is current} for d in shown]


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor of every Jinja page."""
    asat: AsAt | None = getattr(request, "asat", None)
    user = getattr(request, "user", None)
    programme, freshness = state_of_the_portal(asat.day if asat else today())
    if user is None or not user.is_authenticated:
        return {
            "asat": asat,
            "person": None,
            "navigation": [],
            "subnavigation": [],
            "programme": programme,
            "freshness": None,
        }
    shown = [d for d in destinations if d.shown_to(user)]
    path = request.path
    elsewhere = next((d.within for d in shown if d.stands_elsewhere and d.current_on(path)), "")
    return {
        "asat": asat,
        "person": user,
        "person_url": reverse("people:me"),
        "commissioner_name": commissioner_name(user),
        "navigation": entries([d for d in shown if not d.within], elsewhere or path),
        "subnavigation": entries(
            [d for d in shown if d.within and (path.startswith(d.within) or d.within == elsewhere)], path
        ),
        "programme": programme,
        "freshness": freshness,
        # no harm in the demonstration, whose password it is
        "public_password": request.session.get("public_password") and not programme.illustrative,
    }
