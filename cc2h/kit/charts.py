"""Charts: what a page says of one, and where its pictures come from.

A page describes a chart as data (`lines`, `bars`) and hands it to `keep`, which stores the description under a
key made from its content. Drawing needs a JavaScript engine of over 100 MB that must never live in a web process: a
worker of its own draws what is newly kept (cc2h.kit.tasks.draw), mostly before a browser asks for it. Where that
worker is not to be had, the first request draws by a short-lived process (cc2h.kit.render_chart). Whatever the
description, the picture never changes, so browsers keep it for a year.

Who may see a chart: whoever is signed in and asks by its key. The key is an HMAC of the content with the
portal's secret, so only a page that shows the chart (and has asked for permission) can hand it out.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cc2h.kit import work
from cc2h.kit.exports import csv_lines
from cc2h.kit.models import ChartImage

log = structlog.get_logger(__name__)

DRAWING = 7  # raise it when render_chart draws differently, so that no browser keeps the old picture
KEPT_FOR = timedelta(days=90)  # since a page last showed it; a chart asked for later is stored and drawn anew
TRIED_AGAIN = timedelta(hours=1)  # after which a chart that could not be drawn is
TIME_LIMIT: float = 20  # seconds for one drawing process
LOCK_LIMIT = TIME_LIMIT + 5  # seconds to wait for whoever is drawing
AT_ONCE = 8  # charts drawn by one short-lived process
BESIDE, ALONE = (
    580,
    760,
)  # pixels: of a chart with something beside it, and of one across the page, where it is drawn larger
LOOK_SECONDS = 0.1  # how often a request looks whether the worker has drawn its chart

Cell = str | int | float | Decimal | date | None
Row = Mapping[str, Cell]


class CannotDraw(RuntimeError):
    """The drawing process failed or took too long; the page's table still has every number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart: the column of the rows, and the words at the line's end."""

    column: str
    label: str
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart as data. `rows` is both what is drawn and the CSV; `title` stands in the picture.

    svg: its address as such a picture, from which the other addresses differ in their end. failed: it could not be drawn lately (as `keep` found), so the page shows its table instead.
    """

    title: str
    alt: str
    rows: Sequence[Row]
    spec: Mapping[str, Any]
    key: str
    svg: str
    width: int
    height: int
    failed: bool = False

    def _url(self, kind: str) -> str:
        return self.svg.removesuffix("svg") + kind

    @property
    def narrow(self) -> str:
        """The same chart drawn for a phone."""
        return self._url("narrow.svg")

    @property
    def png(self) -> str:
        return self._url("png")

    @property
    def csv(self) -> str:
        return self._url("csv")


def lines(
    *,
    title: str,
    alt: str,
    rows: Sequence[Row],
    x: str,
    series: Sequence[Series],
    unit: Literal["", "%"] = "",
    steps: bool = False,
    last_day: date | None = None,
    target: tuple[float, str] | None = None,
    mark_day: tuple[date, str] | None = None,
    height: int = 260,
) -> Chart:
    """Lines over days, each with its words at its end.

    `x` is the column of days; `unit` "%" draws 0 to 100. `steps` holds a value until the next day given.
    `target` is a level with its words, `mark_day` a day with its words; `last_day` extends the axis.
    """
    return _chart(
        title,
        alt,
        rows,
        height,
        {
            "form": "lines",
            "x": x,
            "series": [{"column": s.column, "label": s.label, "dashed": s.dashed} for s in series],
            "unit": unit,
            "steps": steps,
            "last_day": last_day,
            "target": target,
            "mark_day": mark_day,
        },
    )


def bars(
    *,
    title: str,
    alt: str,
    rows: Sequence[Row],
    label: str,
    value: str,
    axis: str,
    band: tuple[int | None, int | None] = (None, None),
    starts: Sequence[Decimal] = (),
) -> Chart:
    """A bar for each row, its value at its end, in the order given; `band` shades what was planned.

    starts: where each bar begins, if not at 0: steps of a waterfall hang from each other.
    """
    spec: dict[str, Any] = {"form": "bars", "label": label, "value": value, "axis": axis, "band": band}
    if starts:
        spec["starts"] = [float(start) for start in starts]
    height = 80 + (32 if len(rows) <= 12 else 22) * max(1, len(rows))
    return _chart(title, alt, rows, height, spec, ALONE if starts else BESIDE)


