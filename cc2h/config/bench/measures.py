"""What is measured, and the limits. Each group is measured in one go, its parts turn by turn; values are medians."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.test.utils import override_settings
from django.urls import reverse

from budget.checking import differences
from budget.models import Line, LineKind, Source
from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.config.bench.database import run_file
from cc2h.config.bench.visitor import Visitor
from cc2h.kit import dated, words, work
from cc2h.kit.imports import services as imports
from cc2h.kit.models import Import
from chins import coverage
from chins.models import Chin, Membership, Post, PostHolding
from practices.models import Commissioner, Practice

ROUNDS = 5
VISITS = 40
LONG_AGO = date(2013, 4, 1)


@dataclass(frozen=True)
class Row:
    """One line of the result. `value` must not be above `limit`, or not below it where it is what must be reached.

    Without a value, nothing could be measured, which is not ok; `note` says why, or what a value is made of.
    """

    name: str
    value: float | None
    limit: float
    unit: str
    note: str = ""
    at_least: bool = False

    @property
    def ok(self) -> bool:
        if self.value is None:
            return False
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"ok": self.ok}

    def __str__(self) -> str:
        value = "–" if self.value is None else f"{self.value:.2f}"
        limit = f"{'≥ ' if self.at_least else ''}{self.limit:g}"
        line = f"{self.name:<24}{value:>10}{limit:>10}  {self.unit:<18}{'ok' if self.ok else 'NOT OK'}"
        return f"{line}\n    {self.note}" if self.note else line


@dataclass(frozen=True)
class Setting:
    """What a group is given: the scratch database's URL, for other processes, today, and how many million values."""

    database_url: str
    today: date
    millions: int = 20


