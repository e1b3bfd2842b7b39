"""Answers to a section: read from what was typed, held against what is asked, said in words, and merged.

Answers are a mapping of field to text, or for rows to a list of mappings, each with its `id`. Nothing here asks the database.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from cc2h.cases import kinds
from cc2h.cases.kinds import NotRead
from cc2h.cases.sections import ONLY_FIRST_LIMB, Answers, Field, Section, asked_of
from cc2h.kit import words
from cc2h.kit.days import year_of

Row = Mapping[str, str]


# What was typed ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Read:
    """What was typed, as it is kept, and what of it can't be read: (field, row, column) → why."""

    answers: dict[str, Any]
    wrong: dict[tuple[str, int, str], str] = field(default_factory=dict)


def read(section: Section, typed: Mapping[str, Any]) -> Read:
    """What was typed into the section. Rows without anything in them are none; a new row gets its id here."""
    found: dict[str, Any] = {}
    wrong: dict[tuple[str, int, str], str] = {}
    rows_of: dict[str, dict[int, dict[str, str]]] = {}
    for one in section.fields:
        if one.kind is kinds.ROWS:
            rows_of[one.key] = _read_rows(one, typed.get(one.key) or (), wrong)
            found[one.key] = [*rows_of[one.key].values()]
        elif one.kind is kinds.FIGURES:
            if kept := typed.get(one.key):
                found[one.key] = kept
        elif said := str(typed.get(one.key) or "").strip():
            try:
                found[one.key] = _read(one, said)
            except NotRead as why:
                wrong[one.key, -1, ""] = str(why)
    for one in section.fields:
        if one.leads_to:
            _link(one, rows_of[one.key], [*rows_of[one.leads_to].values()], wrong)
    return Read({key: value for key, value in found.items() if value not in ("", [])}, wrong)


def _read(one: Field, said: str) -> str:
    kept = one.kind.read(said)
    if one.choices and kept not in dict(one.choices):
        raise NotRead(f"“{said[:40]}” is none of: {words.listed((str(label) for _, label in one.choices), 'or')}.")
    return kept


def _read_rows(one: Field, typed: Any, wrong: dict[tuple[str, int, str], str]) -> dict[int, dict[str, str]]:
    """The rows that say something, by their place in what was typed."""
    found: dict[int, dict[str, str]] = {}
    ids: set[str] = set()
    names = dict(one.fixed)
    for place, given in enumerate(typed):
        cells = {column.key: said for column in one.columns if (said := str(given.get(column.key) or "").strip())}
        if not cells or given.get("gone"):
            continue
        for column in one.columns:
            if column.key in cells:
                try:
                    cells[column.key] = _read(column, cells[column.key])
                except NotRead as why:
                    wrong[one.key, place, column.key] = str(why)
        row_id = str(given.get("id") or "")
        if one.fixed and row_id not in names:
            wrong[one.key, place, ""] = f"There is no row “{row_id[:40]}”. There are: {words.listed(names)}."
        if not row_id.isalnum() or len(row_id) > 24 or row_id in ids:
            row_id = row_id if one.fixed else secrets.token_hex(4)
        ids.add(row_id)
        found[place] = {"id": row_id, **cells}
    if len(found) > one.most:
        wrong[one.key, -1, ""] = f"At most {words.plural(one.most, one.noun)}; there are {len(found)}."
    return found


def _link(one: Field, rows: dict[int, dict[str, str]], following: Sequence[Row], wrong: dict[Any, str]) -> None:
    """The numbers that a row leads to become the ids of those rows, so that they hold when rows move."""
    for place, row in rows.items():
        if not (said := row.pop("leads", "")):
            continue
        ids = []
        for part in said.replace(";", ",").replace(" ", ",").split(","):
            if part and not (part.isascii() and part.isdecimal() and 1 <= int(part[:4]) <= len(following)):
                there = f"Its numbers are 1 to {len(following)}" if following else "It has no row yet"
                wrong[one.key, place, "leads"] = f"“{part[:20]}” is no number of {one.leads_to}. {there}."
                break
            if part:
                ids.append(following[int(part) - 1]["id"])
        row["leads"] = " ".join(dict.fromkeys(ids))


def to_type(section: Section, answers: Answers) -> dict[str, Any]:
    """Answers as a form shows them: rows of a logic model lead to numbers again."""
    shown = dict(answers)
    for one in section.fields:
        if one.leads_to:
            places = {row["id"]: str(n) for n, row in enumerate(answers.get(one.leads_to, ()), 1)}
            shown[one.key] = [
                {**row, "leads": ", ".join(places[key] for key in row.get("leads", "").split() if key in places)}
                for row in answers.get(one.key, ())
            ]
        if one.fixed:
            there = {row["id"]: row for row in answers.get(one.key, ())}
            shown[one.key] = [there.get(key, {"id": key}) for key, _ in one.fixed]
    return shown


