"""Make a sample file for the illustrative practices of this database, to try an import with."""

import re
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cc2h.config.demonstration.chance import between
from cc2h.config.demonstration.lists import Line, written
from cc2h.kit import programme
from cc2h.kit.models import Programme

FIRST_LIST = 900  # patients of a practice that had no list before

OPEN_WITH_LAST_LIST = """
    SELECT p.ods_code, c.ods_code, coalesce(d.postcode, ''), l.patients
    FROM practices_practice p
    JOIN practices_practicestanding s ON s.practice_id = p.id AND upper_inf(s.held) AND s.status = 'active'
        AND s.period @> %(day)s::date
    JOIN practices_commissioner c ON c.id = s.commissioner_id
    LEFT JOIN practices_practicedetail d ON d.practice_id = p.id AND upper_inf(d.held) AND d.period @> %(day)s::date
    LEFT JOIN LATERAL (
        SELECT patients FROM practices_listsize
        WHERE practice_id = p.id AND superseded_at IS NULL AND day < %(day)s
        ORDER BY day DESC LIMIT 1
    ) AS l ON true
    ORDER BY p.ods_code
"""


class Command(BaseCommand):
    help = (
        "Writes a made-up file to standard output: `list-sizes` is one month of “Patients Registered at a GP "
        "Practice”, practice totals, a little up or down from the month before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["list-sizes"])
        parser.add_argument(
            "--month", required=True, metavar="YYYY-MM", help="the month on whose first day it is taken"
        )

    def handle(self, **options: Any) -> None:
        extract = _first_of(options["month"])
        if programme.kind() != Programme.Kind.ILLUSTRATIVE:
            raise CommandError("Samples are made for illustrative practices only, and this database holds none.")
        with connection.cursor() as cursor:
            cursor.execute(OPEN_WITH_LAST_LIST, {"day": extract})
            lines = [
                Line(code, commissioner, postcode, _next(patients, code, extract))
                for code, commissioner, postcode, patients in cursor.fetchall()
            ]
        self.stdout.write(written(extract, lines).decode(), ending="")


def _first_of(month: str) -> date:
    found = re.fullmatch(r"(\d{4})-(\d{2})", month, re.ASCII)
    if not found or not 1 <= int(found[2]) <= 12:
        raise CommandError(f"“{month}” is no month. Write it like 2026-12.", returncode=2)
    return date(int(found[1]), int(found[2]), 1)


def _next(patients: int | None, code: str, extract: date) -> int:
    """The list a month later: the last one, up to half a percent down or one up."""
    if patients is None:
        return FIRST_LIST
    return round(patients * between(0.995, 1.01, "sample", code, extract))
