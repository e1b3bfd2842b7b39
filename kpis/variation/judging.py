"""Who differs: everybody in one funnel, unadjusted and overdispersed, by kpis.statistics alone.

Who is shown is one choice, who makes the average and the limits another: the practices of a CHIN may stand in the
funnel of the whole programme.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum

from kpis.models import Better, MeasureKind
from kpis.statistics.funnels import Funnel, NoFunnel, Placed, Verdict
from kpis.statistics.intervals import Interval, Level, rate, wilson
from kpis.variation.compare import SHARES, Own, Values

PROGRAMME, COMMISSIONER, CHIN, REGISTER = "programme", "commissioner", "chin", "register"
AGAINST = {
    PROGRAMME: "North Central London",
    COMMISSIONER: "Its commissioner",
    CHIN: "Its CHIN",
    REGISTER: "The whole register",
}
DIFFERS = {
    Verdict.HIGH_001: "Much higher",
    Verdict.HIGH_025: "Higher",
    Verdict.NOT_SIGNIFICANT: "No true difference",
    Verdict.LOW_025: "Lower",
    Verdict.LOW_001: "Much lower",
}
OUTSIDE = {
    Verdict.HIGH_001: "above the 99.8% limit",
    Verdict.HIGH_025: "above the 95% limit",
    Verdict.NOT_SIGNIFICANT: "inside the limits",
    Verdict.LOW_025: "below the 95% limit",
    Verdict.LOW_001: "below the 99.8% limit",
}
HIGH, LOW = (Verdict.HIGH_001, Verdict.HIGH_025), (Verdict.LOW_001, Verdict.LOW_025)


class NotAsked(ValueError):
    """What the address asks for can't be; says what was expected."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a page shows, and against whom. Commissioner and CHIN are codes as in addresses, blank for all."""

    commissioner: str = ""
    chin: str = ""
    against: str = PROGRAMME


@dataclass(frozen=True, slots=True)
class Judged:
    """A practice between its interval’s ends, and its two verdicts; None where its measure allows none."""

    own: Own
    interval: Interval | None
    plain: Placed | None
    wide: Placed | None

    @property
    def verdict(self) -> Verdict | None:
        return self.plain.verdict if self.plain else None

    @property
    def wide_verdict(self) -> Verdict | None:
        return self.wide.verdict if self.wide else None

    @property
    def depends(self) -> bool:
        """Whether it differs by one kind of limits and not by the other, or not as much."""
        return self.verdict != self.wide_verdict


@dataclass(frozen=True)
class Judging:
    """Those shown, judged among those compared. scale: what the funnel’s numbers are multiplied by to be the measure’s."""

    values: Values
    asked: Asked
    compared: Sequence[Own]
    rows: Sequence[Judged]
    plain: Funnel | None
    wide: Funnel | None
    scale: float
    refused: str = ""  # why there is no funnel

    @property
    def named(self) -> list[Judged]:
        """Those whose practice the reader may be told."""
        return [row for row in self.rows if row.own.named]

    @property
    def hidden(self) -> int:
        """How many of those compared count without being shown."""
        return sum(not own.named for own in self.compared)

    @property
    def untold(self) -> int:
        """How many of those asked for are left out of the comparison, as they are too few to be told."""
        compared = {own.practice_id for own in self.compared}
        return sum(row.own.secret and row.own.practice_id not in compared for row in self.rows)

    @cached_property
    def average(self) -> float | None:
        """Of those compared together: from their numerators and denominators, never the average of averages."""
        return together(self.values, self.compared)

    @property
    def outside(self) -> list[Judged]:
        return [row for row in self.named if row.verdict not in (None, Verdict.NOT_SIGNIFICANT)]

    @property
    def truly(self) -> list[Judged]:
        """Those who differ also when what all vary is allowed for."""
        return [row for row in self.named if row.wide_verdict not in (None, Verdict.NOT_SIGNIFICANT)]

    @property
    def depending(self) -> list[Judged]:
        return [row for row in self.named if row.depends]

    def size_of(self, own: Own) -> float:
        """What the funnel narrows with: the denominator, or what was expected."""
        return own.n * self.expected_each

    @cached_property
    def expected_each(self) -> float:
        """Of a rate: how many are expected for each of the denominator, as among all compared."""
        if self.values.kind != MeasureKind.RATE:
            return 1.0
        below = fsum(own.n for own in self.compared)
        return fsum(own.x for own in self.compared) / below if below else 0.0