Sign = Literal["", "better_high", "better_low", "worse_high", "worse_low", "other_high", "other_low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A line across a control chart: the column of the rows that has it, and its words at the right end."""

    column: str
    label: str
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Days that are shaded, with words: a cycle of improvement, or (first = last) something that happened."""

    first: date
    last: date
    label: str


def control(
    *,
    title: str,
    alt: str,
    rows: Sequence[Row],
    x: str,
    value: str,
    signs: Sequence[Sign],
    levels: Sequence[Level],
    pieces: Sequence[int],
    unit: Literal["", "%", "£"] = "",
    target: tuple[float, str] | None = None,
    bands: Sequence[Band] = (),
    height: int = 300,
) -> Chart:
    """A value over days with its mean and limits. The axis begins where the values do, not at 0.

    signs: for each row how its point stands out, by shape as well as by colour. pieces: for each row which stretch of
    the levels it is of: they break between stretches.
    """
    return _chart(
        title,
        alt,
        rows,
        height,
        {
            "form": "control",
            "x": x,
            "value": value,
            "signs": list(signs),
            "levels": [{"column": level.column, "label": level.label, "dashed": level.dashed} for level in levels],
            "pieces": list(pieces),
            "unit": unit,
            "target": target,
            "bands": [{"first": band.first, "last": band.last, "label": band.label} for band in bands],
        },
        ALONE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line across a funnel, as (x, y) from left to right, with words at its right end."""

    points: Sequence[tuple[float, float]]
    label: str = ""
    dashed: bool = False


def funnel(
    *,
    title: str,
    alt: str,
    rows: Sequence[Row],
    x: str,
    y: str,
    signs: Sequence[Sign],
    labels: Sequence[str],
    curves: Sequence[Curve],
    centre: tuple[float, str],
    unit: Literal["", "%", "£"] = "",
    height: int = 380,
) -> Chart:
    """Points by their size between limits that narrow with it. The columns `x` and `y` are the axes’ words.

    labels: for each row the words beside its point, blank for most.
    """
    drawn = [{"points": [*curve.points], "label": curve.label, "dashed": curve.dashed} for curve in curves]
    spec = {"form": "points", "x": x, "y": y, "signs": list(signs), "labels": list(labels), "unit": unit}
    return _chart(
        title, alt, rows, height, spec | {"curves": drawn, "centre": centre, "from_zero": True, "x_unit": ""}, ALONE
    )


def scatter(
    *,
    title: str,
    alt: str,
    rows: Sequence[Row],
    x: str,
    y: str,
    signs: Sequence[Sign],
    labels: Sequence[str],
    units: tuple[str, str] = ("", ""),
    height: int = 380,
) -> Chart:
    """Points by two values. The columns `x` and `y` are the axes’ words, units those of their numbers."""
    spec = {"form": "points", "x": x, "y": y, "signs": list(signs), "labels": list(labels)}
    plain: dict[str, Any] = {"unit": units[1], "x_unit": units[0], "curves": [], "centre": None, "from_zero": False}
    return _chart(title, alt, rows, height, spec | plain, ALONE)


NAMED = 24  # so many intervals have their names beside them; of more, the table tells


def intervals(
    *,
    title: str,
    alt: str,
    rows: Sequence[Row],
    label: str,
    value: str,
    lower: str,
    upper: str,
    signs: Sequence[Sign],
    centre: tuple[float, str] | None,
    unit: Literal["", "%", "£"] = "",
) -> Chart:
    """A value between the ends of its interval for each row, in the order given: named below one another where they are few."""
    few = len(rows) <= NAMED
    spec = {"form": "intervals", "label": label, "value": value, "lower": lower, "upper": upper, "named": few}
    height = 100 + 24 * max(1, len(rows)) if few else 340
    return _chart(title, alt, rows, height, spec | {"signs": list(signs), "centre": centre, "unit": unit}, ALONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A group of a strip chart, with the quartiles of its values."""

    name: str
    lower: float
    middle: float
    upper: float


def strip(
    *,
    title: str,
    alt: str,
    rows: Sequence[Row],
    group: str,
    value: str,
    signs: Sequence[Sign],
    boxes: Sequence[Box],
    centre: tuple[float, str] | None,
    unit: Literal["", "%", "£"] = "",
) -> Chart:
    """Each row’s value in the lane of its group, over the group’s middle half and median; groups in the order of boxes."""
    lanes = [{"name": box.name, "lower": box.lower, "middle": box.middle, "upper": box.upper} for box in boxes]
    spec = {"form": "strip", "group": group, "value": value, "signs": list(signs), "boxes": lanes}
    return _chart(title, alt, rows, 100 + 44 * max(1, len(boxes)), spec | {"centre": centre, "unit": unit}, ALONE)


def keep(charts: Iterable[Chart | None]) -> list[Chart | None]:
    """Store the charts that are not stored yet, so that their addresses answer. One query when all are.

    Returns them in their order, each knowing whether it failed; None stays None.
    """
    now, given = timezone.now(), list(charts)
    wanted = {chart.key: chart for chart in given if chart}
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, wanted_at, failed_at FROM kit_chartimage WHERE key = ANY(%s)", [list(wanted)])
        stored = {key: (wanted_at, failed_at) for key, wanted_at, failed_at in cursor.fetchall()}
    missing = [key for key in wanted if key not in stored]
    fading = [key for key, (wanted_at, _) in stored.items() if wanted_at < now - KEPT_FOR / 2]
    if missing or fading:
        ChartImage.objects.bulk_create(
            [ChartImage(key=key, spec=_plain(_whole(wanted[key])), wanted_at=now) for key in (*missing, *fading)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["wanted_at"],
        )
    if missing:
        ChartImage.objects.filter(wanted_at__lt=now - KEPT_FOR).delete()
        transaction.on_commit(_wake)
    failed = {key for key, (_, failed_at) in stored.items() if _lately(failed_at)}
    return [chart and replace(chart, failed=chart.key in failed) for chart in given]


def still(chart: Chart) -> Chart | None:
    """A chart that `keep` returned before, which need not have its rows any more; None where it is stored no longer."""
    found = ChartImage.objects.filter(key=chart.key).values_list("failed_at", flat=True)
    return next((replace(chart, failed=_lately(failed_at)) for failed_at in found), None)


def _lately(failed_at: datetime | None) -> bool:
    return failed_at is not None and failed_at > timezone.now() - TRIED_AGAIN


def _wake() -> None:
    work.send("cc2h.kit.tasks.draw", queue="charts")


def picture(key: str, kind: str) -> bytes | None:
    """The chart as `svg`, `narrow.svg` or `png`, drawn if it has not been; None when there is no such chart.

    Waits CHART_WAIT_SECONDS for the worker, and then has it drawn by a process. Raises CannotDraw.
    """
    column = {"svg": "svg", "narrow.svg": "narrow_svg", "png": "png"}[kind]
    asked = ChartImage.objects.filter(key=key)
    until = time.monotonic() + settings.CHART_WAIT_SECONDS
    while found := asked.values_list(column, "failed_at").first():
        image, failed_at = found
        if image is not None:
            return image.encode() if isinstance(image, str) else bytes(image)
        if _lately(failed_at):
            raise CannotDraw("The chart could not be drawn.")
        if time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        else:
            _draw(key)
    return None


def data(key: str) -> str | None:
    """The rows behind a chart as CSV, or None when there is no such chart."""
    spec = ChartImage.objects.filter(key=key).values_list("spec", flat=True).first()
    if spec is None:
        return None
    rows = spec["rows"]
    return "".join(csv_lines(list(rows[0]) if rows else [], ([*row.values()] for row in rows)))


def _chart(
    title: str, alt: str, rows: Sequence[Row], height: int, options: Mapping[str, Any], width: int = BESIDE
) -> Chart:
    spec = {**options, "title": title, "width": width, "height": height}
    content = json.dumps([DRAWING, spec, list(rows)], default=_json, separators=(",", ":"))
    key = salted_hmac("cc2h.kit.charts", content, algorithm="sha256").hexdigest()[:40]
    return Chart(
        title=title,
        alt=alt,
        rows=rows,
        spec=spec,
        key=key,
        svg=reverse("charts:chart", args=[key, "svg"]),
        width=width,
        height=height,
    )


def _whole(chart: Chart) -> dict[str, Any]:
    return {**chart.spec, "rows": [dict(row) for row in chart.rows]}


def _plain(content: Any) -> Any:
    return json.loads(json.dumps(content, default=_json))


def _json(value: Any) -> str | float:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} can't be in a chart.")


@contextmanager
def _drawing() -> Iterator[QuerySet[ChartImage]]:
    """A transaction in which nobody else of the whole portal draws, and the charts that wait. Raises CannotDraw."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = %s", [f"{LOCK_LIMIT:.0f}s"])
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('kit_chartimage'))")
        except OperationalError as error:  # others have been drawing for longer than a reader should wait
            raise CannotDraw("Other charts are still being drawn.") from error
        yield ChartImage.objects.filter(svg__isnull=True)


