"""Working on imports of one kind: staged by COPY, checked and planned by SQL over all rows, merged in one transaction.

Everything stands in temporary tables of the transaction: a killed worker leaves nothing behind, two workers can't
meet, and no stale row of an earlier attempt can ever be merged.
"""

import io
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import IO, Any

from django.db import connection
from django.db.models import QuerySet

from cc2h.kit import programme, words, work
from cc2h.kit.imports.files import Rejected, opened
from cc2h.kit.imports.kinds import Importer
from cc2h.kit.models import Import, Programme
from cc2h.kit.sql import Sql
from cc2h.kit.stored import bytes_cursor

PROBLEMS_KEPT = 100_000  # of each import, more than any published file has rows; the total is exact
LINES_AT_A_TIME = 1_000
SORT_MEMORY = "128MB"  # a job holds every row of its files, and is one at a time
IN_MEMORY = 8 << 20  # bytes of a file; of a larger one they are on disk
Tell = Callable[[int], None]

CHANGES = ("new", "changed", "closed")
VERDICTS = (*CHANGES, "unchanged")


class StoredBytes(io.RawIOBase):
    """The bytes of an import as they came, read from the database a piece at a time."""

    def __init__(self, import_id: int) -> None:
        self.import_id, self.number, self.piece, self.over = import_id, 0, memoryview(b""), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.piece and not self.over:
            self.piece = self._next()
            self.over = not self.piece
        size = min(len(buffer), len(self.piece))
        buffer[:size], self.piece = self.piece[:size], self.piece[size:]
        return size

    def _next(self) -> memoryview:
        with bytes_cursor() as cursor:
            cursor.execute(
                "SELECT data FROM kit_importchunk WHERE of_id = %s AND number = %s",
                [self.import_id, self.number],
                binary=True,
            )
            found = cursor.fetchone()
        piece = memoryview(found[0]) if found else memoryview(b"")
        self.number += 1
        return piece


@contextmanager
def _taken_out(one: Import, tell: Tell | None) -> Iterator[io.BufferedReader]:
    """The bytes of an import in a file of its own, so that the connection is free for COPY while they are read.

    tell: called with how many bytes have been read, about once a megabyte.
    """
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        shutil.copyfileobj(StoredBytes(one.pk), spool, 1 << 20)
        spool.seek(0)
        yield io.BufferedReader(_Told(spool, tell), 1 << 20)


class _Told(io.RawIOBase):
    """Passes on a stream's bytes and tells how many it has passed."""

    def __init__(self, source: IO[bytes], tell: Tell | None) -> None:
        self.source, self.told, self.done = source, tell, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.source.read(len(buffer))
        buffer[: len(data)] = data
        self.done += len(data)
        if self.told:
            self.told(self.done)
        return len(data)


