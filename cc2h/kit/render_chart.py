"""Draws charts: reads a JSON list of specs (cc2h.kit.charts) on stdin, writes their pictures as JSON on stdout.

A process of its own, so that the memory of the drawing engine goes when it ends. It opens no connection.
"""

import json
import sys
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import altair as alt
import vl_convert

# Blue and purple stay apart for every kind of colour vision and in black and white (one is dashed as well);
# the rest follow the Government Analysis Function's palette. All are at least 3 to 1 on white.
COLOURS = ("#005eb8", "#7c2855", "#12436d", "#a8530f", "#28817a")
TEXT, QUIET, GRID, BAND = "#212b32", "#4c6272", "#e3e7ea", "#e8edee"
NARROW = 340  # pixels across, on a phone
LINE_HEIGHT = 15  # between the words at two lines' ends

CONFIG: dict[str, Any] = {
    "font": "Arial, Liberation Sans, sans-serif",  # Liberation Sans has Arial's widths where there is no Arial
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": QUIET,
        "titleColor": QUIET,
        "domainColor": "#aeb7bd",
        "tickColor": "#aeb7bd",
        "gridColor": GRID,
        "labelPadding": 4,
    },
    "title": {"anchor": "start", "fontSize": 13, "fontWeight": "bold", "color": TEXT, "offset": 12, "frame": "bounds"},
    "text": {"fontSize": 12},
    "padding": {"left": 8, "right": 12, "top": 8, "bottom": 6},
}


def lines(spec: dict[str, Any], width: int) -> alt.TopLevelMixin:
    """Lines over days, each with its words at its end; they may be of several lines."""
    rows, x, unit = spec["rows"], spec["x"], spec["unit"]
    narrow = width == NARROW
    days = [date.fromisoformat(row[x]) for row in rows]
    first, last = min(days), max(days)
    end = max(last, date.fromisoformat(spec["last_day"])) if spec["last_day"] else last
    if not narrow:  # room for the words to the right of the lines
        words_need = 7 * max(len(line) for s in spec["series"] for line in s["label"].split("\n")) / width
        end = max(end, last + (last - first) * (words_need / (1 - words_need)))
    end = max(end, first + timedelta(days=28))
    names = [s["column"] for s in spec["series"]]
    long = [{"x": row[x], "y": row[n], "series": n} for row in rows for n in names]  # without a value, the line breaks
    top = 108 if unit == "%" else 1.15 * max((point["y"] for point in long if point["y"] is not None), default=1)
    x_axis = alt.X(
        "x:T",
        title=None,
        scale=alt.Scale(type="utc", domain=[first.isoformat(), end.isoformat()], nice=False),
        axis=alt.Axis(
            format="%b %Y", grid=False, tickCount=_months(first, end, 4 if narrow else 7), labelOverlap="greedy"
        ),
    )
    y_axis = alt.Y(
        "y:Q",
        title=None,
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(
            values=[0, 25, 50, 75, 100] if unit == "%" else alt.Undefined,
            labelExpr="datum.label + '%'" if unit == "%" else alt.Undefined,
            format=",d" if unit == "" else alt.Undefined,
            tickCount=4 if unit == "" else alt.Undefined,
            ticks=False,
            domain=False,
        ),
    )
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=list(COLOURS[: len(names)])), legend=None)
    dash = alt.StrokeDash(
        "series:N",
        scale=alt.Scale(domain=names, range=[[5, 3] if s["dashed"] else [1, 0] for s in spec["series"]]),
        legend=None,
    )
    mark: dict[str, Any] = {"strokeWidth": 2.5, "interpolate": "step-after"} if spec["steps"] else {"strokeWidth": 2.5}
    if not any(series["dashed"] for series in spec["series"]):
        mark["strokeCap"] = "round"  # a value with gaps on both sides is a dot
    layers: list[alt.Chart] = []
    if spec["target"]:
        level, words = spec["target"]
        data = alt.InlineData([{"x": first.isoformat(), "y": level, "words": words}])
        layers.append(alt.Chart(data).mark_rule(strokeDash=[5, 4], color=QUIET).encode(y=y_axis))
        layers.append(
            alt.Chart(data)
            .mark_text(align="left", baseline="bottom", dx=4, dy=-3, color=QUIET)
            .encode(x=x_axis, y=y_axis, text="words:N")
        )
    if spec["mark_day"]:
        day, words = spec["mark_day"]
        data = alt.InlineData([{"x": day, "words": words}])
        layers.append(alt.Chart(data).mark_rule(color=QUIET, strokeDash=[2, 3]).encode(x=x_axis))
    layers.append(
        alt.Chart(alt.InlineData(long)).mark_line(**mark).encode(x=x_axis, y=y_axis, color=colour, strokeDash=dash)
    )
    line_height = LINE_HEIGHT * top / (spec["height"] - 60)
    ends = _ends(spec, rows, line_height)
    points = alt.Chart(alt.InlineData([end | {"y": end["at"]} for end in ends]))
    layers.append(points.mark_circle(size=36, opacity=1).encode(x=x_axis, y=y_axis, color=colour))
    text: dict[str, Any] = {"baseline": "middle", "fontWeight": "bold"}
    text |= {"align": "right", "dx": -8} if narrow else {"align": "left", "dx": 8}
    at_end = alt.Chart(alt.InlineData([line for end in ends for line in _in_lines(end, line_height)]))
    if narrow:  # a white edge, as the words stand on the lines
        edge = at_end.mark_text(**text, stroke="white", strokeWidth=4, color="white")
        layers.append(edge.encode(x=x_axis, y=y_axis, text="label:N"))
    layers.append(at_end.mark_text(**text).encode(x=x_axis, y=y_axis, text="label:N", color=colour))
    return alt.layer(*layers).properties(width=width, height=spec["height"])


