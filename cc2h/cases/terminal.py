"""What the command `case` does: each room adds its own acts, through the same services as its pages."""

import json
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cc2h.accounts.models import User
from cc2h.cases.models import Case
from cc2h.kit.days import NotADay, parse_day

UNKNOWN = "unknown"  # the code of a refusal about something that nothing is called


@dataclass(frozen=True, slots=True)
class Answer:
    """What an act came to: as JSON, in words, and whether anything is wrong."""

    said: Any
    text: str
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """arguments: adds the act's own to its parser. do: called with what was given, and today."""

    name: str
    help: str
    arguments: Callable[[Any], None]
    do: Callable[[Mapping[str, Any], date], Answer]


acts: dict[str, Act] = {}


def provide(act: Act) -> None:
    """Register an act; called from a room's AppConfig.ready()."""
    acts[act.name] = act


def find(number: str) -> Case | None:
    found: Case | None = Case.objects.select_related("chin", "commissioner").filter(number=number).first()
    return found


def a_day(text: str) -> date:
    """The type of an argument that is a day."""
    try:
        return parse_day(text)
    except NotADay as problem:
        raise ArgumentTypeError(str(problem)) from None


def a_person(text: str) -> User:
    """The type of an argument that names somebody who signs in."""
    user = User.objects.filter(email__iexact=text, is_active=True).first()
    if user is None:
        raise ArgumentTypeError(f"nobody signs in as {text}")
    return user


def as_json(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2, default=str)
