"""A case as it was submitted: everything that was written, with its labels, frozen as one document with its fingerprint.

A document says all that a page or a paper of it shows, so that it reads the same for ever, whatever becomes of the form:

    {"form": 1, "number": …, "title": …, "chin": {"slug", "name"}, "topic": …, "asked": "9600.00", "length": "short",
     "limit": "25000.00", "day": "2018-10-01", "submission": 1, "purpose": "test", "authors": [name, …], "by": name,
     "sections": [{"key", "title", "version", "parts": [part, …]}], "answers": {section: answers}}

A part is {"label", "kind": "text", "text"} (with "file", its number, where it names one), {"label", "kind": "rows", "columns": [{"text", "numeric"}], "rows": [[cell, …]],
"total": [cell, …] | None}, or {"label", "kind": "figures", "as_at", "figures": [{"label", "display", "formula", "url"}]}.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cc2h.cases import kinds
from cc2h.cases.answers import Row, costs, total_of
from cc2h.cases.sections import ONLY_FIRST_LIMB, Answers, Field, Section
from cc2h.kit import words
from cc2h.kit.days import year_name

FORM = 1  # of documents; raised when what they hold changes
Part = dict[str, Any]
NO_LIMB = "Not under this limb"


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one way in which a document is written, for its fingerprint."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(document)).hexdigest()


def said(section: Section, answers: Answers) -> list[Part]:
    """The answers to a section in words, as pages and papers show them."""
    parts = [part for one in section.fields for part in _part(section, one, answers)]
    return [*parts, *_further(section, answers)]


def _part(section: Section, one: Field, answers: Answers) -> Iterator[Part]:
    if one.kind is kinds.FIGURES:
        if kept := answers.get(one.key):
            yield {"label": one.label, "kind": "figures", "as_at": kept["said"], "figures": kept["figures"]}
    elif one.kind is kinds.ROWS:
        yield _rows(section, one, answers)
    else:
        kept = answers.get(one.key, "")
        part = {"label": one.label, "kind": "text", "text": one.say(kept)}
        yield part | {"file": kept.partition(":")[0]} if kept and one.kind is kinds.FILE else part


def _rows(section: Section, one: Field, answers: Answers) -> Part:
    kept: Sequence[Row] = answers.get(one.key, ())
    columns = [{"text": column.label, "numeric": column.kind.numeric} for column in one.columns]
    if one.fixed:
        there = {row["id"]: row for row in kept}
        lines = [
            [name, *(_cell(column, there.get(key, {"id": key}), answers, one) for column in one.columns)]
            for key, name in one.fixed
        ]
        return {
            "label": one.label,
            "kind": "rows",
            "columns": [{"text": one.noun.capitalize(), "numeric": False}, *columns],
            "rows": lines,
            "total": _total(one, [there.get(key, {"id": key}) for key, _ in one.fixed]),
        }
    numbered = section.key == "logic"
    lines = [
        [*([str(place)] if numbered else []), *(_cell(column, row, answers, one) for column in one.columns)]
        for place, row in enumerate(kept, 1)
    ]
    if section.key == "risks":
        columns = [*columns, {"text": "Score", "numeric": True}]
        lines = [[*line, _score(row)] for line, row in zip(lines, kept, strict=True)]
    return {
        "label": one.label,
        "kind": "rows",
        "columns": [*([{"text": "No.", "numeric": False}] if numbered else []), *columns],
        "rows": lines,
        "total": _cost_total(kept) if section.key == "costs" and kept else None,
    }


def _cell(column: Field, row: Row, answers: Answers, one: Field) -> str:
    value = row.get(column.key, "")
    if row["id"] == ONLY_FIRST_LIMB and one.fixed and column.key in ("advance", "foster"):
        return NO_LIMB
    if column.kind is kinds.LINKS:
        places = {other["id"]: str(n) for n, other in enumerate(answers.get(one.leads_to, ()), 1)}
        return ", ".join(places[key] for key in value.split() if key in places) or "–"
    return column.say(value)


def _score(row: Row) -> str:
    likelihood, impact = row.get("likelihood"), row.get("impact")
    return str(int(likelihood) * int(impact)) if likelihood and impact else "not known"


def _total(one: Field, rows: Sequence[Row]) -> list[str] | None:
    if not any(column.kind.numeric for column in one.columns):
        return None
    sums = [total_of(rows, column.key) for column in one.columns]
    return ["Together", *(column.say("" if s is None else str(s)) for column, s in zip(one.columns, sums, strict=True))]


def _cost_total(rows: Sequence[Row]) -> list[str]:
    total = sum((Decimal(row["amount"]) for row in rows if row.get("amount")), Decimal("0.00"))
    return ["Together", "", "", "", words.pounds(total, 2)]


def _further(section: Section, answers: Answers) -> Iterator[Part]:
    """Costs are said again by year, type and recurrence."""
    if section.key != "costs":
        return
    types = dict(section.field("rows").column("type").choices)
    found = costs(answers)
    sums: dict[str, dict[str, Decimal]] = {"By financial year": {}, "By type": {}, "By recurrence": {}}
    for one in sorted(found, key=lambda one: (one.month or date.max, one.type)):
        year = year_name(one.year) if one.year is not None else "Month not stated"
        kind = types.get(one.type, "Type not stated")
        again = "Recurrent" if one.recurrent else "Non-recurrent"
        for name, key in zip(sums, (year, kind, again), strict=True):
            sums[name][key] = sums[name].get(key, Decimal("0.00")) + one.amount
    for name, of in sums.items():
        if of:
            yield {
                "label": name,
                "kind": "rows",
                "columns": [{"text": name.removeprefix("By ").capitalize(), "numeric": False}, {"text": "Amount", "numeric": True}],
                "rows": [[key, words.pounds(amount, 2)] for key, amount in of.items()],
                "total": None,
            }  # fmt: skip
