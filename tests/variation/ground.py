"""Practices with values to hold against each other."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from kpis.models import Measure
from practices.models import Commissioner, Practice
from tests.factories import CommissionerFactory, PracticeFactory, person
from tests.factories.kpis import value

ENDS = date(2018, 3, 31)
PAGE = {"as_at": "2018-12-06"}


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


def programme() -> Commissioner:
    made: Commissioner = CommissionerFactory(in_programme=True)
    return made


def those(
    measure: Measure, commissioner: Commissioner, tops: Sequence[Any], sizes: Sequence[Any], **facts: Any
) -> list[Practice]:
    """A practice for each pair of numbers, in the order of their codes."""
    made = sorted((PracticeFactory(commissioner=commissioner) for _ in tops), key=lambda practice: practice.ods_code)
    for practice, top, size in zip(made, tops, sizes, strict=True):
        value(measure, practice, ENDS, *(None if one is None else str(one) for one in (top, size)), **facts)  # type: ignore[arg-type]
    return made


def api(client: Client, name: str, code: str, **query: str) -> Any:
    return client.get("/api/v1" + reverse(f"variation:{name}", args=[code]), {**PAGE, **query}).json()


def page(client: Client, name: str, code: str, **query: str) -> str:
    answer = client.get(reverse(f"variation:{name}", args=[code]), {**PAGE, **query})
    assert answer.status_code == 200
    return answer.content.decode()
