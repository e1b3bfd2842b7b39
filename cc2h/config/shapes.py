"""What the API answers about how the portal runs."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from cc2h.kit.asat import AsAt


class WaitingShape(msgspec.Struct):
    """Work of one kind that is not done; `seconds` since the oldest was left."""

    kind: str
    pieces: int
    under_way: int
    failed: int
    seconds: float
    last_error: str


class JobShape(msgspec.Struct):
    """Work that was done, and how long it took from when it was left."""

    kind: str
    key: str
    reason: str
    done_at: datetime
    seconds: float
    attempts: int
    request: str | None


class OperationsShape(msgspec.Struct):
    """How the portal runs. `queues` is null while the broker does not answer.

    `database_disk_free_bytes`: null where PostgreSQL is elsewhere. `database_grew_bytes`: since `database_grew_since`.
    """

    waiting: list[WaitingShape]
    queues: dict[str, int] | None
    jobs: list[JobShape]
    files: dict[str, int]
    versions: dict[str, str]
    disk_free_bytes: int
    database_bytes: int
    connections: int
    connections_allowed: int
    database_disk_free_bytes: int | None
    database_grew_bytes: int | None
    database_grew_since: date | None


def operations(context: Mapping[str, Any], asat: AsAt) -> OperationsShape:
    """What templates/config/operations.html shows."""
    waiting = [
        WaitingShape(*(getattr(one, name) for name in WaitingShape.__struct_fields__)) for one in context["waiting"]
    ]
    jobs = [JobShape(*(getattr(one, name) for name in JobShape.__struct_fields__)) for one in context["jobs"]]
    disk, growth = context["database_disk"], context["growth"]
    return OperationsShape(
        waiting,
        context["queues"],
        jobs,
        context["files"],
        context["versions"],
        context["disks"][0].free,
        context["database_bytes"],
        context["connections"],
        context["connections_allowed"],
        disk.free if disk else None,
        growth.bytes if growth else None,
        growth.since if growth else None,
    )
