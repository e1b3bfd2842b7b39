"""What the API answers about imports."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from cc2h.kit.asat import AsAt


class ImportItem(msgspec.Struct):
    """A file that came in."""

    id: int
    file_name: str
    kind: str
    state: str
    extract_day: date | None
    rows: int
    problems: int
    sha256: str
    uploaded_at: datetime


class ProblemItem(msgspec.Struct):
    """One thing wrong in a file; `quarantined`: its row is held back. `sheet` and `row`: where, in a workbook of several."""

    id: int
    line: int | None
    column: str
    value: str
    problem: str
    quarantined: bool
    sheet: str
    row: int | None


class ImportShape(msgspec.Struct):
    """A file, what was found in it, and what became of it. `findings`: how many rows of each verdict, and the like."""

    id: int
    file_name: str
    sha256: str
    size_bytes: int
    kind: str
    state: str
    extract_day: date | None
    rows: int
    progress: int
    rejection: str
    findings: dict[str, Any]
    uploaded_by: str
    uploaded_at: datetime
    decided_by: str
    imported_at: datetime | None
    undone_by: str
    undone_at: datetime | None
    undo_reason: str


def one_import(context: Mapping[str, Any], asat: AsAt) -> ImportShape:
    """What templates/imports/detail.html shows."""
    one = context["one"]
    return ImportShape(
        id=one.pk,
        file_name=one.file_name,
        sha256=one.sha256,
        size_bytes=one.size_bytes,
        kind=one.kind,
        state=one.state,
        extract_day=one.extract_day,
        rows=one.rows,
        progress=one.progress,
        rejection=one.rejection,
        findings=one.findings,
        uploaded_by=str(one.uploaded_by or ""),
        uploaded_at=one.uploaded_at,
        decided_by=str(one.decided_by or ""),
        imported_at=one.merged_at,
        undone_by=str(one.undone_by or ""),
        undone_at=one.undone_at,
        undo_reason=one.undo_reason,
    )
