"""What the tests of money share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from budget.kinds import SUMS
from budget.models import Balance, Line

DAY = date(2018, 10, 1)
YEAR = 2018


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        act()
    return " ".join(refusal.value.messages)


def balance(line: Line, chin: Any = None) -> dict[str, Any]:
    found = Balance.objects.get(line=line, year=YEAR, chin=chin)
    return {name: getattr(found, name) for name in (*SUMS, "overcommitted")}


def pounds(*amounts: int | None, overcommitted: bool = False) -> dict[str, Any]:
    given = (*amounts, *(0 for _ in range(4 - len(amounts))))
    return {name: None if n is None else Decimal(n) for name, n in zip(SUMS, given, strict=True)} | {
        "overcommitted": overcommitted
    }


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """What each of so many real connections gets that do it at the same moment; a refusal is the refusal."""
    start = Barrier(number)

    def run(place: int) -> Any:
        try:
            start.wait(30)
            return act(place)
        except (ValidationError, IntegrityError) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))
