"""Finding a practice for a page, and being allowed to do something to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from cc2h.accounts.authority import Action, require
from cc2h.kit import words
from cc2h.kit.acts import act, version_of
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from practices import queries
from practices.models import Practice, PracticeStanding


@dataclass(frozen=True, slots=True)
class Found:
    """A practice on the page's day, and whose it is today, which is what authority asks."""

    facts: queries.Facts
    subject: queries.Subject
    address: str

    @property
    def practice(self) -> Practice:
        return self.facts.practice

    @property
    def name(self) -> str:
        return self.facts.name


class NotThen(Http404):
    """The practice is in the register, only not on the page's day: its own page says since when it is."""


def find(request: HttpRequest, ods_code: str, action: Action = Action.VIEW_REGISTER) -> Found:
    """The practice, or 404 for one this person may not see; 403 for what they may not do with it."""
    asat, code = asat_of(request), ods_code.upper()
    practice = queries.practice_seen(request.user, asat, code)
    if practice is None:
        now = AsAt(asat.today, None, asat.today)
        if asat != now and queries.practice_seen(request.user, now, code) is not None:
            raise NotThen(f"{code} is not in the register on {words.day(asat.day)}.")
        raise Http404(f"There is no practice {code} here.")
    subject = queries.Subject(practice, practice.name or code, asat.today)
    if action is not Action.VIEW_REGISTER:
        require(request.user, action, subject)
    return Found(queries.practice_facts(practice, asat), subject, link(asat, "practices:practice_detail", code))


def find_standing(request: HttpRequest, found: Found, pk: int) -> PracticeStanding:
    standing: PracticeStanding = version_of(request, queries.standings_of(found.practice), pk)
    return standing


def crumbs(asat: AsAt, found: Found | None = None) -> list[Mapping[str, str]]:
    steps: list[Mapping[str, str]] = [{"text": "Practices", "href": link(asat, "practices:practice_list")}]
    if found is not None:
        steps.append({"text": found.name, "href": found.address})
    return steps


def act_on(request: HttpRequest, found: Found, **parts: Any) -> HttpResponse:
    """An act on a practice: where it stands, and back to its page."""
    asat = asat_of(request)
    return act(request, **{"to": found.address, "caption": found.name, "breadcrumbs": crumbs(asat, found)} | parts)