def _months(first: date, last: date, most: int) -> dict[str, Any]:
    """Every how many months a tick stands, so that there are at most so many."""
    months = (last - first).days / 30.4
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if months / step <= most), 120)
    return {"interval": "month", "step": step}


def _in_lines(end: dict[str, Any], line_height: float) -> list[dict[str, Any]]:
    """The lines of the words at an end, around where they stand."""
    lines = end["label"].split("\n")
    return [
        end | {"label": line, "y": end["y"] + ((len(lines) - 1) / 2 - number) * line_height}
        for number, line in enumerate(lines)
    ]


def _ends(spec: dict[str, Any], rows: list[dict[str, Any]], line_height: float) -> list[dict[str, Any]]:
    """Where each line ends and where its words stand: never on each other, the higher value's above."""
    ends = []
    for series in spec["series"]:
        held = [row for row in rows if row[series["column"]] is not None]
        if held:
            value = held[-1][series["column"]]
            ends.append({"x": held[-1][spec["x"]], "at": value, "series": series["column"], "label": series["label"]})
    ends.sort(key=lambda end: end["at"])
    half = {end["series"]: line_height * (1 + end["label"].count("\n")) / 2 for end in ends}
    for end in ends:
        end["y"] = end["at"]
    for above, below in pairwise(reversed(ends)):  # downwards, as the target stands above
        below["y"] = min(below["y"], above["y"] - half[above["series"]] - half[below["series"]])
    sunk = max(0, half[ends[0]["series"]] - ends[0]["y"]) if ends else 0
    for end in ends:
        end["y"] += sunk
    return ends