# What lacks -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that lacks before a case can be submitted: where, and in words."""

    section: str
    anchor: str
    text: str


def missing(section: Section, answers: Answers) -> list[Missing]:
    """What the section still lacks."""
    return [Missing(section.key, anchor, text) for anchor, text in _missing(section, answers)]


def _missing(section: Section, answers: Answers) -> Iterator[tuple[str, str]]:
    for one in section.fields:
        anchor = f"id_{one.key}"
        if one.kind is kinds.ROWS:
            yield from _missing_rows(one, answers.get(one.key, ()))
        elif one.needed and not answers.get(one.key):
            yield anchor, f"{one.label.rstrip('?')}: not answered yet."
    yield from _FURTHER.get(section.key, _nothing)(answers)


def _missing_rows(one: Field, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    if one.needed and not rows:
        yield f"id_{one.key}", f"{one.label}: there is none yet."
    if one.fixed:
        there = {row["id"]: row for row in rows}
        rows = [there.get(key, {"id": key}) for key, _ in one.fixed] if one.needed and rows else ()
    names = dict(one.fixed)
    for place, row in enumerate(rows):
        called = names.get(row["id"]) or f"{one.noun.capitalize()} {place + 1}"
        for column in one.columns:
            if row["id"] == ONLY_FIRST_LIMB and column.key != one.columns[0].key:
                continue
            if column.needed and not row.get(column.key):
                yield f"id_{one.key}-{place}-{column.key}", f"{called}: “{column.label}” is empty."


def _nothing(answers: Answers) -> Iterator[tuple[str, str]]:
    yield from ()


def _costs(answers: Answers) -> Iterator[tuple[str, str]]:
    asked, rows = answers.get("asked"), answers.get("rows", ())
    first, last = answers.get("first", ""), answers.get("last", "")
    total = sum((Decimal(row["amount"]) for row in rows if row.get("amount")), Decimal("0.00"))
    if asked == "0.00":
        yield "id_asked", "A case asks for more than £0.00."
    if first and last and last < first:
        begins = words.month(kinds.month_of(first))
        yield "id_last", f"The last month, {words.month(kinds.month_of(last))}, is before the first, {begins}."
    if asked and rows and total != Decimal(asked):
        off = Decimal(asked) - total
        more = "too little" if off > 0 else "too much"
        yield (
            "id_rows",
            f"The costs come to {words.pounds(total, 2)}, and you ask for {words.pounds(asked, 2)}: "
            f"{words.pounds(abs(off), 2)} {more}.",
        )
    for place, row in enumerate(rows):
        month = row.get("month", "")
        if first and last and first <= last and month and not first <= month <= last:
            test = f"{words.month(kinds.month_of(first))} to {words.month(kinds.month_of(last))}"
            yield (
                f"id_rows-{place}-month",
                f"Cost {place + 1} is in {words.month(kinds.month_of(month))}, outside the test: {test}.",
            )
        if row.get("amount") == "0.00":
            yield f"id_rows-{place}-amount", f"Cost {place + 1} is £0.00: take the row out, or give its amount."


def _measures(answers: Answers) -> Iterator[tuple[str, str]]:
    for place, row in enumerate(answers.get("measures", ())):
        if row.get("prediction") and not row.get("name"):
            said = kinds.NUMBER.say(row["prediction"])
            yield f"id_measures-{place}-name", f"A prediction ({said}) has no measure: say what it is of."


def _plan(answers: Answers) -> Iterator[tuple[str, str]]:
    if not answers.get("file") and not answers.get("where"):
        yield "id_file", "The operating plan is not linked: choose one of your CHIN’s files, or say where it is."


def _equality(answers: Answers) -> Iterator[tuple[str, str]]:
    if answers.get("affects") in ("yes", "unsure") and not answers.get("who"):
        yield "id_who", "It could affect people differently: say whom, and how."
    if answers.get("full") == "unsure":
        yield "id_full", "Say whether it needs the full equality assessment: “not sure yet” can’t be submitted."


def _ig(answers: Answers) -> Iterator[tuple[str, str]]:
    careful = any(answers.get(key) in ("yes", "unsure") for key in ("personal", "shared", "new_system"))
    if careful and not answers.get("how"):
        yield "id_how", "Personal information is used or shared, or a system is new: say what keeps it safe."


_FURTHER = {"costs": _costs, "predict": _measures, "equality": _equality, "ig": _ig, "plan": _plan}


def lacking(length: str, answers: Mapping[str, Answers]) -> list[Missing]:
    """Everything that a case lacks under the form of this length."""
    found = []
    for section in asked_of(length, answers):
        found += missing(section, answers.get(section.key, {}))
    return found


# What it comes to -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cost:
    """A row of what a case costs that is whole enough to be added up."""

    month: date | None
    what: str
    type: str
    recurrent: bool
    amount: Decimal

    @property
    def year(self) -> int | None:
        return year_of(self.month) if self.month else None


def costs(answers: Answers) -> list[Cost]:
    """The costs that have an amount."""
    return [
        Cost(
            kinds.month_of(row["month"]) if row.get("month") else None,
            row.get("what", ""),
            row.get("type", ""),
            row.get("recurrent") == "yes",
            Decimal(row["amount"]),
        )
        for row in answers.get("rows", ())
        if row.get("amount")
    ]


def months_of(answers: Answers) -> int | None:
    """How many months the test runs; None while that is not stated."""
    first, last = answers.get("first"), answers.get("last")
    if not first or not last or last < first:
        return None
    one, other = kinds.month_of(first), kinds.month_of(last)
    return (other.year - one.year) * 12 + other.month - one.month + 1


def total_of(rows: Sequence[Row], column: str) -> Decimal | None:
    """A column of rows added up; None where a row does not know it."""
    amounts = [row.get(column) for row in rows]
    if not amounts or not all(amounts):
        return None
    return sum((Decimal(one) for one in amounts if one), Decimal(0))


# Merging ----------------------------------------------------------------------------------------------

TAKEN_OUT = "taken out"


@dataclass(frozen=True, slots=True)
class Collision:
    """Both changed the same, each otherwise: in words, with where it is."""

    label: str
    theirs: str
    mine: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Merged:
    """Both changes together. Where they collide it has mine, and the collision says theirs."""

    answers: dict[str, Any]
    collisions: list[Collision]


def merge(section: Section, base: Answers, theirs: Answers, mine: Answers) -> Merged:
    """What both made of the same version. No change of either is lost: it is in the answers, or in a collision."""
    found: dict[str, Any] = {}
    collisions: list[Collision] = []
    for one in section.fields:
        of = [answers.get(one.key) for answers in (base, theirs, mine)]
        if one.kind is kinds.ROWS:
            was, their, my = (list(rows or ()) for rows in of)
            rows = _merge_rows(one, was, their, my, collisions)
            if rows:
                found[one.key] = rows
            continue
        kept, collides = _merge_one(*of)
        if collides:
            said = [one.say(value) if isinstance(value, str) else "otherwise" if value else "–" for value in of[1:]]
            collisions.append(Collision(one.label, said[0], said[1], (one.key,)))
        if kept:
            found[one.key] = kept
    return Merged(found, collisions)


def _merge_one(base: Any, theirs: Any, mine: Any) -> tuple[Any, bool]:
    base, theirs, mine = base or None, theirs or None, mine or None
    if mine in (base, theirs):
        return theirs, False
    return mine, theirs != base


def _merge_rows(
    one: Field, base: list[Row], theirs: list[Row], mine: list[Row], collisions: list[Collision]
) -> list[dict[str, str]]:
    was, their, my = ({row["id"]: row for row in rows} for rows in (base, theirs, mine))
    order = [*their, *(key for key in my if key not in their)]
    found = []
    for key in order:
        before, other, own = was.get(key), their.get(key), my.get(key)
        called = dict(one.fixed).get(key) or f"{one.noun.capitalize()} {order.index(key) + 1}"
        if other is None or own is None:
            kept = other or own or {}
            if before is not None:  # one of them took it out
                if kept == before:
                    continue
                left = _said(one, kept)
                theirs_says, mine_says = (TAKEN_OUT, left) if other is None else (left, TAKEN_OUT)
                collisions.append(Collision(called, theirs_says, mine_says, (one.key, key)))
            found.append(dict(kept))
            continue
        row = {"id": key}
        for column in one.columns:
            value, collides = _merge_one(*((side or {}).get(column.key) for side in (before, other, own)))
            if collides:
                label, path = f"{called}, {column.label}", (one.key, key, column.key)
                says = column.say(other.get(column.key, "")), column.say(own.get(column.key, ""))
                collisions.append(Collision(label, says[0], says[1], path))
            if value:
                row[column.key] = value
        found.append(row)
    return found


def _said(one: Field, row: Row) -> str:
    return ", ".join(column.say(row[column.key]) for column in one.columns if row.get(column.key))
