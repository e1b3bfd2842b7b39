"""The figures of a practice's page, each with its formula and the way to its rows."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_before
from cc2h.kit.figures import Figure, Part, Source
from cc2h.kit.links import link, with_query
from practices.models import ListSize, Status
from practices.queries import Facts, counts


def practice_figures(
    facts: Facts, asat: AsAt, sizes: Sequence[ListSize], *, link_files: bool, named_before: bool
) -> list[Figure]:
    """Registered patients on the day and their change over a year; nothing of what is not known.

    `link_files`: the reader may see imported files. `named_before`: the list of practices of a year before shows
    them this practice too.
    """
    counting = [size for size in sizes if counts(size, asat)]
    if not counting:
        return []
    closed = facts.standing.status == Status.CLOSED
    used, before = counting[0], year_before(asat.day)
    earlier = next((size for size in counting if size.day <= before), None)
    source = []
    if used.source is not None:
        where = ""
        if link_files:
            where = link(asat, "imports:import_detail", used.source.pk, query={"row": used.row_number})
        source = [Source(label=used.source.file_name, url=where, detail=f"row {used.row_number}")]
    found = [
        Figure(
            key="patients",
            label="Patients on its last list" if closed else "Registered patients",
            kind="sum",
            value=used.patients,
            unit="patients",
            as_at=asat.day,
            known=asat.known,
            formula=f"The newest list size dated not later than the day: that of {words.day(used.day)}.",
            parts=[_part(facts, asat, asat.day, used.patients)],
            sources=source,
        )
    ]
    if used is earlier and not closed:
        found.append(
            Figure(
                key="patients-change",
                label="Change over a year",
                kind="difference",
                value=None,
                unit="patients",
                as_at=asat.day,
                known=asat.known,
                formula="Its list size on the day less its list size on the same day a year before.",
                note=f"Both days have the list of {words.day(used.day)}: no newer one is held.",
                sources=source,
            )
        )
    elif earlier is not None and not closed:
        found.append(
            Figure(
                key="patients-change",
                label="Change over a year",
                kind="difference",
                value=used.patients - earlier.patients,
                unit="patients",
                as_at=asat.day,
                known=asat.known,
                formula="Its list size on the day less its list size on the same day a year before.",
                parts=[
                    _part(facts, asat, asat.day, used.patients),
                    _part(facts, asat, before, earlier.patients, shown=named_before),
                ],
                sources=source,
            )
        )
    return found


def _part(facts: Facts, asat: AsAt, day: date, patients: int, *, shown: bool = True) -> Part:
    """The practice's own row of the list of practices, on a day; without the way there when it is not shown."""
    known = {"known": asat.known.isoformat()} if asat.known else {}
    row = {"q": facts.practice.ods_code, "status": "all", "as_at": day.isoformat()} | known
    rows = with_query(reverse("practices:practice_list"), row) if shown else ""
    return Part(
        name=f"Registered on {words.day(day)}",
        value=patients,
        unit="patients",
        url=rows,
        csv=with_query(rows, {"format": "csv"}) if shown else "",
        measure="value:patients",
    )