def bars(spec: dict[str, Any], width: int) -> alt.TopLevelMixin:
    """A bar for each row with its value at its end, over the shaded band; a bar may hang from where another ends."""
    label, value = spec["label"], spec["value"]
    low, high = spec["band"]
    starts = spec.get("starts") or [0] * len(spec["rows"])
    ends = [start + (row[value] or 0) for start, row in zip(starts, spec["rows"], strict=True)]
    most = max([*starts, *ends, high or 0, 1]) * 1.14
    least = min([0, *starts, *ends]) * 1.14
    room = 118 if width == NARROW else 190  # pixels for the bars' names
    axis: dict[str, Any] = {
        "title": _wrapped(spec["axis"], width - room, 6),
        "scale": alt.Scale(domain=[least, most], nice=False),
        "axis": alt.Axis(format=",d", tickCount=3 if width == NARROW else 5, grid=False, labelFlush=True),
    }
    y_axis = alt.Y(
        "label:N",
        title=None,
        sort=None,
        axis=alt.Axis(
            ticks=False, domain=False, labelLimit=room, labelColor=TEXT, labelExpr="split(datum.label, '\\n')"
        ),
    )
    data = [
        {
            "label": "\n".join(_wrapped(row[label], room, 6)),
            "value": row[value],
            "from": start,
            "end": end,
            "to": max(start, end),
        }
        for row, start, end in zip(spec["rows"], starts, ends, strict=True)
    ]
    layers: list[alt.Chart] = []
    if low is not None or high is not None:
        band = alt.InlineData([{"from": low or 0, "to": high or most}])
        layers.append(alt.Chart(band).mark_rect(color=BAND).encode(x=alt.X("from:Q", **axis), x2="to:Q"))
    base = alt.Chart(alt.InlineData(data)).encode(y=y_axis)
    layers.append(base.mark_bar(color=COLOURS[0], height=16).encode(x=alt.X("end:Q", **axis), x2="from:Q"))
    said = alt.Text("value:Q", format=",d")
    layers.append(base.mark_text(align="left", dx=5, color=TEXT).encode(x=alt.X("to:Q", **axis), text=said))
    height = spec["height"] * (1.2 if width == NARROW else 1)  # names take two lines there
    return alt.layer(*layers).properties(width=width, height=height)


SIGNS = {  # a shape and a colour each, so that neither is needed to see the other
    "": ("circle", QUIET),
    "better_high": ("triangle-up", COLOURS[0]),
    "better_low": ("triangle-down", COLOURS[0]),
    "worse_high": ("triangle-up", COLOURS[3]),
    "worse_low": ("triangle-down", COLOURS[3]),
    "other_high": ("triangle-up", COLOURS[1]),
    "other_low": ("triangle-down", COLOURS[1]),
}


def control(spec: dict[str, Any], width: int) -> alt.TopLevelMixin:
    """A value over days between its limits, points that stand out by shape and colour, and shaded days."""
    rows, x, narrow = spec["rows"], spec["x"], width == NARROW
    days = [date.fromisoformat(row[x]) for row in rows]
    bands = [(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), one["label"]) for one in spec["bands"]]
    first = min([*days, *(band[0] for band in bands)])
    last = max([*days, *(band[1] for band in bands)])
    labels = [level["label"] for level in spec["levels"]] + ([spec["target"][1]] if spec["target"] else [])
    words_need = 6.6 * max((len(label) for label in labels), default=0) / width
    span = max(last - first, timedelta(days=28))
    end = last + span * (0.04 if narrow else words_need / (1 - words_need))
    columns = [spec["value"], *(level["column"] for level in spec["levels"])]
    held = [row[column] for row in rows for column in columns if row[column] is not None]
    held += [spec["target"][0]] if spec["target"] else []
    low, high = min(held, default=0), max(held, default=1)
    room = (high - low or abs(high) or 1) * 0.12
    x_axis = alt.X(
        "x:T",
        title=None,
        scale=alt.Scale(type="utc", domain=[first.isoformat(), end.isoformat()], nice=False),
        axis=alt.Axis(
            format="%b %Y", grid=False, tickCount=_months(first, end, 4 if narrow else 7), labelOverlap="greedy"
        ),
    )
    unit = {"%": "datum.label + '%'", "£": "'£' + datum.label"}.get(spec["unit"], alt.Undefined)
    y_axis = alt.Y(
        "y:Q",
        title=None,
        scale=alt.Scale(domain=[low - room, high + room], nice=False, zero=False),
        axis=alt.Axis(labelExpr=unit, tickCount=6, ticks=False, domain=False),
    )
    layers: list[alt.Chart] = []
    if bands:
        shaded = [{"from": start.isoformat(), "to": stop.isoformat(), "label": label} for start, stop, label in bands]
        base = alt.Chart(alt.InlineData(shaded)).encode(x=alt.X("from:T", title=None))
        layers.append(base.mark_rect(color=BAND).encode(x2="to:T"))
        layers.append(base.mark_rule(color=COLOURS[2], strokeDash=[2, 3]))
        words: dict[str, Any] = {"align": "left", "baseline": "bottom", "dx": 4, "dy": -4, "limit": width / 2}
        layers.append(base.mark_text(**words, color=COLOURS[2]).encode(y=alt.value("height"), text="label:N"))
    for level in spec["levels"]:
        points = [
            {"x": row[x], "y": row[level["column"]], "piece": piece}
            for row, piece in zip(rows, spec["pieces"], strict=True)
            if row[level["column"]] is not None
        ]
        style: dict[str, Any] = {"color": QUIET, "strokeWidth": 1.5} | (
            {"strokeDash": [6, 4]} if level["dashed"] else {}
        )
        drawn = alt.Chart(alt.InlineData(points)).mark_line(**style).encode(x=x_axis, y=y_axis, detail="piece:N")
        layers.append(drawn)
    if spec["target"]:
        across = alt.InlineData([{"y": spec["target"][0]}])
        layers.append(alt.Chart(across).mark_rule(strokeDash=[2, 3], color=COLOURS[3]).encode(y=y_axis))
    values = [{"x": row[x], "y": row[spec["value"]]} for row in rows]
    words_of_levels = _control_words(
        spec, rows, x_axis, y_axis, (high - low + 2 * room) / (spec["height"] - 60), narrow
    )
    if narrow:  # they stand beneath the points, as there is no room beside them
        layers += words_of_levels
    layers.append(
        alt.Chart(alt.InlineData(values)).mark_line(color="#768692", strokeWidth=1.5).encode(x=x_axis, y=y_axis)
    )
    for sign in dict.fromkeys(spec["signs"]):
        shape, colour = SIGNS[sign]
        own = [value for value, of in zip(values, spec["signs"], strict=True) if of == sign and value["y"] is not None]
        mark = alt.Chart(alt.InlineData(own)).mark_point(shape=shape, filled=True, color=colour, opacity=1, size=70)
        layers.append(mark.encode(x=x_axis, y=y_axis))
    if not narrow:
        layers += words_of_levels
    return alt.layer(*layers).properties(width=width, height=spec["height"])


