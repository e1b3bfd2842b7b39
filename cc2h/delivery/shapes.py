"""What the API answers about actions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.delivery import wording
from cc2h.kit.api.shapes import EntryShape, entries
from cc2h.kit.asat import AsAt


class ActionItem(msgspec.Struct):
    """An action in the list. `kind`, `record` and `about` name what it is about; blank where that is not yours to see.

    `due` is the last day on which it is in time; null where the event it was due before has been taken back.
    """

    id: int
    action: str
    kind: str
    record: str
    about: str
    owner: str
    held_by: str | None
    due: date | None
    due_in_words: str
    event_day: date | None
    state: str
    days_open: int
    days_overdue: int
    raised_on: date
    raised_by: str | None
    closed_on: date | None
    closed_by: str | None
    evidence: str
    reason: str


class ActionShape(ActionItem):
    """An action, and what was done to it."""

    page: str
    history: list[EntryShape] | None


HEADER = tuple(field.name for field in msgspec.structs.fields(ActionItem) if field.name != "id")


def row(one: Any, today: date) -> tuple[Any, ...]:
    """An action as a row of the list, in the order of HEADER; it has its due day, its holder and its record."""
    seen = one.record
    return (
        one.what,
        one.kind,
        seen.key if seen else "",
        seen.name if seen else "",
        one.owner.title,
        one.holder,
        one.due,
        wording.when(one),
        one.event_on,
        one.state,
        wording.days_open(one, today),
        wording.days_overdue(one, today),
        one.raised_on,
        str(one.raised_by) if one.raised_by else None,
        one.closed_on,
        str(one.closed_by) if one.closed_by else None,
        one.evidence,
        one.reason,
    )


def action(context: Mapping[str, Any], asat: AsAt) -> ActionShape:
    """What templates/delivery/action.html shows."""
    one = context["action"]
    page = one.record.page if one.record else ""
    said = entries(context["history"]) if context["history"] is not None else None
    columns = dict(zip(HEADER, row(one, asat.today), strict=True))
    return ActionShape(id=one.pk, **columns, page=page, history=said)
