"""The evidence of a case’s cycles, assembled for the decision to scale: as sections of a submission, and as data."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cc2h.cases.cycles.models import Cycle
from cc2h.cases.models import Case
from cc2h.kit import words
from cc2h.kit.days import year_name
from practices.models import Practice, PracticeDetail

Section = Mapping[str, Any]


def cycles_of(case: Case) -> list[Cycle]:
    """The cycles that were concluded, with all that was found."""
    found = Cycle.objects.filter(case=case, conclusion__isnull=False).select_related("study", "conclusion")
    return list(found.prefetch_related("predictions__finding", "dates").order_by("number"))


def evidence_of(case: Case) -> list[dict[str, Any]]:
    """Of every cycle what was predicted, found, learned and decided; each chart’s values as they were frozen."""
    return [
        {
            "cycle": cycle.number,
            "title": cycle.title,
            "question": cycle.question,
            "days": [[one.first.isoformat(), one.last.isoformat()] for one in cycle.dates.all()],
            "findings": [
                {
                    "measure": one.measure,
                    "predicted": str(one.predicted.normalize()),
                    "verdict": one.finding.verdict,
                    "why": one.finding.why,
                    "evidence": one.finding.evidence,
                    "sha256": one.finding.sha256,
                }
                for one in cycle.predictions.all()
            ],
            "summary": cycle.study.summary,
            "learned": cycle.study.learned,
            "act": cycle.conclusion.act,
            "why": cycle.conclusion.why,
        }
        for cycle in cycles_of(case)
    ]


def of_money(line: str, source: str, amounts: Mapping[int, Decimal]) -> Section:
    rows = [[year_name(year), words.pounds(amount, 2)] for year, amount in sorted(amounts.items())]
    together = words.pounds(sum(amounts.values(), Decimal("0.00")), 2)
    return _section(
        "money",
        "What it costs borough-wide",
        _text("Line", f"{line}: a line of its own, outside the programme budget"),
        _text("Source", source),
        _rows("By financial year", ["Year", "*Amount"], rows, ["Together", together]),
    )


def of_roll_out(starts: Sequence[tuple[Practice, date]]) -> Section:
    names = dict(
        PracticeDetail.objects.held()
        .filter(practice__in=[practice.pk for practice, _ in starts])
        .order_by("period")
        .values_list("practice", "name")
    )
    rows = [
        [f"{month:%B %Y}", practice.ods_code, names.get(practice.pk, practice.ods_code)] for practice, month in starts
    ]
    return _section("roll_out", "Which practices begin when", _rows("Roll-out", ["Month", "Code", "Practice"], rows))


def of_cycles(case: Case) -> list[Section]:
    return [_of_cycle(cycle) for cycle in cycles_of(case)]


def _of_cycle(cycle: Cycle) -> Section:
    days = [f"{words.day(one.first)} to {words.day(one.last)}" for one in cycle.dates.all()]
    slipped = "".join(f" (planned at first: {one})" for one in days[:1] if len(days) > 1)
    rows = [
        [one.measure, words.measured(one.predicted, one.unit), one.finding.get_verdict_display(), one.finding.why]
        for one in cycle.predictions.all()
    ]
    shown = [
        _text(one.measure, f"{one.finding.evidence['said']} SHA-256 {one.finding.sha256}")
        for one in cycle.predictions.all()
    ]
    return _section(
        f"cycle-{cycle.number}",
        f"Cycle {cycle.number}: {cycle.title}",
        _text("Question", cycle.question),
        _text("Days", f"{days[-1]}{slipped}" if days else "not stated"),
        _rows("What was predicted, and whether it held", ["Measure", "*Predicted", "Verdict", "Why"], rows),
        *shown,
        _text("What was found", cycle.study.summary),
        _text("What was learned", cycle.study.learned),
        _text("What follows", f"{cycle.conclusion.get_act_display()}: {cycle.conclusion.why}"),
    )


def _section(key: str, title: str, *parts: Mapping[str, Any]) -> Section:
    return {"key": key, "title": title, "version": 1, "parts": list(parts)}


def _text(label: str, text: str) -> Mapping[str, Any]:
    return {"label": label, "kind": "text", "text": text}


def _rows(
    label: str, columns: Sequence[str], rows: Sequence[Sequence[str]], total: Sequence[str] | None = None
) -> Mapping[str, Any]:
    """columns: those of numbers begin with a star."""
    heads = [{"text": name.removeprefix("*"), "numeric": name.startswith("*")} for name in columns]
    return {"label": label, "kind": "rows", "columns": heads, "rows": rows, "total": total}