def _control_words(
    spec: dict[str, Any], rows: list[dict[str, Any]], x_axis: alt.X, y_axis: alt.Y, unit_per_pixel: float, narrow: bool
) -> list[alt.Chart]:
    """The words of the levels and the target, right of the last point (on a phone above the line's end), apart."""
    last = rows[-1][spec["x"]] if rows else None
    ends = [
        {"x": last, "at": rows[-1][level["column"]], "label": level["label"]}
        for level in spec["levels"]
        if rows and rows[-1][level["column"]] is not None
    ]
    if spec["target"] and rows:
        ends.append({"x": last, "at": spec["target"][0], "label": spec["target"][1]})
    ends.sort(key=lambda one: one["at"])
    gap = LINE_HEIGHT * unit_per_pixel
    for below, above in pairwise(ends):
        below.setdefault("y", below["at"])
        above["y"] = max(above["at"], below["y"] + gap)
    for one in ends:
        one.setdefault("y", one["at"])
    style: dict[str, Any] = {"color": TEXT, "baseline": "bottom" if narrow else "middle"}
    style |= {"align": "right", "dx": -2, "dy": -2} if narrow else {"align": "left", "dx": 8}
    words = alt.Chart(alt.InlineData(ends))
    edge = words.mark_text(**style, stroke="white", strokeWidth=4).encode(x=x_axis, y=y_axis, text="label:N")
    return [edge, words.mark_text(**style).encode(x=x_axis, y=y_axis, text="label:N")]


EDGES: tuple[dict[str, Any], ...] = ({"stroke": "white", "strokeWidth": 4}, {})  # words over what else is drawn


def _unit(unit: str) -> Any:
    return {"%": "datum.label + '%'", "£": "'£' + datum.label"}.get(unit, alt.Undefined)


def _signed(signs: list[str], values: list[dict[str, Any]], size: int, opacity: float, **axes: Any) -> list[alt.Chart]:
    """Points by sign, those that stand out above the others."""
    layers = []
    for sign in sorted(dict.fromkeys(signs), key=bool):
        shape, colour = SIGNS[sign]
        own = [value for value, of in zip(values, signs, strict=True) if of == sign]
        mark = alt.Chart(alt.InlineData(own)).mark_point(
            shape=shape, filled=True, color=colour, opacity=1 if sign else opacity, size=size
        )
        layers.append(mark.encode(**axes))
    return layers


