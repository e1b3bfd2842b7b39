"""What the API answers about people and what they may do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from cc2h.accounts.authority import ROLE_SCOPE, Action
from cc2h.kit.api.shapes import EntryShape, entries
from cc2h.kit.asat import AsAt


class PersonItem(msgspec.Struct):
    """Somebody who may sign in, or could once."""

    id: int
    name: str
    email: str
    may_sign_in: bool
    last_signed_in: datetime | None


class HeldPost(msgspec.Struct):
    """A post, and what it lets its holder do, how far."""

    id: int
    role: str
    title: str
    deputy_for: str
    may: dict[str, str]


class MeShape(msgspec.Struct):
    """Who is asking, and what they may do today. `token_for`: what the token narrows it to; null without one."""

    name: str
    email: str
    posts: list[HeldPost]
    token_for: list[str] | None


class PersonShape(msgspec.Struct):
    """A person: their access, their posts, what was changed about them."""

    id: int
    name: str
    email: str
    may_sign_in: bool
    second_factor: bool
    posts: list[str]
    history: list[EntryShape]


class RoleShape(msgspec.Struct):
    """A role, what a post of it is a post of, and what it may do, how far."""

    role: str
    of: str
    may: dict[str, str]


class WhoCanShape(msgspec.Struct):
    """Who can do what."""

    roles: list[RoleShape]


def me(context: Mapping[str, Any], asat: AsAt) -> MeShape:
    """What templates/people/me.html shows."""
    user = context["user"]
    posts = [
        HeldPost(
            post["holding"].post_id,
            post["holding"].role,
            post["holding"].title,
            post["holding"].deputy_for,
            dict(post["may"]),
        )
        for post in context["posts"]
    ]
    only = user.authority.only
    return MeShape(user.name, user.email, posts, None if only is None else sorted(only))


def person(context: Mapping[str, Any], asat: AsAt) -> PersonShape:
    """What templates/people/user.html shows."""
    user = context["shown"]
    return PersonShape(
        id=user.pk,
        name=user.name,
        email=user.email,
        may_sign_in=user.is_active,
        second_factor=context["factor"],
        posts=[holding.title for holding in context["posts"]],
        history=entries(context["entries"]),
    )


def who_can(context: Mapping[str, Any], asat: AsAt) -> WhoCanShape:
    """What templates/people/who_can.html shows."""
    roles = []
    for group in context["groups"]:
        for place, role in enumerate(group["roles"]):
            may = {str(Action(action).label): reaches[place] for action, reaches in group["rows"] if reaches[place]}
            roles.append(RoleShape(role.value, ROLE_SCOPE[role].value, may))
    return WhoCanShape(roles)