def draw_waiting(draw: Callable[[Any], Mapping[str, str]]) -> int:
    """Draw what waits with render_chart.draw, each kept as soon as it is drawn; returns how many were tried.

    Only for the worker that draws. A chart that can't be drawn is remembered as such.
    """
    tried = 0
    while True:
        with _drawing() as waiting:
            newest = waiting.filter(failed_at__isnull=True).order_by("-wanted_at", "key")
            found = newest.values_list("key", "spec").first()
            if found is None:
                return tried
            key, spec = found
            try:
                _store(key, draw(spec))
            except Exception:
                log.exception("chart not drawn", key=key)
                ChartImage.objects.filter(key=key).update(failed_at=timezone.now())
            tried += 1


def _draw(key: str) -> None:
    """Draw the chart and whatever else waits by a short-lived process.

    Where they cannot be drawn together, the chart is drawn alone; that it can't be is remembered. Raises CannotDraw
    where others are drawing for too long.
    """
    with _drawing() as waiting:
        own = waiting.filter(key=key).values_list("spec", flat=True).first()
        if own is None:
            return
        others = waiting.filter(failed_at__isnull=True).exclude(key=key).order_by("-wanted_at")[: AT_ONCE - 1]
        alone = {key: own}
        batch = alone | dict(others.values_list("key", "spec"))
        if not (_drawn(batch) or (len(batch) > 1 and _drawn(alone))):
            ChartImage.objects.filter(key=key).update(failed_at=timezone.now())


def _drawn(specs: Mapping[str, Mapping[str, Any]]) -> bool:
    """Draw these charts (specs by key) and store their pictures; whether that went well."""
    try:
        images = render(list(specs.values()))
    except CannotDraw:
        return False
    for key, image in zip(specs, images, strict=True):
        _store(key, image)
    return True


def _store(key: str, image: Mapping[str, str]) -> None:
    ChartImage.objects.filter(key=key).update(
        svg=image["svg"], narrow_svg=image["narrow_svg"], png=bytes.fromhex(image["png"]), failed_at=None
    )


def render(specs: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Each spec as {"svg", "narrow_svg", "png" in hexadecimal}, drawn by one short-lived process. Raises CannotDraw."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cc2h.kit.render_chart"],
            input=json.dumps(specs, default=_json).encode(),
            capture_output=True,
            check=True,
            timeout=TIME_LIMIT,
            cwd=settings.BASE_DIR,
        )
    except (subprocess.SubprocessError, OSError) as problem:
        log.error("chart not drawn", problem=str(problem), said=str(getattr(problem, "stderr", ""))[-2000:])
        raise CannotDraw("The chart could not be drawn.") from problem
    images: list[dict[str, str]] = json.loads(done.stdout)
    return images