def points(spec: dict[str, Any], width: int) -> alt.TopLevelMixin:
    """Points by two numbers; of a funnel with its centre and the limits around it."""
    rows, narrow = spec["rows"], width == NARROW
    xs = [row[spec["x"]] for row in rows] + [x for curve in spec["curves"] for x, _ in curve["points"]]
    ys = [row[spec["y"]] for row in rows] + [y for curve in spec["curves"] for _, y in curve["points"]]
    ys += [spec["centre"][0]] if spec["centre"] else []
    low, high = (0 if spec["from_zero"] else min(xs, default=0)), max(xs, default=1)
    bottom, top = min(ys, default=0), max(ys, default=1)
    across, up = (high - low or 1), (top - bottom or abs(top) or 1)
    words = [curve["label"] for curve in spec["curves"]] + ([spec["centre"][1]] if spec["centre"] else [])
    share = 0.0 if narrow else 6.6 * max(map(len, words), default=0) / width
    end = high + across * (0.03 + share / (1 - share))
    x_axis = alt.X(
        "x:Q",
        title=_wrapped(spec["x"], width, 6),
        scale=alt.Scale(domain=[low if spec["from_zero"] else low - across * 0.04, end], nice=False, zero=False),
        axis=alt.Axis(
            format=",d" if spec["from_zero"] and high > 20 else alt.Undefined,
            labelExpr=_unit(spec["x_unit"]),
            tickCount=4 if narrow else 6,
            grid=False,
        ),
    )
    above: dict[str, Any] = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -8}
    y_axis = alt.Y(
        "y:Q",
        title=None if spec["from_zero"] else spec["y"],
        scale=alt.Scale(domain=[bottom - up * 0.05, top + up * 0.08], nice=False, zero=False),
        axis=alt.Axis(labelExpr=_unit(spec["unit"]), tickCount=6, ticks=False, domain=False, **above),
    )
    layers: list[alt.Chart] = []
    ends = []
    for curve in spec["curves"]:
        line = [{"x": x, "y": y} for x, y in curve["points"]]
        style: dict[str, Any] = {"color": QUIET, "strokeWidth": 1.5} | (
            {"strokeDash": [6, 4]} if curve["dashed"] else {}
        )
        layers.append(alt.Chart(alt.InlineData(line)).mark_line(**style).encode(x=x_axis, y=y_axis))
        if curve["label"] and line:
            ends.append({**line[-1], "label": curve["label"]})
    if spec["centre"]:
        level, label = spec["centre"]
        line = [{"x": low, "y": level}, {"x": high, "y": level}]
        layers.append(
            alt.Chart(alt.InlineData(line)).mark_line(color=COLOURS[2], strokeWidth=1.5).encode(x=x_axis, y=y_axis)
        )
        ends.append({"x": high, "y": level, "label": label})
    values = [{"x": row[spec["x"]], "y": row[spec["y"]]} for row in rows]
    many = len(rows) > 400
    ends.sort(key=lambda one: one["y"])
    gap = LINE_HEIGHT * up * 1.13 / (spec["height"] - 70)
    for below, above in pairwise(ends):
        above["y"] = max(above["y"], below["y"] + gap)
    style = {"color": TEXT, "baseline": "bottom" if narrow else "middle"}
    style |= {"align": "right", "dy": -2} if narrow else {"align": "left", "dx": 6}
    named = [value | {"label": label} for value, label in zip(values, spec["labels"], strict=True) if label]
    said: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [(ends, style)]
    apart = _apart(named, low, high, (end - low) / (width - 60), gap)
    for align in ("left", "center", "right"):  # names of points near an edge reach inwards
        names = [one for one in apart if one["align"] == align]
        said.append((names, {"color": TEXT, "align": align, "baseline": "bottom", "dy": -6}))
    for data, how in said:
        layer = alt.Chart(alt.InlineData(data))
        for edge in EDGES:
            layers.append(layer.mark_text(**how, **edge).encode(x=x_axis, y=y_axis, text="label:N"))
    layers += _signed(spec["signs"], values, 18 if many else 60, 0.5 if many else 0.8, x=x_axis, y=y_axis)
    return alt.layer(*layers).properties(width=width, height=spec["height"])


