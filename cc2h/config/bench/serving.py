"""What is measured of serving: the API, tables out, search, what processes weigh, and many readers at once."""

import csv
import gc
import io
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import xlsxwriter
from django.conf import settings
from django.db import connection
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.config.bench.database import run_file
from cc2h.config.bench.measures import Row, Setting, execute, person, portal, seconds
from cc2h.config.bench.visitor import Visitor
from cc2h.kit import charts, exports, work
from cc2h.kit.models import ChartImage
from practices.models import Commissioner, ListSize, Practice

VISITS = 60
ROWS = 100_000
COLUMNS = ("id", "practice", "day", "patients", "row")
MISSPELT = ("tre surgrey", "rowan tree surgrey 77", "practcie 77", "lead of chin 12", "a0200", "nw1 7zz", "willow")
REQUESTS, JOBS, CHARTS = 1000, 100, 1000
READERS, READING_SECONDS = 50, 30


def api_list(_: Setting) -> Iterator[Row]:
    """Fifty practices by the API, beside a bare view that selects the same rows and writes the same JSON."""
    with portal() as handler:
        visitor = Visitor(handler, person(Role.NCL_OFFICE, *Commissioner.objects.all()))
        ours, bare = "/api/v1/practices/?limit=50&sort=-patients", "/bench/practices/"
        taken: dict[str, list[float]] = {bare: [], ours: []}
        for visit in range(VISITS + 5):
            for address, times in taken.items():
                answer = visitor.get(address)
                if visit >= 5:
                    times.append(answer.seconds)
        yield Row("api-list", median(taken[ours]) / median(taken[bare]), 1.5, "× bare view")


def tables_out(_: Setting) -> Iterator[Row]:
    """100,000 rows as the list pages hand them out, beside the libraries writing the same rows from memory."""
    queryset = ListSize.objects.order_by("pk").values_list("pk", "practice", "day", "patients", "row_number")[:ROWS]
    kept = list(queryset)
    if len(kept) != ROWS:
        raise RuntimeError(f"There are {len(kept)} rows, not {ROWS}.")
    gc.freeze()  # as a web process has done; these rows are the library's alone, and no garbage to look through for ours

    def plain_csv() -> None:
        writer = csv.writer(io.StringIO())
        writer.writerow(COLUMNS)
        writer.writerows(kept)

    def plain_xlsx() -> None:
        with tempfile.TemporaryFile() as file, xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
            for line, row in enumerate((COLUMNS, *kept)):
                for column, value in enumerate(row):
                    sheet.write(line, column, value, day if column == 2 and line else None)

    def our_csv() -> None:
        for _ in exports.csv_lines(COLUMNS, queryset.iterator(chunk_size=exports.ROWS_FETCHED)):
            pass

    def our_xlsx() -> None:
        exports.xlsx_file("list sizes", COLUMNS, queryset.iterator(chunk_size=exports.ROWS_FETCHED)).close()

    for name, ours, plain, limit in (("csv", our_csv, plain_csv, 1.5), ("xlsx", our_xlsx, plain_xlsx, 3)):
        pairs = [(seconds(ours), seconds(plain)) for _ in range(7)]
        yield Row(name, median(a for a, _ in pairs) / median(b for _, b in pairs), limit, "× library")
    gc.unfreeze()
    kept.clear()
    for name, ours in (("csv-memory", our_csv), ("xlsx-memory", our_xlsx)):
        yield Row(name, _in_a_child(ours), 60, "MB above idle")


def _in_a_child(act: Callable[[], Any]) -> float:
    """By how many megabytes a process of its own is at most larger while it does this."""
    connection.close()
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        Practice.objects.count()  # its own connection
        Path("/proc/self/clear_refs").write_text("5")
        idle = status_of(os.getpid(), "VmRSS")
        act()
        os.write(writes, f"{status_of(os.getpid(), 'VmHWM') - idle}".encode())
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as told:
        found = float(told.read() or "nan")
    os.waitpid(child, 0)
    return found


