"""The list that is taken out, corrected in a spreadsheet and brought back: its columns, and its rows."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from practices.matching import Matching

FACTS = (
    *("name", "address", "postcode", "borough", "telephone", "mailbox"),
    *("latitude", "longitude", "prescribing_setting"),
)
COLUMNS = ("ods_code", "version", "holds_from", "holds_until", *FACTS, "from", "reason")


def rows(matching: Matching) -> Iterator[tuple[Any, ...]]:
    """The rows of COLUMNS: what is held of each practice on the day, its version, and two blanks to fill."""
    facts = [f"detail.{fact}" for fact in FACTS]
    own = ["practice.ods_code", "detail.id", "lower(detail.period)", "upper(detail.period) - 1"]
    with connection.chunked_cursor() as cursor:
        query = matching.where("detail.id IS NOT NULL").ordered("ods_code", falling=False).select([*own, *facts])
        cursor.execute(query, matching.parameters)
        while some := cursor.fetchmany(2000):
            yield from ((*row, "", "") for row in some)