def _apart(
    named: list[dict[str, Any]], low: float, high: float, unit_per_pixel: float, gap: float
) -> list[dict[str, Any]]:
    """Names that do not stand on each other, and how each is aligned. One that would be far from its point is left out."""
    placed: list[dict[str, Any]] = []
    for one in sorted(named, key=lambda one: one["y"]):
        align, room = _reaching(one["x"], low, high), 7 * len(one["label"]) * unit_per_pixel
        begins = one["x"] - {"left": 0, "center": room / 2, "right": room}[align]
        beside = [other for other in placed if other["from"] < begins + room and begins < other["to"]]
        y = one["y"]
        for other in beside:  # from the lowest up
            if abs(other["y"] - y) < gap:
                y = other["y"] + gap
        if y - one["y"] <= gap:  # else it is in the table
            placed.append(one | {"y": y, "align": align, "from": begins, "to": begins + room})
            placed.sort(key=lambda other: other["y"])
    return placed


def _reaching(x: float, low: float, high: float) -> str:
    """To which side of a point its name has room."""
    if x < low + (high - low) * 0.3:
        return "left"
    return "right" if x > high - (high - low) * 0.3 else "center"


def intervals(spec: dict[str, Any], width: int) -> alt.TopLevelMixin:
    """A value between the ends of its interval for each row: names at the left of few, many side by side without."""
    rows, named, narrow = spec["rows"], spec["named"], width == NARROW
    room = (118 if narrow else 190) if named else 0
    data = [
        {
            "at": place,
            "name": "\n".join(_wrapped(str(row[spec["label"]]), room, 6)) if named else "",
            "value": row[spec["value"]],
            "lower": row[spec["lower"]],
            "upper": row[spec["upper"]],
        }
        for place, row in enumerate(rows)
    ]
    held = [row[key] for row in data for key in ("value", "lower", "upper") if row[key] is not None]
    held += [spec["centre"][0]] if spec["centre"] else []
    low, high = min(held, default=0), max(held, default=1)
    edge = (high - low or abs(high) or 1) * 0.05
    scale = alt.Scale(domain=[low - edge, high + edge], nice=False, zero=False)
    axis: dict[str, Any] = {"labelExpr": _unit(spec["unit"]), "tickCount": 4 if narrow else 6, "ticks": False}
    if named:
        names = alt.Axis(
            ticks=False, domain=False, labelLimit=room, labelColor=TEXT, labelExpr="split(datum.label, '\\n')"
        )
        along: Any = alt.Y("name:N", title=None, sort=[row["name"] for row in data], axis=names)
        value_axis: Any = alt.X("value:Q", title=None, scale=scale, axis=alt.Axis(**axis, domain=False))
        axes: dict[str, Any] = {"y": along, "x": value_axis}
        ends: dict[str, Any] = {"y": along, "x": alt.X("lower:Q", scale=scale, title=None), "x2": "upper:Q"}
    else:
        order = alt.Axis(labels=False, ticks=False, grid=False)
        along = alt.X("at:Q", title=None, scale=alt.Scale(domain=[-1, len(rows)], nice=False), axis=order)
        value_axis = alt.Y("value:Q", title=None, scale=scale, axis=alt.Axis(**axis, domain=False))
        axes = {"x": along, "y": value_axis}
        ends = {"x": along, "y": alt.Y("lower:Q", scale=scale, title=None), "y2": "upper:Q"}
    layers: list[alt.Chart] = []
    for sign in sorted(dict.fromkeys(spec["signs"]), key=bool):
        colour = SIGNS[sign][1]
        own = [row for row, of in zip(data, spec["signs"], strict=True) if of == sign and row["lower"] is not None]
        thin = 0.6 if len(rows) > 400 else 1.5
        layers.append(alt.Chart(alt.InlineData(own)).mark_rule(color=colour, strokeWidth=thin).encode(**ends))
    if spec["centre"]:
        centre = [{"value": spec["centre"][0]}]
        level: dict[str, Any] = {"x": value_axis} if named else {"y": value_axis}
        layers.append(alt.Chart(alt.InlineData(centre)).mark_rule(color=COLOURS[2], strokeDash=[5, 4]).encode(**level))
    layers += _signed(spec["signs"], data, 12 if len(rows) > 400 else 45, 1, **axes)
    if spec["centre"]:
        said = alt.Chart(alt.InlineData([{"value": spec["centre"][0], "words": spec["centre"][1]}]))
        style: dict[str, Any] = {"color": TEXT, "align": "left", "baseline": "bottom", "dx": 4, "dy": -4}
        where = {"x": value_axis, "y": alt.value(0)} if named else {"y": value_axis, "x": alt.value(0)}
        for outline in EDGES:
            layers.append(said.mark_text(**style, **outline).encode(text="words:N", **where))
    return alt.layer(*layers).properties(width=width, height=spec["height"])


