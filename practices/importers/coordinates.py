"""Where practices stand: latitude and longitude, by practice and postcode."""

from collections.abc import Sequence
from typing import Any

from cc2h.kit import words
from cc2h.kit.imports.kinds import Column, importer, rule_out
from cc2h.kit.sql import Sql
from practices.importers import details
from practices.importers.shared import (
    CODE_EXPECTED,
    CODE_RULE,
    CODE_RULES,
    NOT_HELD_BACK,
    PracticeFile,
    written_postcode,
)

DEGREES = "^-?[0-9]{1,3}([.][0-9]+)?$"


def _degrees(text: str) -> str:
    """A number without an exponent, as `-3.5e-05` is written by some; anything else as it is."""
    try:
        return f"{float(text):.6f}"
    except ValueError:
        return text


@importer
class PracticeCoordinates(PracticeFile):
    """A position is one of a postcode: it goes to the versions of a practice that have the file's postcode.

    Of the two positions in a row the ONS Postcode Directory's is taken where there is one.
    """

    key = "practice_coordinates"
    label = "Positions of practices"
    what = "One row a practice with its postcode, latitude and longitude."
    rows_are = ("position", "positions")
    columns = (
        Column("code", ("practice_code",), CODE_EXPECTED),
        Column("postcode", ("postcode",), "the postcode of the position"),
        Column("latitude_text", ("osm_latitude", "latitude"), "degrees north"),
        Column("longitude_text", ("osm_longitude", "longitude"), "degrees east"),
        Column("onspd_latitude", ("onspd_latitude",), "degrees north", False, staged=False),
        Column("onspd_longitude", ("onspd_longitude",), "degrees east", False, staged=False),
        Column("onspd_postcode", ("onspd_postcode",), "a postcode", False, used=False),
        Column("name", ("name",), "a name", False, used=False),
    )

    def row(self, cells: list[str]) -> Sequence[str]:
        code, postcode, latitude, longitude, directory_latitude, directory_longitude = cells
        if directory_latitude and directory_longitude:
            latitude, longitude = directory_latitude, directory_longitude
        return code.upper(), written_postcode(postcode), _degrees(latitude), _degrees(longitude)

    def check(self, sql: Sql) -> None:
        rule_out(
            self,
            sql,
            f"""CASE {CODE_RULE}
                WHEN latitude_text IS NULL OR longitude_text IS NULL THEN 'no position'
                WHEN latitude_text !~ '{DEGREES}' THEN 'bad latitude' WHEN longitude_text !~ '{DEGREES}' THEN 'bad longitude'
                WHEN latitude_text::float NOT BETWEEN 49.8 AND 55.9 OR longitude_text::float NOT BETWEEN -6.5 AND 1.8
                    THEN 'outside' END""",
            CODE_RULES
            | {
                "no position": ("latitude_text", "The position is missing."),
                "bad latitude": ("latitude_text", "This is no latitude. Expected: degrees, like 51.6243."),
                "bad longitude": ("longitude_text", "This is no longitude. Expected: degrees, like -0.1591."),
                "outside": ("latitude_text", "The position is not in England."),
            },
        )
        self.hold_back_duplicates(sql)
        self.hold_back_unknown(sql)

    def plan(self, sql: Sql) -> str:
        sql.table(
            "good",
            f"""
            SELECT s.*, p.id AS practice_id, s.latitude_text::float AS lat, s.longitude_text::float AS lon
            FROM staged s JOIN practices_practice p ON p.ods_code = s.code WHERE {NOT_HELD_BACK}
            """,
        )
        there = "h.postcode = g.postcode AND g.postcode IS NOT NULL"
        details.plan(
            sql,
            {
                "latitude": f"CASE WHEN {there} THEN g.lat ELSE h.latitude END",
                "longitude": f"CASE WHEN {there} THEN g.lon ELSE h.longitude END",
            },
        )
        elsewhere = sql.value(
            """
            SELECT count(*) FROM good g WHERE NOT EXISTS (
                SELECT FROM held_detail h WHERE h.code = g.code AND h.postcode = g.postcode)
            """
        )
        if elsewhere:
            self.notes.append(
                f"{words.plural(elsewhere, 'position is', 'positions are')} of a postcode that the practice does not "
                "have in the register: not used."
            )
        return """
            SELECT g.import_id, g.line, g.code AS key,
                   CASE WHEN w.code IS NULL THEN 'unchanged' ELSE 'changed' END AS verdict,
                   (SELECT concat_ws(', ', h.postcode, h.latitude, h.longitude) FROM held_detail h
                    WHERE h.code = g.code AND h.until IS NULL) AS before,
                   concat_ws(', ', g.postcode, g.lat, g.lon) AS after
            FROM good g LEFT JOIN (SELECT DISTINCT code FROM detail_wanted) w ON w.code = g.code
        """

    def merge(self, sql: Sql, by: Any) -> None:
        details.lock(sql, "SELECT code FROM detail_wanted_keys")
        details.write(sql, by=by, reason=f"Position from the file {self.imports[0].file_name}")
