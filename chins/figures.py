"""The figures of a CHIN's page and of CHINs side by side, each with its formula and the way to its rows."""

from dataclasses import replace
from typing import Any, NamedTuple

from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part, Source, ratio_percent
from cc2h.kit.links import link, with_query
from chins.beside import AgeBand, Beside
from chins.coverage import Coverage
from chins.models import Chin


def chin_figures(
    chin: Chin, coverage: Coverage, asat: AsAt, *, practices: int, patients: int, all_named: bool
) -> list[Figure]:
    """Registered patients and practices of the CHIN on the day, and its share of its commissioner's patients.

    `all_named`: the reader may see the name of every practice in it, and so the rows behind its numbers.
    """
    place, name = chin.commissioner.short_name, chin.commissioner.local_word
    of_it = link(asat, "practices:practice_list", query={"chin": chin.slug})
    everybody = link(asat, "chins:coverage_rows", chin.commissioner.ods_code)

    def part(label: str, value: int, unit: str, rows: str, measure: str) -> Part:
        return Part(name=label, value=value, unit=unit, url=rows, csv=_csv(rows), measure=measure)

    own_rows = of_it if all_named else ""
    own_patients = part(f"Patients of {chin}", patients, "patients", own_rows, "sum:patients")
    sources = []
    if coverage.extract_day is not None:
        sources = [Source(label=f"list sizes of {words.day(coverage.extract_day)}", url=everybody)]
    common: dict[str, Any] = {"as_at": asat.day, "known": asat.known, "sources": sources}
    return [
        Figure(
            key="chin-patients",
            label="Registered patients",
            kind="sum",
            value=patients,
            unit="patients",
            formula=f"Registered patients of the open practices in this {name} on the day, each with its newest list "
            "dated not later than the day.",
            parts=[own_patients],
            **common,
        ),
        Figure(
            key="chin-practices",
            label="Practices",
            kind="count",
            value=practices,
            unit="practices",
            formula=f"Open practices with a membership in this {name} that holds on the day.",
            parts=[part(f"Practices in {chin}", practices, "practices", own_rows, "count")],
            **common,
        ),
        Figure(
            key="chin-share",
            label=f"Share of {place}’s patients",
            kind="ratio",
            value=ratio_percent(patients, coverage.patients),
            unit="%",
            formula=f"Its registered patients divided by those of all open practices of {place}.",
            parts=[
                own_patients,
                part(f"All registered patients of {place}", coverage.patients, "patients", everybody, "sum:patients"),
            ],
            computed_at=coverage.computed_at,
            **common,
        ),
    ]


class BesideFigures(NamedTuple):
    """What stands in a CHIN's column. `patients` has the others behind it, and so explains all of them."""

    patients: Figure
    practices: Figure
    share: Figure
    growth: Figure
    growth_percent: Figure


def beside_figures(one: Beside, asat: AsAt) -> BesideFigures:
    """The figures of a CHIN that stands beside others; their rows are those of its page of lists."""
    chin, place = one.chin, one.chin.commissioner.short_name
    lists = link(asat, "chins:chin_lists", chin.slug) if one.named else ""
    everybody = link(asat, "chins:coverage_rows", chin.commissioner.ods_code)

    def part(label: str, value: int | None, measure: str, rows: str = lists) -> Part:
        return Part(name=label, value=value, unit="patients", url=rows, csv=_csv(rows), measure=measure)

    def figure(
        key: str, label: str, kind: Any, value: Any, unit: str, formula: str, *parts: Part, note: str = ""
    ) -> Figure:
        return Figure(
            key=f"{chin.slug}-{key}",
            label=f"{chin.name}: {label}",
            kind=kind,
            value=value,
            unit=unit,
            formula=formula,
            parts=parts,
            note=note,
            as_at=asat.day,
            known=asat.known,
        )

    left = len(one.members) - len(one.compared)
    note = f"{words.plural(left, 'practice has', 'practices have')} no list to compare and {'is' if left == 1 else 'are'} left out."
    behind = (
        figure(
            "practices",
            "practices",
            "count",
            len(one.members),
            "practices",
            "Open practices in it on the day.",
            part("Practices", len(one.members), "count")._replace(unit="practices"),
        ),
        figure(
            "share",
            f"share of {place}’s patients",
            "ratio",
            one.share,
            "%",
            f"Its registered patients divided by those of all open practices of {place}.",
            part("Its patients", one.patients, "sum:patients"),
            part(f"All patients of {place}", one.everybody, "sum:patients", everybody),
        ),
        figure(
            "growth",
            "list growth over a year",
            "difference",
            one.growth,
            "patients",
            "Patients of its present practices on the day less those of the same practices a year before. Who joined or left "
            "it makes no difference.",
            *[part("On the day", one.now, "sum:compared"), part("A year before", one.before, "sum:before")][
                : 2 * bool(one.compared)
            ],
            note=note if left else "",
        ),
        figure(
            "growth-percent",
            "list growth over a year, percent",
            "ratio",
            one.growth_percent,
            "%",
            "The growth divided by the patients of a year before.",
            *[part("Growth", one.growth, "sum:change"), part("A year before", one.before, "sum:before")][
                : 2 * bool(one.compared)
            ],
        ),
    )
    patients = figure(
        "patients",
        "registered patients",
        "sum",
        one.patients,
        "patients",
        "Registered patients of its open practices on the day, each with its newest list dated not later than the day.",
        part("Its patients", one.patients, "sum:patients"),
        note=f"{words.plural(one.without_list, 'practice has', 'practices have')} no list yet."
        if one.without_list
        else "",
    )
    return BesideFigures(replace(patients, behind=behind), *behind)


def age_parts(one: Beside, age: AgeBand, asat: AsAt) -> tuple[Part, Part]:
    """The share and the number of patients of an age band, each leading to the practices' lists that tell it."""
    all_of_it = link(asat, "chins:chin_lists", one.chin.slug) if one.named else ""
    rows = with_query(all_of_it, {"band": age.band}) if one.named else ""
    name = f"{one.chin}: {age.band}"
    number = Part(name=name, value=age.patients, unit="patients", url=rows, csv=_csv(rows), measure="sum:aged")
    return number._replace(name=f"{name}, percent", value=age.percent, unit="%", of=_csv(all_of_it)), number


def aged_part(one: Beside, asat: AsAt) -> Part:
    """All patients of a CHIN in lists that tell ages."""
    rows = link(asat, "chins:chin_lists", one.chin.slug) if one.named else ""
    return Part(
        name=f"{one.chin}: of known age", value=one.aged, unit="patients", url=rows, csv=_csv(rows), measure="sum:aged"
    )


def _csv(rows: str) -> str:
    return with_query(rows, {"format": "csv"}) if rows else ""
