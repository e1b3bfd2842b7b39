"""Reading imports: the list, and the one row of a file that a number came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.shortcuts import get_object_or_404

from cc2h.kit.imports.files import Rejected, opened
from cc2h.kit.imports.jobs import StoredBytes
from cc2h.kit.imports.kinds import kinds
from cc2h.kit.models import Import, ImportChunk, ImportProblem
from cc2h.kit.stored import pieces_of

LONGEST_SHOWN = 300


@dataclass(frozen=True)
class FileRow:
    """A row of a file as it is in the file: (column, cell) pairs, or the reason why it can't be shown."""

    number: int
    cells: list[tuple[str, str]]
    sorry: str = ""
    sheet: str = ""  # of files that have several


def imports(user: Any) -> QuerySet[Import]:
    """The imports this person may see, with how many problems were found."""
    seen: QuerySet[Import] = Import.objects.visible_to(user)
    return (
        seen.select_related("uploaded_by", "decided_by")
        .defer("findings", "options")
        .annotate(problem_count=Coalesce(Cast(KeyTextTransform("problems", "findings"), IntegerField()), 0))
    )


def one_import(user: Any, pk: int) -> Import:
    """The import; raises Http404 when there is none that this person may see."""
    seen: QuerySet[Import] = Import.objects.visible_to(user)
    return get_object_or_404(seen.select_related("uploaded_by", "decided_by", "undone_by"), pk=pk)


def problems(one: Import) -> QuerySet[ImportProblem]:
    """What is wrong in the file, each with its sheet (of files that have several) and the row in that."""
    kind = kinds.get(one.kind)
    sheets = kind.sheet_lines() if kind else {}
    within = [When(line__gte=lines.start, line__lt=lines.stop, then=Value(name)) for name, lines in sheets.items()]
    starts = [When(line__gte=lines.start, line__lt=lines.stop, then=Value(lines.start)) for lines in sheets.values()]
    return ImportProblem.objects.filter(of=one).annotate(
        sheet=Case(*within, default=Value("")), row=F("line") - Case(*starts, default=Value(0))
    )


def pieces(one: Import) -> Iterator[bytes]:
    """The stored bytes, a piece at a time."""
    return pieces_of(ImportChunk, one.pk)


def row_of(one: Import, number: int) -> FileRow:
    """Row `number` (as a text editor or a spreadsheet counts, the header included) of the stored bytes."""
    kind = kinds.get(one.kind)
    try:
        with opened(StoredBytes(one.pk), one.file_name) as contents:
            sheet, wanted = kind.sheet_of(contents.head, number) if kind else (next(iter(contents.sheets)), number)
            rows = contents.sheets.get(sheet, iter(()))
            header = kind.names(contents.head, sheet) if kind else contents.head.first
            for line, cells in rows:
                if line == wanted:
                    names = header + [""] * (len(cells) - len(header))
                    return FileRow(
                        wanted,
                        [
                            (name or f"Column {place}", cell[:LONGEST_SHOWN])
                            for place, (name, cell) in enumerate(zip(names, cells, strict=False), 1)
                        ],
                        sheet=kind.place(number)[0] if kind else "",
                    )
                if line > wanted:
                    break
    except Rejected as refusal:
        return FileRow(number, [], str(refusal))
    return FileRow(number, [], f"The file has no row {number}, or the row is blank.")


def trouble(one: Import) -> str:
    """What went wrong when the worker last tried, if it failed by a fault and will try again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT last_error FROM kit_work
            WHERE kind = 'import' AND key = %s AND done_at IS NULL AND last_error <> '' ORDER BY id LIMIT 1
            """,
            [str(one.pk)],
        )
        found = cursor.fetchone()
    return found[0] if found else ""
