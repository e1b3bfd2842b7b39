"""The numbers of a roll-up: each with its formula and the rows it is worked out from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from budget.baseline.queries import OVER, RollUp, Unit
from budget.baseline.questions import ROLES
from budget.baseline.small import SMALL, TOTAL
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part, ratio_percent
from cc2h.kit.links import with_query

SUPPRESSED = "suppressed"
TEN_THOUSAND = 10_000
HEADER = (
    "unit", "name", "practices_asked", "practices_answered", "sent_in",
    *(f"{role}_{what}" for role in ROLES for what in ("headcount", "wte", "vacancies")),
    "headcount", "wte", "aged_55_and_over", "vacancies", "patients", "ten_thousands_of_patients",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A unit as a table shows it: texts, a number that is not shown in words."""

    unit: Unit
    headcount: str
    wte: str
    older: str
    vacancies: str
    per_10_000: str
    roles: Sequence[tuple[str, str]]  # headcount and WTE of each role


def row(unit: Unit) -> Row:
    """What of the unit is known, and the reader may see."""
    total = unit.total
    return Row(
        unit,
        _said(unit, TOTAL, words.number(total.headcount)),
        _said(unit, TOTAL, words.number(total.wte, 2)),
        _said(unit, OVER, words.percent1(ratio_percent(total.aged_55, total.headcount)), TOTAL),
        _said(unit, "", words.number(total.vacancies), hides=False),
        _said(unit, "", words.number(per_10_000(unit), 1), hides=False),
        [
            (
                _said(unit, role, words.number(unit.by_role[role].headcount) if unit.answered else ""),
                _said(unit, role, words.number(unit.by_role[role].wte, 2) if unit.answered else ""),
            )
            for role in ROLES
        ],
    )


def _said(unit: Unit, column: str, text: str, *also: str, hides: bool = True) -> str:
    if not unit.answered:
        return "not known"
    return SUPPRESSED if hides and unit.hidden & {column, *also} else text


def ten_thousands(unit: Unit) -> Decimal | None:
    """Ten thousands of patients, of the practices that answered; None where that is not known."""
    return Decimal(unit.patients) / TEN_THOUSAND if unit.answered and unit.patients else None


def per_10_000(unit: Unit) -> Decimal | None:
    """Vacant posts per 10,000 patients."""
    of = ten_thousands(unit)
    return None if of is None else words.half_up(unit.total.vacancies / of, 1)


def of_how_many(total: Unit) -> str:
    """`of 2 of 7 practices`: what a sum is of."""
    return f"of {words.number(total.answered)} of {words.plural(total.asked, 'practice')}"


def cards(found: RollUp, asat: AsAt, address: str) -> list[Figure]:
    """The sums, of the practices that sent theirs in. address: of this page, whose CSV has the rows."""
    total, numbers = found.total, found.total.total
    csv = with_query(address, {"format": "csv"}) if found.whole else ""
    note = of_how_many(total).capitalize() + ". "
    note += "A practice that has not sent its answers in is not known, and no part of the sum."
    if not found.whole:
        note += f" Counts of 1 to {SMALL - 1} people, and what would give them away, are not shown."

    def part(name: str, value: Any, column: str, unit: str = "") -> Part:
        return Part(name, value, unit, address, csv, f"sum:{column}")

    def figure(key: str, label: str, kind: Any, value: Any, formula: str, parts: list[Part], **more: Any) -> Figure:
        return Figure(
            key=key, label=f"{label}, {of_how_many(total)}", kind=kind, value=value, formula=formula,
            parts=[] if value is None else parts,
            as_at=asat.day, known=asat.known, note=note, **more,
        )  # fmt: skip

    def shown(value: Any, *columns: str) -> Any:
        return value if total.answered and not total.hidden & {*columns} else None

    heads, wte = shown(numbers.headcount, TOTAL), shown(numbers.wte, TOTAL)
    older = shown(numbers.aged_55, OVER, TOTAL)
    vacant = numbers.vacancies if total.answered else None
    return [
        figure(
            "headcount", "Headcount", "sum", heads, "The headcount of every role and age band, added up.",
            [part("Headcount", heads, "headcount")],
        ),
        figure(
            "wte", "Whole-time equivalents", "sum", wte, "The WTE of every role and age band, added up.",
            [part("WTE", wte, "wte")], places=2,
        ),
        figure(
            "older", "Aged 55 and over", "ratio", ratio_percent(older, heads if older is not None else None),
            "People aged 55 and over, of all people.",
            [part("Aged 55 and over", older, "aged_55_and_over"), part("Headcount", heads, "headcount")], unit="%",
        ),
        figure(
            "vacancies", "Vacant posts per 10,000 patients", "ratio", per_10_000(total) if total.answered else None,
            "Vacant posts, divided by the ten thousands of patients on the registered lists of the practices that answered.",
            [
                Part("Vacant posts", vacant, "", address, csv, "sum:vacancies"),
                part("Ten thousands of patients", ten_thousands(total), "ten_thousands_of_patients"),
            ],
            places=1,
        ),
    ]  # fmt: skip


def shown_as(figure: Figure, found: RollUp) -> str:
    """Words in a figure's place: why there is none."""
    return SUPPRESSED if figure.value is None and found.total.answered and figure.key != "vacancies" else ""


def lines(found: RollUp) -> Iterator[Sequence[Any]]:
    """The rows of the CSV, in the order of HEADER; blank: not known. What the reader is not shown says so."""
    for unit in found.units:
        told = bool(unit.answered)
        cells: list[Any] = [unit.key, unit.name, unit.asked, unit.answered, unit.sent_on]
        for role in ROLES:
            numbers = unit.by_role.get(role)
            cells += [
                _cell(unit, told, numbers and numbers.headcount, role),
                _cell(unit, told, numbers and numbers.wte, role),
                numbers.vacancies if numbers else None,
            ]
        total = unit.total
        cells += [
            _cell(unit, told, total.headcount, TOTAL),
            _cell(unit, told, total.wte, TOTAL),
            _cell(unit, told, total.aged_55, OVER, TOTAL),
            total.vacancies if told else None,
            unit.patients if told else None,
            ten_thousands(unit),
        ]
        yield cells


def _cell(unit: Unit, told: bool, value: Any, *columns: str) -> Any:
    if not told:
        return None
    return SUPPRESSED if unit.hidden & {*columns} else value


def rows(units: Iterable[Unit]) -> list[Row]:
    return [row(unit) for unit in units]