def choose(values: Values, asked: Asked) -> tuple[list[Own], list[Own]]:
    """Those shown and those compared. Raises NotAsked."""
    chins = {row.chin for row in values.rows if row.chin}
    whose = {row.commissioner for row in values.rows}
    if asked.chin and asked.chin not in chins:
        raise NotAsked(f"No practice of the CHIN “{asked.chin}” has a value of this period.")
    if asked.commissioner and asked.commissioner not in whose:
        raise NotAsked(f"No practice of the commissioner “{asked.commissioner}” has a value of this period.")
    shown = [
        row
        for row in values.rows
        if (not asked.chin or row.chin == asked.chin)
        and (not asked.commissioner or row.commissioner == asked.commissioner)
    ]
    match asked.against:
        case "programme":
            compared = values.together(lambda row: row.in_programme) or list(values.rows)
            inside = {row.practice_id for row in compared}
            shown = [row for row in shown if row.practice_id in inside]
        case "register":
            compared = list(values.rows)
        case "commissioner":
            one = {row.commissioner for row in shown}
            if len(one) > 1 or not one:
                raise NotAsked("To compare with the commissioner, choose one, or a CHIN.")
            compared = values.together(lambda row: row.commissioner in one)
        case "chin":
            if not asked.chin:
                raise NotAsked("To compare with the CHIN, choose one.")
            compared = values.together(lambda row: row.chin == asked.chin)
        case _:
            raise NotAsked(f"“against” is {', '.join(AGAINST)}.")
    return shown, compared


def judge(values: Values, asked: Asked) -> Judging:
    """Everybody shown, judged. Raises NotAsked."""
    shown, compared = choose(values, asked)
    multiplier = float(values.definition.multiplier)
    empty = Judging(values, asked, compared, (), None, None, multiplier)
    plain: Funnel | None = None
    wide: Funnel | None = None
    scale, refused = multiplier, ""
    if compared and values.counted:
        ids = [row.code for row in compared]
        tops, sizes = [row.x for row in compared], [empty.size_of(row) for row in compared]
        from kpis.statistics import many_funnels  # NumPy takes a moment to import, and memory

        try:
            if values.kind in SHARES:
                plain, wide = many_funnels.proportions(ids, tops, sizes)
            else:
                plain, wide = many_funnels.ratios(ids, tops, sizes)
        except NoFunnel:  # a rate of which nobody has had any
            refused = "Nobody has had any, so that none are expected and there is nothing to compare."
        scale = multiplier * empty.expected_each
    elif compared:
        refused = _why_not(values)
    placed: Mapping[str, tuple[Placed, Placed]] = {}
    if plain and wide:
        placed = {one.id: (one, other) for one, other in zip(plain.points, wide.points, strict=True)}
    rows = [Judged(own, interval_of(values, own.x, own.n), *placed.get(own.code, (None, None))) for own in shown]
    return Judging(values, asked, compared, rows, plain, wide, scale, refused)


def _why_not(values: Values) -> str:
    match values.kind:
        case MeasureKind.COUNT | MeasureKind.TIME_BETWEEN:
            return "It is a count without a denominator: practices of different size can’t be compared by it."
        case MeasureKind.MEAN:
            return "It is a mean: how much it varies within a practice is not told, so that it has no limits."
        case MeasureKind.DSR:
            return "It is a standardised rate: limits need each age’s numbers, which are not held."
    return "Not every value has its numerator and denominator, which limits need."


def interval_of(values: Values, x: float, n: float, level: Level = "95") -> Interval | None:
    """Wilson’s interval of a share, Byar’s of a rate, in the measure’s unit; None where its numbers allow none."""
    if not values.counted or not n:
        return None
    multiplier = float(values.definition.multiplier)
    if values.kind in SHARES:
        found = wilson(x, n, level)
        return Interval(*(one * multiplier for one in (found.value, found.lower, found.upper)))
    return rate(x, n, multiplier, level)


def together(values: Values, rows: Sequence[Own]) -> float | None:
    """The value of several practices together; None where their numbers can’t be added up."""
    if not rows or not values.counted:
        return None
    below = fsum(row.n for row in rows)
    return fsum(row.x for row in rows) / below * float(values.definition.multiplier) if below else None


def sign_of(verdict: Verdict | None, better: Better) -> str:
    """How a point stands out: as charts.Sign."""
    if verdict is None or verdict is Verdict.NOT_SIGNIFICANT:
        return ""
    high = verdict in HIGH
    if better is Better.NEITHER:
        return "other_high" if high else "other_low"
    good = high == (better is Better.UP)
    return f"{'better' if good else 'worse'}_{'high' if high else 'low'}"


def in_words(verdict: Verdict | None, better: Better) -> str:
    """The verdict: Much higher (better), above the 99.8% limit."""
    if verdict is None:
        return "No verdict"
    if verdict is Verdict.NOT_SIGNIFICANT:
        return DIFFERS[verdict]
    judged = {"better": " (better)", "worse": " (worse)"}.get(sign_of(verdict, better).partition("_")[0], "")
    return f"{DIFFERS[verdict]}{judged}, {OUTSIDE[verdict]}"
