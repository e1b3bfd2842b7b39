"""Who must act at a stage: the posts whose holders may say something there, with their names; one query for many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from cc2h.accounts.authority import GRANTS, ROLE_SCOPE, Action, Role, Scope
from cc2h.cases.route.outcomes import ACTIONS, Part
from cc2h.kit import words
from cc2h.kit.together import Asking, Raw, alone

POSTS = """
    SELECT p.id, p.title, p.chin_id, p.commissioner_id, p.role, u.id, u.name,
           (SELECT array_agg(du.id || ':' || du.name ORDER BY du.name) FROM chins_deputy d
            JOIN accounts_user du ON du.id = d.deputy_id
            WHERE d.post_id = p.id AND upper_inf(d.held) AND d.period @> %(day)s::date)
    FROM chins_post p
    LEFT JOIN chins_postholding h ON h.post_id = p.id AND upper_inf(h.held) AND h.period @> %(day)s::date
    LEFT JOIN accounts_user u ON u.id = h.holder_id
    WHERE p.role = ANY(%(roles)s) AND (p.chin_id = ANY(%(chins)s) OR p.commissioner_id = ANY(%(commissioners)s))
    ORDER BY p.title, p.id
"""


class Place(Protocol):
    """A stage's turn with a case, as far as it says who may answer."""

    @property
    def turn_id(self) -> int | None: ...
    @property
    def part(self) -> str: ...
    @property
    def body_id(self) -> int | None: ...
    @property
    def chin_id(self) -> int: ...
    @property
    def commissioner_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Seat:
    """A post, who holds it on the day (none: vacant) and their deputies; people: their ids."""

    title: str
    holder: str
    deputies: tuple[str, ...]
    people: tuple[int, ...]

    def __str__(self) -> str:
        """The title with the name of its holder, where that says more, and of their deputies."""
        who = [] if self.holder == self.title else [self.holder or "vacant"]
        if self.deputies:
            who.append(f"or {words.listed(self.deputies, 'or')}")
        return f"{self.title} ({', '.join(who)})" if who else self.title


def roles_of(action: Action) -> list[Role]:
    """The roles that may take an action."""
    return [role for role, grants in GRANTS.items() if action in grants]


def seats(places: Iterable[Place], day: date) -> dict[int | None, list[Seat]]:
    """By turn, the posts that may answer outside a meeting. One query, none where nobody may."""
    return alone(seats_of(places, day))


def seats_of(places: Iterable[Place], day: date) -> Asking[dict[int | None, list[Seat]]]:
    asked = [place for place in places if by_post(place)]
    if not asked:
        return {}
    roles = {role for place in asked for role in roles_of(ACTIONS[Part(place.part)])}
    about = {
        "day": day,
        "roles": sorted(roles),
        "chins": [place.chin_id for place in asked],
        "commissioners": [place.commissioner_id for place in asked],
    }
    posts = yield Raw(POSTS, about)
    return {place.turn_id: [_seat(post) for post in posts if _answers(post, place)] for place in asked}


def by_post(place: Place) -> bool:
    """Whether somebody may answer outside a meeting: nobody decides for a body."""
    return place.part in ACTIONS and not (place.part == Part.DECIDE and place.body_id is not None)


def _answers(post: tuple[Any, ...], place: Place) -> bool:
    _, _, chin, commissioner, role, *_ = post
    if role not in roles_of(ACTIONS[Part(place.part)]):
        return False
    if ROLE_SCOPE[role] == Scope.CHIN:
        return bool(chin == place.chin_id)
    return bool(commissioner == place.commissioner_id)


def _seat(post: tuple[Any, ...]) -> Seat:
    _, title, _, _, _, holder, name, deputies = post
    others = [one.split(":", 1) for one in deputies or ()]
    people = ([holder] if holder else []) + [int(pk) for pk, _ in others]
    return Seat(title, name or "", tuple(name for _, name in others), tuple(people))
