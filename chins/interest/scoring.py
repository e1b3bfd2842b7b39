"""What scores add up to: exact sums of weights, and the percentages of what was possible.

An evaluator's total is the sum of score × weight over the sum of highest score × weight; the mean of several is the
same over all their scores, as each of them could give the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part, ratio_percent
from cc2h.kit.links import link, with_query


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that one evaluator gave: a score for each criterion, by the criterion’s number."""

    evaluator: Any
    scores: dict[int, Any] = field(default_factory=dict)

    def weighted(self, criteria: Iterable[Any]) -> Decimal:
        return sum((self.scores[c.pk].score * c.weight for c in criteria if c.pk in self.scores), Decimal())

    def complete(self, criteria: Iterable[Any]) -> bool:
        return all(c.pk in self.scores for c in criteria)


def possible(criteria: Iterable[Any]) -> Decimal:
    """The most that one evaluator could give."""
    return sum((c.maximum * c.weight for c in criteria), Decimal())


def sheets(scores: Iterable[Any]) -> list[Sheet]:
    """The scores by evaluator, by name."""
    found: dict[int, Sheet] = {}
    for score in scores:
        found.setdefault(score.evaluator_id, Sheet(score.evaluator)).scores[score.criterion_id] = score
    return sorted(found.values(), key=lambda sheet: (str(sheet.evaluator), sheet.evaluator.pk))


def mean_percent(criteria: Sequence[Any], complete: Sequence[Sheet]) -> Decimal | None:
    """The mean of the evaluators’ totals, in percent, rounded half up once; None when nobody has scored."""
    return ratio_percent(sum((s.weighted(criteria) for s in complete), Decimal()), len(complete) * possible(criteria))


def figure(expression: Any, criteria: Sequence[Any], complete: Sequence[Sheet], asat: AsAt) -> Figure:
    """The mean of the complete evaluations, each evaluator's total beside it."""
    of_one = possible(criteria)
    return _figure(
        "score",
        "Weighted score",
        sum((s.weighted(criteria) for s in complete), Decimal()),
        len(complete) * of_one,
        link(asat, "chins:expression_scores", expression.pk),
        "Score times weight, added up over all criteria and evaluators, divided by the highest score times weight. "
        "Each evaluator counts alike, so it is the mean of their totals.",
        [
            _figure(
                f"score-{sheet.evaluator.pk}",
                str(sheet.evaluator),
                sheet.weighted(criteria),
                of_one,
                link(asat, "chins:expression_scores", expression.pk, query={"evaluator": sheet.evaluator.pk}),
                "Score times weight, added up over the criteria, divided by the highest score times weight.",
            )
            for sheet in complete
        ],
    )


def _figure(
    key: str, label: str, given: Decimal, most: Decimal, rows: str, formula: str, beside: Sequence[Figure] = ()
) -> Figure:
    def part(name: str, value: Decimal, column: str) -> Part:
        measure, csv = f"sum:{column}", with_query(rows, {"format": "csv"})
        return Part(name=name, value=plain(value), unit="weighted points", url=rows, csv=csv, measure=measure)

    return Figure(
        key=key,
        label=label,
        kind="ratio",
        value=ratio_percent(given, most),
        unit="%",
        formula=formula,
        parts=[part("Given", given, "weighted"), part("Possible", most, "possible")],
        beside=beside,
    )


def plain(value: Decimal) -> Decimal | int:
    """A weight or a sum of them without zeros that say nothing: 20, 12.5."""
    return int(value) if value == value.to_integral_value() else value.normalize()
