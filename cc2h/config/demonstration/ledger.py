"""What was recorded when: versions of dated records, as they would have come about day by day.

The story says on which day something became known; the ledger turns that into versions with both time lines.
Records name each other as people do: a practice by its code, a CHIN by its slug, a person by e-mail address.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from cc2h.kit.dated import Act, Dated
from cc2h.kit.days import LONDON

NAMESPACE = uuid.UUID("c2ab7a1e-5f6d-4c0b-9d6e-0000000007c2")
OFFICE_OPENS = time(10)


def moment(day: date) -> datetime:
    """When something that became known on `day` was recorded: ten in the morning, London time."""
    return datetime.combine(day, OFFICE_OPENS, LONDON)


@dataclass
class Version:
    """A version of a record: true from `first` to `last` inclusive, held from `known` until `known_until`."""

    model: type[Dated]
    thread: uuid.UUID
    facts: Mapping[str, Any]
    first: date
    last: date | None
    known: datetime
    by: str
    reason: str = ""
    known_until: datetime | None = None
    closed_act: str = ""
    closed_by: str = ""
    closed_reason: str = ""


class Ledger:
    """Every version of every dated record of a story, in the order in which they were recorded."""

    def __init__(self) -> None:
        self._versions: list[Version] = []
        self._records = 0

    def __iter__(self) -> Iterator[Version]:
        return iter(self._versions)

    def of(self, model: type[Dated]) -> list[Version]:
        return [version for version in self._versions if version.model is model]

    def record(
        self,
        model: type[Dated],
        *,
        first: date,
        known: date,
        by: str,
        last: date | None = None,
        reason: str = "",
        **facts: Any,
    ) -> Version:
        """A new record, true from `first`, which became known on the day `known`."""
        self._records += 1
        thread = uuid.uuid5(NAMESPACE, f"{model.__name__} {self._records}")
        version = Version(model, thread, facts, first, last, moment(known), by, reason)
        self._versions.append(version)
        return version

    def end(self, version: Version, *, last: date, known: date, by: str, reason: str = "") -> Version:
        """It became known on `known` that it was (or will be) true until `last`."""
        self._close(version, Act.ENDED, known, by, reason)
        return self._succeed(version, known, by, reason, last=last)

    def correct(
        self,
        version: Version,
        *,
        known: date,
        by: str,
        reason: str,
        first: date | None = None,
        last: date | None = None,
        **facts: Any,
    ) -> Version:
        """What was recorded was wrong, or a plan changed: other facts, or another first or last day."""
        self._close(version, Act.CORRECTED, known, by, reason)
        changes = {"first": first or version.first, "last": last or version.last, "facts": {**version.facts, **facts}}
        return self._succeed(version, known, by, reason, **changes)

    def void(self, version: Version, *, known: date, by: str, reason: str) -> None:
        """It was never true."""
        self._close(version, Act.VOIDED, known, by, reason)

    def _close(self, version: Version, act: Act, known: date, by: str, reason: str) -> None:
        if version.known_until is not None or moment(known) <= version.known:
            raise ValueError(f"{version} can't be closed on {known}.")
        version.known_until, version.closed_act = moment(known), act.value
        version.closed_by, version.closed_reason = by, reason

    def _succeed(self, version: Version, known: date, by: str, reason: str, **changes: Any) -> Version:
        successor = replace(
            version,
            known=moment(known),
            by=by,
            reason=reason,
            known_until=None,
            closed_act="",
            closed_by="",
            closed_reason="",
            **changes,
        )
        self._versions.append(successor)
        return successor