def status_of(pid: int, name: str) -> float:
    """A number of megabytes of a process, as Linux tells it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"Process {pid} has no {name}.")


def searching(_: Setting) -> Iterator[Row]:
    """The slowest of some searches, misspelt ones among them, over 15,000 practices, 1,300 CHINs and their leads."""
    run_file("search.sql")
    with portal() as handler:
        visitor = Visitor(handler, person(Role.NCL_OFFICE, *Commissioner.objects.all()))
        slowest = 0.0
        for words in MISSPELT:
            times = [visitor.get(f"{reverse('search')}?q={words.replace(' ', '+')}").seconds for _ in range(25)]
            slowest = max(slowest, median(times[5:]))
    yield Row("search", slowest * 1000, 50, "ms")


# Processes of the portal ---------------------------------------------------------------------------------


@contextmanager
def web(database_url: str, folder: Path, workers: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The web server as the portal runs it, on a port of its own."""
    with tempfile.TemporaryFile() as log:
        probe = _free_port()
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                "python:cc2h.config.gunicorn",
                "--bind",
                f"127.0.0.1:{probe}",
            ],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DATABASE_URL": database_url,
                "WEB_CONCURRENCY": str(workers),
                "CC2H_LOG_LEVEL": "ERROR",
                "CC2H_DATA_DIR": str(folder),
                "CC2H_STATIC_ROOT": str(settings.STATIC_ROOT),  # what portal() has collected
                "CC2H_API_REQUESTS_PER_MINUTE": "1000000",
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + 60
            while not _answers(probe):
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError("The web server did not start.")
                time.sleep(0.1)
            yield probe, process
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        line = HTTPConnection("127.0.0.1", port, timeout=2)
        line.request("GET", "/readyz")
        return line.getresponse().status == 200
    except OSError:
        return False


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _read(line: HTTPConnection, address: str, cookie: str) -> float:
    begun = time.perf_counter()
    line.request("GET", address, headers={"Host": "localhost", "Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    return time.perf_counter() - begun


def _addresses() -> tuple[str, ...]:
    """What readers read: the dashboard and the lists, in this mix."""
    chin, practice = reverse("chins:chin_list"), reverse("practices:practice_list")
    return (
        reverse("board:dashboard", args=["B02"]),
        practice,
        chin,
        f"{practice}?commissioner=B02&sort=-patients",
        reverse("board:dashboard", args=["B02"]),
    )


def many_readers(given: Setting) -> Iterator[Row]:
    """Fifty readers for half a minute, beside what one reader's times predict for two cores."""
    connection.close()
    with portal() as handler, tempfile.TemporaryDirectory() as folder:
        cookie = Visitor(handler, person(Role.BOARD_MEMBER, Commissioner.objects.get(ods_code="B02"))).cookie
        with web(given.database_url, Path(folder), 2) as (port, _):
            addresses = _addresses()
            line = HTTPConnection("127.0.0.1", port, timeout=60)
            for _ in range(6):
                for address in addresses:
                    _read(line, address, cookie)
            alone = [_read(line, address, cookie) for _ in range(20) for address in addresses]
            taken, errors = _all_at_once(port, addresses, cookie)
    predicted = 2 / (sum(alone) / len(alone))
    yield Row("readers-errors", errors, 0, "errors")
    yield Row("readers-missing", 100 * max(0.0, 1 - len(taken) / READING_SECONDS / predicted), 20, "% below two cores")
    cuts = quantiles(taken, n=100)
    yield Row("readers-p99", cuts[98] / cuts[49], 6, "× median")


def _all_at_once(port: int, addresses: Sequence[str], cookie: str) -> tuple[list[float], int]:
    taken: list[float] = []
    errors = 0
    until = time.monotonic() + READING_SECONDS

    def reader(number: int) -> None:
        nonlocal errors
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        turn = number
        while time.monotonic() < until:
            try:
                taken.append(_read(line, addresses[turn % len(addresses)], cookie))
            except (OSError, RuntimeError):
                errors += 1
                line = HTTPConnection("127.0.0.1", port, timeout=60)
            turn += 1

    readers = [threading.Thread(target=reader, args=[number]) for number in range(READERS)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    return taken, errors


def weight(given: Setting) -> Iterator[Row]:
    """What processes weigh after much work, and by how much they grew over its second half."""
    connection.close()
    with portal() as handler, tempfile.TemporaryDirectory() as folder:
        cookie = Visitor(handler, person(Role.BOARD_MEMBER, Commissioner.objects.get(ods_code="B02"))).cookie
        with web(given.database_url, Path(folder), 1) as (port, process):
            line = HTTPConnection("127.0.0.1", port, timeout=60)
            weights = []
            for _ in range(2):
                for number in range(REQUESTS // 2):
                    addresses = _addresses()
                    _read(line, addresses[number % len(addresses)], cookie)
                weights.append(max(status_of(pid, "VmRSS") for pid in children(process.pid)))
    yield Row("web-memory", weights[-1], 200, "MB")
    yield Row("web-memory-growth", weights[-1] - weights[0], 10, "MB")
    for name, queue, limit, work_through in (
        ("worker", "celery", 200, _fifty_jobs),
        ("charts", "charts", 350, _charts),
    ):
        weights = _of_worker(given.database_url, queue, work_through)
        yield Row(f"{name}-memory", weights[-1], limit, "MB")
        yield Row(f"{name}-memory-growth", weights[-1] - weights[0], 10, "MB")


def _of_worker(database_url: str, queue: str, work_through: Callable[[int], None]) -> list[float]:
    """The weight of the heaviest process of a worker after half of the work, and after all of it."""
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "--app", "cc2h.config.celery:app", "worker", "--queues", queue),
                *("--concurrency", "1", "--loglevel", "WARNING"),
            ],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url, "CC2H_LOG_LEVEL": "WARNING"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            weights = []
            for half in (0, 1):
                work_through(half)
                weights.append(max(status_of(pid, "VmRSS") for pid in children(process.pid)))
            return weights
        finally:
            process.terminate()
            process.wait()


def _fifty_jobs(half: int) -> None:
    """Fifty recomputes of one commissioner, one after the other."""
    (pk,) = Commissioner.objects.filter(ods_code="B02").values_list("pk", flat=True)
    for _ in range(JOBS // 2):
        work.leave(kind="coverage", key=str(pk), from_day=None, reason="bench")
        _wait(lambda: not execute("SELECT 1 FROM kit_work WHERE done_at IS NULL LIMIT 1"))


def _charts(half: int) -> None:
    """Five hundred charts, each other than the rest."""
    for number in range(CHARTS // 2):
        days: list[dict[str, Any]] = [
            {"day": date(2018, month, 1), "patients": 1000 + month * (number + 1 + half * CHARTS)}
            for month in range(1, 13)
        ]
        chart = charts.lines(
            title=f"Chart {half}-{number}",
            alt="A line.",
            rows=days,
            x="day",
            series=[charts.Series(column="patients", label="")],
        )
        charts.keep([chart])

    def drawn() -> bool:
        left = ChartImage.objects.filter(svg__isnull=True, failed_at__isnull=True).count()
        if left:
            work.send("cc2h.kit.tasks.draw", queue="charts")
        return not left

    _wait(drawn, 600, 1.0)


def _wait(done: Callable[[], bool], limit: float = 120, pause: float = 0.02) -> None:
    deadline = time.monotonic() + limit
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError("The worker does nothing.")
        time.sleep(pause)
