"""The figures of a CHIN's page, each with its formula and the way to its rows."""

from typing import Any

from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part, Source, ratio_percent
from cc2h.kit.links import link, with_query
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


def _csv(rows: str) -> str:
    return with_query(rows, {"format": "csv"}) if rows else ""