class Job:
    """Imports of one kind in one transaction: `stage`, then `check`, then `plan`, then perhaps `merge`.

    An import that is refused on the way stands in `refused`; the others go on.
    """

    def __init__(
        self, kind: type[Importer], imports: Sequence[Import], *, today: date, tell: Tell | None = None
    ) -> None:
        self.kind, self.imports, self.today, self.tell = kind, list(imports), today, tell
        self.importer = kind(self.imports)
        self.importer.telling = tell
        self.refused: dict[int, Rejected] = {}
        self.asks: dict[str, str] = {}
        self.illustrative = False
        self.before: dict[int, int] = {}  # by import, how many rows an earlier import of the same bytes has merged
        self.sql = Sql(connection.cursor(), today=today, day=None, only=None)

    @property
    def accepted(self) -> list[Import]:
        return [one for one in self.imports if one.pk not in self.refused]

    # Staging -----------------------------------------------------------------------------------------
    def stage(self) -> None:
        """Read the files into `staged`, find out their day, and whether they may be in this database at all."""
        kept = (column.name for column in self.kind.columns if column.used and column.staged)
        columns = dict.fromkeys(kept, "text") | dict(self.kind.extra_staging)
        self.sql.run("SET LOCAL work_mem = %(memory)s", memory=SORT_MEMORY)
        declared = ", ".join(f'"{name}" {sort}' for name, sort in columns.items())
        self.sql.run("DROP TABLE IF EXISTS staged, problem")
        self.sql.run(f"CREATE TEMP TABLE staged (import_id bigint, line int, {declared}) ON COMMIT DROP")
        self.sql.run(
            """
            CREATE TEMP TABLE problem (import_id bigint, line int, "column" text, value text, problem text, rule text,
                                       held_back boolean) ON COMMIT DROP
            """
        )  # without a text it is none: the row is left out, and nothing is wrong with it
        for one in self.imports:
            one.rows = 0
            try:
                self._copy(one)
            except Rejected as refusal:
                self._refuse(one, refusal)
        self.sql.run("ANALYZE staged")
        for one in self.accepted:
            if not one.rows:
                self._refuse(one, Rejected("The file has a header but no rows."))
        if self.accepted:
            self._settle_the_day()
            self._may_stand_here()

    def _copy(self, one: Import) -> None:
        refusal = None
        with _taken_out(one, self.tell) as raw, opened(raw, one.file_name) as contents:
            lines = _copy_lines(one.pk, self.importer.rows(contents))
            with self.sql.cursor.copy("COPY staged FROM STDIN WITH (NULL '')") as copy:
                try:
                    while some := list(islice(lines, LINES_AT_A_TIME)):
                        copy.write("".join(some))
                        one.rows += len(some)
                except Rejected as problem:  # a COPY that ends in an error would end the transaction
                    refusal = problem
        if refusal:
            raise refusal

    def _refuse(self, one: Import, refusal: Rejected) -> None:
        self.refused[one.pk] = refusal
        self.sql.run("DELETE FROM staged WHERE import_id = %(id)s", id=one.pk)

    def _settle_the_day(self) -> None:
        """The day a person gave, else the one in the file's name, else what the content suggests, else ask."""
        one = self.accepted[0]
        self.sql.parameters["only"] = one.options.get("only") or None
        if self.kind.asks_for_day:
            given = one.options.get("day")
            one.extract_day = (
                date.fromisoformat(given)
                if given
                else self.importer.day_from_name(one.file_name) or self.importer.day_from_content(self.sql)
            )
            if one.extract_day is None:
                self.asks["day"] = self.kind.asks_for_day
            self.sql.parameters["day"] = one.extract_day

    def _may_stand_here(self) -> None:
        """Illustrative and real never mix in one database."""
        self.illustrative = self.importer.illustrative(self.sql)
        held = programme.kind()
        if held == Programme.Kind.REAL and self.illustrative:
            for one in self.accepted:
                self._refuse(one, Rejected("This file is about illustrative practices, and the register is real."))
        elif held == Programme.Kind.ILLUSTRATIVE and not self.illustrative:
            self.asks["remove_illustrative"] = (
                "This is a real file, and the portal holds the illustrative programme. They never stand side by side: "
                "remove the illustrative programme first."
            )

    # Checking and planning ---------------------------------------------------------------------------
    def check(self) -> None:
        """Fill `problem`; refuse what can't be used at all."""
        if only := self.sql.parameters["only"]:
            self._leave_others_out(words.listed(only))
            if not self.accepted:
                return
        try:
            self.importer.check(self.sql)
        except Rejected as refusal:
            self.importer.refused |= {one.pk: refusal for one in self.accepted}
        for one in self.accepted:
            if one.pk in self.importer.refused:
                self._refuse(one, self.importer.refused[one.pk])
            else:
                one.extract_day = self.importer.days.get(one.pk, one.extract_day)
                self._leave_what_is_imported(one)
        if len(self.imports) == 1:
            self.sql.parameters["day"] = self.imports[0].extract_day
        self.sql.run("ANALYZE problem")

    def _leave_others_out(self, asked_for: str) -> None:
        left_out = self.sql.run(f"DELETE FROM staged s WHERE ({self.kind.scope}) IS NOT TRUE")
        self.importer.notes.append(f"{words.plural(left_out, 'row')} of other commissioners: left out.")
        some = {row[0] for row in self.sql.rows("SELECT DISTINCT import_id FROM staged")}
        for one in self.accepted:
            if one.pk not in some:
                self._refuse(one, Rejected(f"The file has no row of {asked_for}."))

    def _leave_what_is_imported(self, one: Import) -> None:
        """Of bytes that were imported before with the same options, only the rows held back then are looked at again:
        what has been changed since the first time stays changed."""
        before = earlier(one).order_by("pk").last()
        if before is None:
            return
        self.before[one.pk] = sum(before.findings.get(verdict, 0) for verdict in VERDICTS)
        told = """
            SELECT line FROM kit_importproblem WHERE of_id = %(before)s AND quarantined AND line IS NOT NULL
        """
        if before.findings.get("problems", 0) > PROBLEMS_KEPT:  # of the rows after the last one kept, nothing is known
            told += "UNION SELECT s.line FROM staged s WHERE s.line > (SELECT max(line) FROM kit_importproblem WHERE of_id = %(before)s)"
        self.sql.run(
            f"""
            INSERT INTO problem (import_id, line, rule, held_back)
            SELECT import_id, line, 'imported', true FROM staged
            WHERE import_id = %(id)s AND line NOT IN ({told})
            """,
            id=one.pk,
            before=before.pk,
        )

    def plan(self) -> dict[int, dict[str, Any]]:
        """What the files would do, as `findings` of each import that is not refused."""
        verdicts = self.importer.plan(self.sql)
        hashed, alone = "NULL", len(self.imports) == 1
        if alone:
            self.sql.table("verdict", verdicts)
            verdicts, hashed = "TABLE verdict", "sum(hashtextextended(concat_ws(E'\\t', key, before, after), 0))::text"
        findings: dict[int, dict[str, Any]] = {
            one.pk: dict.fromkeys(VERDICTS, 0) | {"missing": 0, "fingerprint": "", "totals": [], "changes": []}
            for one in self.accepted
        }
        for import_id, before in self.before.items():
            findings[import_id] |= {"unchanged": before, "fingerprint": f"imported {before};"}
        for import_id, verdict, count, fingerprint in self.sql.rows(
            f"""
            SELECT import_id, verdict, count(*), {hashed} FROM ({verdicts}) AS verdicts
            GROUP BY import_id, verdict ORDER BY import_id, verdict
            """
        ):
            findings[import_id][verdict] += count
            findings[import_id]["fingerprint"] += f"{verdict} {count} {fingerprint or ''};"
        counted = self.problem_counts()
        for one in self.accepted:
            if not findings[one.pk]["fingerprint"]:
                sentence = "None of its rows can be used." if one.rows > 1 else "Its one row can’t be used."
                why = "The problems below say why." if counted[one.pk]["problems"] else " ".join(self.importer.notes)
                self._refuse(one, Rejected(f"{sentence} {why}"))
                del findings[one.pk]
            else:
                findings[one.pk] |= counted[one.pk]
        if alone and self.accepted:
            self._describe(findings[self.accepted[0].pk])
        return findings

    def problem_counts(self) -> dict[int, dict[str, int]]:
        """By import: how many problems, how many rows are held back for them, and how many of practices not known."""
        counts = {one.pk: dict.fromkeys(("problems", "held_back", "unknown"), 0) for one in self.imports}
        for import_id, total, held_back, unknown in self.sql.rows(
            """
            SELECT import_id, count(*), count(DISTINCT line) FILTER (WHERE held_back),
                   count(*) FILTER (WHERE rule = 'unknown practice')
            FROM problem WHERE problem IS NOT NULL GROUP BY import_id
            """
        ):
            counts[import_id] = {"problems": total, "held_back": held_back, "unknown": unknown}
        return counts

    def _describe(self, findings: dict[str, Any]) -> None:
        findings["missing"] = self.importer.missing(self.sql)
        findings["totals"] = [total.as_row() for total in self.importer.totals(self.sql)]
        findings["when"] = self.importer.when(self.sql)
        findings["notes"] = self.importer.notes
        findings |= self.importer.describe(self.sql)
        findings["changes"] = [
            list(row)
            for row in self.sql.rows(
                """
                SELECT line, key, verdict, before, after FROM verdict WHERE verdict <> 'unchanged'
                ORDER BY array_position(ARRAY['closed', 'changed', 'new'], verdict), line LIMIT %(shown)s
                """,
                shown=self.kind.changes_shown,
            )
        ]

    def keep_problems(self) -> None:
        """Store what was found wrong, replacing what an earlier check found: the first thousands, and the count."""
        self.sql.run("DELETE FROM kit_importproblem WHERE of_id = ANY(%(ids)s)", ids=[one.pk for one in self.imports])
        self.sql.run(
            """
            INSERT INTO kit_importproblem (of_id, line, "column", value, problem, quarantined)
            SELECT import_id, line, left("column", 100), left(coalesce(value, ''), 200), left(problem, 400), held_back
            FROM (SELECT *, row_number() OVER (PARTITION BY import_id ORDER BY line, problem) AS nth
                  FROM problem WHERE problem IS NOT NULL) AS all_
            WHERE nth <= %(kept)s ORDER BY import_id, nth
            """,
            kept=PROBLEMS_KEPT,
        )

    # Merging -----------------------------------------------------------------------------------------
    def merge(self, by: Any) -> None:
        """Write what was planned. The caller has planned under `one_at_a_time`, in the same transaction."""
        self.importer.merge(self.sql, by)
        programme.become(Programme.Kind.ILLUSTRATIVE if self.illustrative else Programme.Kind.REAL)
        work.nudge()


def earlier(one: Import) -> QuerySet[Import]:
    """Imports of the same bytes as the same kind, with the same said about them."""
    same = Import.objects.filter(sha256=one.sha256, kind=one.kind, state=Import.State.IMPORTED).exclude(pk=one.pk)
    return same.filter(options=one.options)


def one_at_a_time() -> None:
    """Wait until no other import is being merged; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('kit_import'))")


def _copy_lines(import_id: int, rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[str]:
    """Lines of COPY's text format; a blank cell is NULL."""
    for line, cells in rows:
        text = "\t".join(cells)
        if "\\" in text or "\n" in text or "\r" in text or text.count("\t") >= len(cells):
            text = "\t".join(map(_escaped, cells))
        yield f"{import_id}\t{line}\t{text}\n"


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
