"""Pages of a list by cursor: a page begins after the last row of the one before, wherever that row stands by now."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

import msgspec
from django.db.models import F, Q, QuerySet

from cc2h.kit.api.problems import Problem

DEFAULT, MOST = 50, 500  # rows of a page
Terms = Sequence[tuple[F, bool]]  # each field, and whether it falls


class ListShape(msgspec.Struct):
    """A page of a list. `next` is the address of the next page, null on the last."""

    rows: list[dict[str, Any]]
    next: str | None


def limit_of(asked: str) -> int:
    """How many rows are asked for. Raises Problem for what is no number of rows."""
    if not asked:
        return DEFAULT
    if not (asked.isascii() and asked.isdecimal() and 1 <= int(asked[:9]) <= MOST):
        raise Problem(400, f"“limit” is a whole number from 1 to {MOST}, not “{asked[:40]}”.")
    return int(asked)


def written(sort: str, key: Sequence[Any]) -> str:
    """A cursor: the order, and where in it the last row stands."""
    text = json.dumps([sort, *key], default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, sort: str) -> list[Any] | None:
    """Where the last row stands; None without a cursor. Raises Problem for a cursor of another list or order."""
    if not cursor:
        return None
    try:
        order, *key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        order, key = None, []
    plain = all(one is None or isinstance(one, str | int | float) for one in key)
    if order != sort or not key or not plain or not isinstance(key[-1], int) or "\0" in str(key):
        raise Problem(400, "This cursor is not of this list in this order. Follow “next” as it was given.")
    return key


def after(queryset: QuerySet[Any], terms: Terms, key: Sequence[Any]) -> QuerySet[Any]:
    """The rows that come after `key`: of each term its value, then the primary key. What is not known comes last."""
    *values, pk = key
    if len(values) != len(terms):
        raise Problem(400, "This cursor is not of this list.")
    beyond, same = Q(pk__gt=pk), Q()
    parts = []
    for (field, falls), value in zip(terms, values, strict=True):
        name = str(field.name)  # type: ignore[attr-defined]
        if value is None:
            same &= Q(**{f"{name}__isnull": True})
            continue
        later = Q(**{f"{name}__{'lt' if falls else 'gt'}": value}) | Q(**{f"{name}__isnull": True})
        parts.append(same & later)
        same &= Q(**{name: value})
    parts.append(same & beyond)
    found = parts[0]
    for part in parts[1:]:
        found |= part
    return queryset.filter(found)
