"""Pages of a list by cursor: a page begins after the last row of the one before, wherever that row stands by now."""

from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.db.models import F, Q, QuerySet

from cc2h.kit.api.problems import Problem

DEFAULT, MOST = 50, 500  # rows of a page
Terms = Sequence[tuple[F, bool]]  # each field, and whether it falls


def limit_of(asked: str) -> int:
    """How many rows are asked for. Raises Problem for what is no number of rows."""
    if not asked:
        return DEFAULT
    if not (asked.isascii() and asked.isdecimal() and 1 <= int(asked[:9]) <= MOST):
        raise Problem(400, f"“limit” is a whole number from 1 to {MOST}, not “{asked[:40]}”.")
    return int(asked)


def written(path: str, sort: str, key: Sequence[Any]) -> str:
    """A cursor of the list at `path`: the order, and where in it the last row stands. Signed, so it is only ever ours."""
    plain = [one if one is None or isinstance(one, str | int | float) else str(one) for one in key]
    return _signer(path).sign_object([sort, *plain])


def read(path: str, sort: str, cursor: str) -> list[Any] | None:
    """Where the last row stands; None without a cursor. Raises Problem for a cursor of another list or order."""
    if not cursor:
        return None
    try:
        order, *key = _signer(path).unsign_object(cursor)
    except signing.BadSignature:
        order, key = None, []
    if order != sort:
        raise Problem(400, "This cursor is not of this list in this order. Follow “next” as it was given.")
    return key


def _signer(path: str) -> signing.Signer:
    return signing.Signer(salt=f"cursor of {path}")


def after(queryset: QuerySet[Any], terms: Terms, key: Sequence[Any]) -> QuerySet[Any]:
    """The rows that come after `key`: of each term its value, then the primary key. What is not known comes last."""
    *values, pk = key
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