def seconds(act: Callable[[], Any]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def execute(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


# Recomputing -------------------------------------------------------------------------------------------


def recomputing(given: Setting) -> Iterator[Row]:
    """The floor, and beside it a full recompute from nothing and one that finds nothing to do."""
    floor, cold, unchanged = [], [], []
    for _ in range(ROUNDS):
        floor.append(seconds(lambda: _floor(given.today)))
        execute("TRUNCATE chins_coveragesnapshot")
        cold.append(seconds(lambda: coverage.recompute(today=given.today)))
        unchanged.append(seconds(lambda: coverage.recompute(today=given.today)))
    best = median(floor)
    yield Row("floor", best, 2.5, "s")
    yield Row("floor-differs", _differing_rows(), 0, "rows")
    yield Row("recompute-cold", median(cold) / best, 2, "× floor")
    yield Row("recompute-unchanged", median(unchanged) / best, 1.5, "× floor")


@transaction.atomic
def _floor(today: date) -> None:
    run_file("floor.sql", today=today)


def _differing_rows() -> int:
    """Rows in which the floor's table and the snapshots differ."""
    columns = """commissioner_id, chin_id, day, practices, patients, covered_practices, covered_patients,
                 operational_patients, approved_patients, carried_forward, without_list"""
    stored = f"SELECT {columns} FROM chins_coveragesnapshot WHERE chin_id IS NULL OR practices > 0"  # noqa: S608
    floor = f"SELECT {columns} FROM bench_floor"  # noqa: S608
    ((differing,),) = execute(
        f"SELECT count(*) FROM (({stored} EXCEPT ALL {floor}) UNION ALL ({floor} EXCEPT ALL {stored})) AS d"  # noqa: S608
    )
    return int(differing)


def one_change(given: Setting) -> Iterator[Row]:
    """Claim to commit, after one of 55 practices joined a CHIN (or the join was voided), 36 and 120 months ago."""
    coverage.recompute(today=given.today)
    execute("TRUNCATE kit_work")
    chin = Chin.objects.get(pk=1)
    practice = Practice.objects.get(pk=9)
    months = [day for (day,) in execute(_MONTHS)]
    for number, limit in ((36, 100), (120, 150)):
        taken = []
        for _ in range(ROUNDS * 2):
            membership = dated.record(Membership, by=None, first=months[-number], practice=practice, chin=chin)
            taken.append(seconds(_work))
            dated.void(membership, by=None, reason="To join again")
            taken.append(seconds(_work))
        yield Row(f"one-change-{number}", median(taken) * 1000, limit, "ms")


def _work() -> None:
    """What a worker does with what one change left."""
    claimed = work.claim(coverage.WORK, "1")
    if claimed is None or not work.perform(claimed):
        raise RuntimeError("The change left no work, or it could not be done.")


# Pages -------------------------------------------------------------------------------------------------


@contextmanager
def portal() -> Iterator[WSGIHandler]:
    """The portal as its web server runs it, its static files collected and compressed, with one page more."""
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(ROOT_URLCONF="cc2h.config.bench.urls", STATIC_ROOT=Path(folder)),
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield get_wsgi_application()


def person(role: Role, *commissioners: Commissioner) -> User:
    """Somebody who holds a post of the role in each of the commissioners."""
    user = User.objects.create_user(f"{role.value}{time.monotonic_ns()}@example.org", role.label)
    for commissioner in commissioners:
        post = Post.objects.create(role=role, title=role.label, commissioner=commissioner)
        dated.record(PostHolding, by=None, first=LONG_AGO, post=post, holder=user)
    return user


def beside_hello(visitor: Visitor, addresses: list[str]) -> tuple[float, int]:
    """Of the slowest address, its median time by that of the hello page; and the most queries any needs."""
    hello = "/bench/hello/"
    taken: dict[str, list[float]] = {address: [] for address in (hello, *addresses)}
    for visit in range(VISITS + 5):
        for address, times in taken.items():
            answer = visitor.get(address)
            if visit >= 5:  # the first ones warm up
                times.append(answer.seconds)
    slowest = max(median(taken[address]) for address in addresses)
    return slowest / median(taken[hello]), max(visitor.queries(address) for address in addresses)


def practice_list(_: Setting) -> Iterator[Row]:
    """Fifty of 6,500 practices, filtered and sorted, the first page and deep ones."""
    with portal() as handler:
        visitor = Visitor(handler, person(Role.NCL_OFFICE, *Commissioner.objects.all()))
        address = reverse("practices:practice_list")
        ratio, queries = beside_hello(
            visitor,
            [
                address,
                f"{address}?sort=-patients&page=90",
                f"{address}?status=all&sort=chin&page=131",
                f"{address}?placed=in&size_from=5000&sort=commissioner&page=40",
                f"{address}?commissioner=B02&sort=-name",
                f"{address}?q=tree&chin_status=operational&sort=patients&page=60",
            ],
        )
    yield Row("practice-list", ratio, 4.5, "× hello page")
    yield Row("practice-list-queries", queries, 8, "queries")


def dashboard(_: Setting) -> Iterator[Row]:
    """The board's dashboard of a commissioner."""
    coverage.recompute()
    execute("TRUNCATE kit_work")  # the load's, which is done by that
    with portal() as handler:
        board = Commissioner.objects.get(ods_code="B02")
        visitor = Visitor(handler, person(Role.BOARD_MEMBER, board))
        address = reverse("board:dashboard", args=[board.ods_code])
        ratio, queries = beside_hello(visitor, [address])
        first, after = page_weight(visitor, address)
    yield Row("dashboard", ratio, 3, "× hello page")
    yield Row("dashboard-queries", queries, 12, "queries")
    yield Row("page-weight-first", first, 150, "KB")
    yield Row("page-weight-after", after, 40, "KB")


ENTRIES = 1_000_000
# An allocation of each line, and then commitments and payments on them, by one statement.
_LEDGER = """
    INSERT INTO budget_entry (line_id, year, kind, amount, day, reason, document)
    SELECT l.id, 2018, CASE WHEN n <= %(lines)s THEN 'allocation' WHEN n %% 2 = 0 THEN 'commitment' ELSE 'payment' END,
           CASE WHEN n <= %(lines)s THEN 100000000 WHEN n %% 2 = 0 THEN 3 ELSE 1.25 END,
           date '2018-04-01' + n %% 365, 'Bench', CASE WHEN n <= %(lines)s THEN 'A paper' ELSE '' END
    FROM generate_series(1, %(entries)s) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM budget_line WHERE slug LIKE 'bench-%%') l
         ON l.place = CASE WHEN n <= %(lines)s THEN n ELSE 1 + (n / 2) %% %(lines)s END
"""


def budget_page(_: Setting) -> Iterator[Row]:
    """The budget of a financial year of a million entries, and whether its balances are what those come to."""
    commissioner = Commissioner.objects.get(ods_code="B02")
    source = Source.objects.create(commissioner=commissioner, name="Bench", funder="ccg")
    lines = [
        Line(
            slug=f"bench-{number}",
            commissioner=commissioner,
            name=f"Bench line {number}",
            source=source,
            kind=LineKind.RECURRENT,
            first_year=2018,
            last_year=2022,
            inside=number <= 6,
        )
        for number in range(1, 11)
    ]
    Line.objects.bulk_create(lines)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LEDGER, {"lines": len(lines), "entries": ENTRIES})
    execute("ANALYZE budget_entry, budget_balance")
    with portal() as handler:
        visitor = Visitor(handler, person(Role.BOARD_MEMBER, commissioner))
        ratio, queries = beside_hello(visitor, [reverse("budget:budget", args=[commissioner.ods_code, 2018])])
    yield Row("budget-page", ratio, 3, "× hello page")
    yield Row("budget-page-queries", queries, 10, "queries")
    yield Row("budget-page-differs", len(differences()), 0, "balances")


PARTS = re.compile(r"""<(?:link|script|img|source)\b[^>]*?\b(?:href|src|srcset)=["'](/[^"' ]*)["']""")


def page_weight(visitor: Visitor, address: str) -> tuple[float, float]:
    """What a browser fetches for the page, in KB as sent: on the first visit, and on the next."""
    encoding = "gzip, deflate, br"
    page = visitor.get(address, encoding)
    plain = visitor.get(address).body.decode()
    parts = [visitor.get(part.replace("&amp;", "&"), encoding) for part in sorted(set(PARTS.findall(plain)))]
    first = len(page.body) + sum(len(part.body) for part in parts)
    after = len(page.body) + sum(len(part.body) for part in parts if not part.kept)
    return first / 1000, after / 1000


def save_to_page(given: Setting) -> Iterator[Row]:
    """From saving a membership until the dashboard shows it, by a real worker."""
    coverage.recompute(today=given.today)
    execute("TRUNCATE kit_work")
    chin, practice = Chin.objects.get(pk=1), Practice.objects.get(pk=9)
    commissioner = Commissioner.objects.get(pk=1)
    address = reverse("board:dashboard", args=[commissioner.ods_code])
    taken = []
    with portal() as handler, worker(given.database_url):
        visitor = Visitor(handler, person(Role.BOARD_MEMBER, commissioner))
        for _ in range(ROUNDS):
            membership: Membership | None = None

            def join() -> None:
                nonlocal membership
                with transaction.atomic():
                    membership = dated.record(Membership, by=None, first=LATE, practice=practice, chin=chin)
                    work.nudge()

            taken.append(seconds(lambda: _shown(visitor, address, commissioner, join)))
            with transaction.atomic():
                assert membership is not None
                dated.void(membership, by=None, reason="To join again")
                work.nudge()
            _until_done()
    yield Row("save-to-page", median(taken), 1, "s")


LATE = date(2024, 1, 1)


def _shown(visitor: Visitor, address: str, commissioner: Commissioner, change: Callable[[], None]) -> None:
    """Make a change, and ask for the page until it shows its effect and nothing is being updated."""
    change()
    shown = words.number(coverage.live_coverage(commissioner, date.today()).covered_patients).encode()  # noqa: DTZ011
    deadline = time.monotonic() + 30
    while shown not in (page := visitor.get(address).body) or b"data-updating" in page:
        if time.monotonic() > deadline:
            raise RuntimeError("The change did not reach the page.")
    _until_done()


def _until_done() -> None:
    deadline = time.monotonic() + 30
    while work.pending(coverage.WORK):
        if time.monotonic() > deadline:
            raise RuntimeError("The worker does nothing.")
        time.sleep(0.005)


@contextmanager
def worker(database_url: str) -> Iterator[None]:
    """A worker as the portal runs it."""
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "cc2h.config.celery:app", "worker", "--loglevel", "INFO"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url, "CC2H_LOG_LEVEL": "INFO"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + 60
            while b"ready." not in Path(log.name).read_bytes():
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError(f"The worker did not start:\n{Path(log.name).read_text()[-2000:]}")
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait()


# Importing ---------------------------------------------------------------------------------------------

HEADER = "PUBLICATION,EXTRACT_DATE,TYPE,CCG_CODE,ONS_CCG_CODE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS\n"


def importing(given: Setting) -> Iterator[Row]:
    """780,000 list sizes in 120 files in one job, beside a bare COPY of the same rows, each with its source."""
    copied, imported, again = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        rows, files, same = _files(Path(folder))
        _let_tables_be_emptied()
        for _ in range(3):
            execute("TRUNCATE practices_listsize, kit_work, kit_import CASCADE")
            Import.objects.bulk_create(
                Import(pk=n + 1, file_name=file.name, size_bytes=0) for n, file in enumerate(files)
            )
            copied.append(seconds(lambda: _copy(rows)))
            execute("TRUNCATE practices_listsize, kit_work, kit_import CASCADE")
            imported.append(seconds(lambda: _import(files, "new")))
            again.append(seconds(lambda: _import(same, "unchanged")))
    bare = median(copied)
    yield Row("import", median(imported) / bare, 2, "× bare COPY")
    yield Row("import-unchanged", median(again) / bare, 1, "× bare COPY")


def _let_tables_be_emptied() -> None:
    """Imports are emptied with all that came from them, some of which is kept from that for good: not in this database."""
    kept = "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%%never_emptied%%'"
    for table, trigger in list(execute(kept)):
        execute(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')


def _files(folder: Path) -> tuple[Path, list[Path], list[Path]]:
    """A list size a practice and month, as one file for COPY; as a published file a month; and again, in other bytes."""
    rows, files, same = folder / "rows.csv", [], []
    every = f"({_MONTHS}) AS m CROSS JOIN practices_practice p"
    source = "dense_rank() OVER (ORDER BY m.day)"
    _write(rows, f"SELECT p.id, m.day, {_PATIENTS}, p.id, {source} FROM {every} ORDER BY 2, 1")  # noqa: S608 - text of this file
    for (day,) in execute(_MONTHS):
        files.append(folder / f"gp-reg-pat-prac-all-{day}.csv")
        _write(
            files[-1],
            f"""SELECT 'GP_PRAC_PAT_LIST', to_char(day, 'DDMONYYYY'), 'GP', '', '', ods_code, '', 'ALL', 'ALL', {_PATIENTS}
                FROM practices_practice p, (SELECT '{day}'::date AS day) AS m ORDER BY ods_code""",  # noqa: S608
            HEADER,
        )
        same.append(folder / f"again-{day}.csv")
        same[-1].write_bytes(files[-1].read_bytes() + b"\n")
    return rows, files, same


_MONTHS = "SELECT DISTINCT day FROM practices_listsize ORDER BY day"
_COPIED = "practice_id, day, patients, row_number, source_id"
_PATIENTS = "1500 + p.id * 37 % 14000 + extract(month FROM day)::int"


def _write(file: Path, select: str, header: str = "") -> None:
    with (
        file.open("wb") as out,
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT csv)") as copy,
    ):
        out.write(header.encode())
        for block in copy:
            out.write(block)


def _copy(rows: Path) -> None:
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY practices_listsize ({_COPIED}) FROM STDIN (FORMAT csv)") as copy,
        rows.open("rb") as lines,
    ):
        while block := lines.read(1 << 20):
            copy.write(block)


def _import(files: list[Path], verdict: str) -> None:
    results = imports.run(files, group="list_sizes")
    counted = sum(getattr(result, verdict) for result in results)
    if counted != 780_000:
        raise RuntimeError(f"{counted} rows were {verdict}, not 780,000: {results[0]}")