def strip(spec: dict[str, Any], width: int) -> alt.TopLevelMixin:
    """Values in the lanes of their groups, over each group's middle half and median."""
    narrow = width == NARROW
    room = 118 if narrow else 190
    called = {box["name"]: "\n".join(_wrapped(box["name"], room, 6)) for box in spec["boxes"]}
    data = [{"group": called[row[spec["group"]]], "value": row[spec["value"]]} for row in spec["rows"]]
    boxes = [box | {"group": called[box["name"]]} for box in spec["boxes"]]
    held = [row["value"] for row in data] + ([spec["centre"][0]] if spec["centre"] else [])
    low, high = min(held, default=0), max(held, default=1)
    edge = (high - low or abs(high) or 1) * 0.05
    scale = alt.Scale(domain=[low - edge, high + edge], nice=False, zero=False)
    axis = alt.Axis(labelExpr=_unit(spec["unit"]), tickCount=4 if narrow else 6, ticks=False, domain=False)
    names = alt.Axis(ticks=False, domain=False, labelLimit=room, labelColor=TEXT, labelExpr="split(datum.label, '\\n')")
    y = alt.Y("group:N", title=None, sort=list(called.values()), axis=names)
    x = alt.X("value:Q", title=None, scale=scale, axis=axis)
    lanes = alt.Chart(alt.InlineData(boxes))
    layers: list[alt.Chart] = [
        lanes.mark_bar(height=26, color="#d2e2f1").encode(
            y=y, x=alt.X("lower:Q", title=None, scale=scale), x2="upper:Q"
        ),
        lanes.mark_tick(thickness=3, size=26, color=COLOURS[2]).encode(
            y=y, x=alt.X("middle:Q", title=None, scale=scale)
        ),
    ]
    if spec["centre"]:
        level = alt.Chart(alt.InlineData([{"value": spec["centre"][0], "words": spec["centre"][1]}]))
        layers.append(level.mark_rule(color=COLOURS[2], strokeDash=[5, 4]).encode(x=x))
    layers += _signed(spec["signs"], data, 45, 0.7, x=x, y=y)
    if spec["centre"]:
        style: dict[str, Any] = {"color": TEXT, "align": "left", "baseline": "bottom", "dx": 4, "dy": -4}
        for outline in EDGES:
            layers.append(level.mark_text(**style, **outline).encode(x=x, y=alt.value(0), text="words:N"))
    return alt.layer(*layers).properties(width=width, height=spec["height"])


FORMS = {
    "lines": lines,
    "bars": bars,
    "control": control,
    "points": points,
    "intervals": intervals,
    "strip": strip,
}


def draw(spec: dict[str, Any]) -> dict[str, str]:
    """The chart as {"svg", "narrow_svg", "png"}; the PNG is twice the size, in hexadecimal."""
    wide = _vega_lite(spec, spec["width"])
    return {
        "svg": _svg(wide),
        "narrow_svg": _svg(_vega_lite(spec, NARROW)),
        "png": vl_convert.vegalite_to_png(wide, scale=2, allowed_base_urls=[]).hex(),
    }


def _vega_lite(spec: dict[str, Any], width: int) -> dict[str, Any]:
    chart = FORMS[spec["form"]](spec, width).to_dict()
    title = {"text": _wrapped(spec["title"], width)}
    # the chart's size is that of the whole picture, words included
    return {**chart, "title": title, "config": CONFIG, "autosize": {"type": "fit", "contains": "padding"}}


def _wrapped(words: str, width: int, letter: float = 7) -> list[str]:
    """The words in lines that fit in `width`, when a letter takes `letter` pixels."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width / letter:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _svg(chart: dict[str, Any]) -> str:
    return vl_convert.vegalite_to_svg(chart, allowed_base_urls=[])


if __name__ == "__main__":
    json.dump([draw(spec) for spec in json.load(sys.stdin)], sys.stdout)
