"""Scores of a page from 0 to 100, by the curves and weights that Lighthouse publishes for a mid-range phone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from statistics import NormalDist

TENTH = NormalDist().inv_cdf(0.9)
LONG_MS = 50  # a task that takes longer keeps the reader waiting


@dataclass(frozen=True)
class Curve:
    """A measure's weight, the value that scores 0.90, and the one that scores 0.50."""

    weight: int
    good: float
    middling: float

    def score(self, value: float) -> float:
        """From 0 to 1, falling along a log-normal curve through both points."""
        if value <= 0:
            return 1.0
        return 1 - NormalDist().cdf(TENTH * log(value / self.middling) / log(self.middling / self.good))


# developer.chrome.com/docs/lighthouse/performance/performance-scoring: version 10 and later, mobile; times in ms
CURVES = {
    "first paint": Curve(10, 1800, 3000),
    "speed index": Curve(10, 3387, 5800),
    "largest paint": Curve(25, 2500, 4000),
    "blocked": Curve(30, 200, 600),
    "layout shift": Curve(25, 0.1, 0.25),
}


def performance(measured: Mapping[str, float]) -> float:
    """Of a value for each of CURVES. Not rounded up near the top, as Lighthouse does by up to half a point."""
    whole = sum(curve.weight for curve in CURVES.values())
    return 100 * sum(curve.weight * curve.score(measured[name]) for name, curve in CURVES.items()) / whole


def blocked(tasks: Iterable[tuple[float, float]], paint: float) -> float:
    """For how many ms in all tasks (start, duration) held the page up: what each took over 50 ms, after first paint."""
    return sum(max(0.0, start + taken - max(start, paint) - LONG_MS) for start, taken in tasks)


def layout_shift(shifts: Iterable[tuple[float, float]]) -> float:
    """The worst burst of shifts (ms, by how much): less than a second between two of them, and five in all."""
    worst = burst = 0.0
    first = last = float("-inf")
    for at, much in sorted(shifts):
        if at - last >= 1000 or at - first >= 5000:
            first, burst = at, 0.0
        last, burst = at, burst + much
        worst = max(worst, burst)
    return worst


def progress(frame: Sequence[int], blank: Sequence[int], done: Sequence[int]) -> float:
    """How complete a frame is, 0 to 1, by how many pixels have each shade, in it, at first, and in the end."""
    whole = sum(abs(end - begin) for begin, end in zip(blank, done, strict=True))
    there = sum(min(abs(now - begin), abs(end - begin)) for now, begin, end in zip(frame, blank, done, strict=True))
    return there / whole if whole else 1.0


def speed_index(frames: Sequence[tuple[float, float]]) -> float:
    """After how many ms the average part of the page was there, of frames (ms since its start, how complete)."""
    film = [(0.0, 0.0), *frames]
    return sum((after - at) * (1 - done) for (at, done), (after, _) in pairwise(film))


@dataclass(frozen=True)
class Rule:
    """What a rule of axe found on a page where it applies. wcag: whether it is more than good practice."""

    name: str
    impact: str
    wcag: bool
    ok: bool

    @property
    def weight(self) -> int:
        """As Lighthouse derives it from the impact; small matters of good practice do not count."""
        if self.impact == "minor":
            return 1 if self.wcag else 0
        return {"moderate": 3, "serious": 7, "critical": 10}[self.impact]


def accessibility(rules: Sequence[Rule]) -> float:
    """The weighted share of rules that the page keeps."""
    return 100 * sum(rule.weight for rule in rules if rule.ok) / sum(rule.weight for rule in rules)


def best_practice(checks: Mapping[str, bool | None]) -> float:
    """The share of checks that pass, of those that apply: the others are None."""
    applied = [ok for ok in checks.values() if ok is not None]
    return 100 * sum(applied) / len(applied)


def keeps_scripts_out(policy: str) -> bool:
    """Whether a content security policy leaves no way for a script that somebody smuggled into the page."""
    given: dict[str, set[str]] = {}
    for directive in filter(None, (part.split() for part in policy.split(";"))):
        given.setdefault(directive[0].lower(), set(directive[1:]))  # the first of a name counts
    otherwise = given.get("default-src", {"*"})
    scripts, objects = given.get("script-src", otherwise), given.get("object-src", otherwise)
    signed = any(source.startswith(("'nonce-", "'sha")) for source in scripts)
    anybody = {"*", "http:", "https:", "data:", "blob:", "'unsafe-eval'"}
    return (
        not scripts & anybody
        and (signed or "'unsafe-inline'" not in scripts)
        and objects == {"'none'"}
        and given.get("base-uri", {"*"}) <= {"'none'", "'self'"}
    )
