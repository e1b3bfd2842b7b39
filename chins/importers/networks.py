"""Primary care networks: the ODS workbook ePCN with its dated members, and the monthly map of practices to networks."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from cc2h.kit import words
from cc2h.kit.imports.files import Contents, Head, Rejected
from cc2h.kit.imports.kinds import DAY_EXPECTED, Column, importer, read_day, rule_out
from cc2h.kit.sql import Sql
from chins.importers.members import MembershipFile
from chins.importers.shared import (
    hold_memberships,
    plan_memberships,
    plan_networks,
    write_memberships,
    write_networks,
)
from chins.models import ODS_NETWORK
from practices.importers import details
from practices.importers.ods import day_in_name
from practices.importers.shared import (
    CODE_EXPECTED,
    CODE_RULE,
    CODE_RULES,
    NOT_HELD_BACK,
    of_commissioners,
    written_postcode,
)
from practices.models import NO_COMMISSIONER, ODS_COMMISSIONER

NETWORK_EXPECTED = "the code of a primary care network: U and five digits, like U58538"
NETWORK_RULE = f"WHEN network IS NULL OR network !~ '{ODS_NETWORK}' THEN 'bad network'"
NETWORK_RULES = {"bad network": ("network", f"This is no code of a network. Expected: {NETWORK_EXPECTED}.")}
KINDS = ("network_workbook", "network_map", "qof_map")
NETWORKS_SHEET, PARTNERS_SHEET = "PCNDetails", "PCN Core Partner Details"
NETWORK_HEADERS = {
    "code": ("PCN Code",),
    "name": ("PCN Name",),
    "commissioner": ("Current Clinical Commissioning Group Code", "Current Sub ICB Loc Code", "Sub ICB Loc Code"),
    "opened": ("Open Date",),
    "closed": ("Close Date",),
}


class NetworkFile(MembershipFile):
    """What the two kinds share: whose practices, conflicts with CHINs that are no such networks, writing."""

    scope = of_commissioners("coalesce(%(day)s::date, s.first)", "commissioner")
    said_again_by = KINDS

    def plan_said(self, sql: Sql) -> str:
        """From `said` to verdicts: cut to what practice and network live, painted over what is held."""
        sql.run(
            """
            UPDATE said s SET until = gone.day FROM (
                SELECT g.code, min(lower(t.period)) AS day FROM good g JOIN practices_practicestanding t
                    ON t.practice_id = g.practice_id AND upper_inf(t.held) AND t.status = 'closed' GROUP BY g.code
            ) gone WHERE gone.code = s.code AND coalesce(s.until, 'infinity') > gone.day
            """
        )
        sql.run(
            """
            UPDATE said s SET until = n.closed + 1 FROM network_said n
            WHERE n.code = s.network AND coalesce(s.until, 'infinity') > n.closed + 1
            """
        )
        sql.run(
            "UPDATE said s SET first = n.opened FROM network_said n WHERE n.code = s.network AND s.first < n.opened"
        )
        if empty := sql.run("DELETE FROM said WHERE until <= first"):
            self.notes.append(
                f"{words.plural(empty, 'membership')} of a practice or network that was closed on all of its days: not used."
            )
        plan_networks(sql)
        plan_memberships(sql)
        return self.VERDICTS

    def hold_back_those_in_a_chin(self, sql: Sql) -> None:
        """A practice in a CHIN that is no primary care network is not moved by a file."""
        sql.run(
            f"""
            INSERT INTO problem
            SELECT DISTINCT ON (s.import_id, s.line) s.import_id, s.line, %(header)s, s.network,
                   'The practice is in ' || c.name || ' from ' || to_char(lower(m.period), 'FMDD FMMonth YYYY')
                   || ', and can be in one network at a time. A file does not move it.', 'another CHIN', true
            FROM staged s JOIN practices_practice p ON p.ods_code = s.code
            JOIN chins_membership m ON m.practice_id = p.id AND upper_inf(m.held)
            JOIN chins_chin c ON c.id = m.chin_id AND c.kind = 'chin'
            WHERE {NOT_HELD_BACK} AND s.network <> 'U' AND m.period && daterange(s.first, s.last, '[]')
            ORDER BY s.import_id, s.line, m.period
            """,
            header=self.header("network"),
        )

    def merge(self, sql: Sql, by: Any) -> None:
        reason = f"From the file {self.imports[0].file_name}"
        write_networks(sql, by=by, reason=reason)
        write_memberships(sql, by=by, reason=reason)


@importer
class NetworkWorkbook(NetworkFile):
    """Two sheets: networks with their dates, and every practice's stays in them, ended ones included.

    Only networks with a practice of the register are taken. What the file says of a practice's days stands; days it
    says nothing of stay as they are held, and what is planned for later than the file's day stays planned.
    """

    key = "network_workbook"
    label = "Primary care networks (ePCN)"
    what = "The ODS workbook of primary care networks and the practices in them, with dates."
    columns = (
        Column("code", ("Partner Organisation Code",), CODE_EXPECTED),
        Column("network", ("PCN Code",), NETWORK_EXPECTED),
        Column("commissioner", ("PCN Parent CCG Code", "PCN Parent Sub ICB Loc Code"), "the network’s commissioner"),
        Column("from_text", ("Practice to PCN Relationship Start Date",), DAY_EXPECTED),
        Column("to_text", ("Practice to PCN Relationship End Date",), DAY_EXPECTED),
        Column(
            "commissioner_name",
            ("PCN Parent CCG Name", "PCN Parent Sub ICB Loc Name"),
            "the name of the network’s commissioner",
            False,
        ),
        *(
            Column(name, headers, "not used", False, used=False)
            for name, headers in (
                ("partner", ("Partner Name",)),
                ("network_name", ("PCN Name",)),
                ("parent", ("Practice Parent CCG Code", "Practice Parent Sub ICB Loc Code")),
                ("parent_name", ("Practice Parent CCG Name", "Practice Parent Sub ICB Loc Name")),
                ("match", ("Practice CCG and PCN CCG Match", "Practice Sub ICB Loc and PCN Sub ICB Loc Match")),
            )
        ),
    )
    extra_staging = {"first": "date", "last": "date"}
    asks_for_day = "Neither the workbook nor its name says of which day it is. From which day on does it hold?"

    def __init__(self, imports: Sequence[Any]) -> None:
        super().__init__(imports)
        self.networks: list[tuple[str, str, str, str | None, str | None]] = []

    @classmethod
    def recognises(cls, head: Head) -> float:
        return 1.0 if {NETWORKS_SHEET, PARTNERS_SHEET} <= set(head.sheets) else super().recognises(head)

    @classmethod
    def sheet(cls, head: Head) -> str:
        return PARTNERS_SHEET if PARTNERS_SHEET in head.sheets else super().sheet(head)

    def day_from_name(self, name: str) -> date | None:
        return day_in_name(name)

    def day_from_content(self, sql: Sql) -> date | None:
        return sql.value(
            "SELECT max(day) FROM staged CROSS JOIN LATERAL (VALUES (first), (last)) AS d(day) WHERE day <= %(today)s"
        )

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        if PARTNERS_SHEET not in contents.sheets or NETWORKS_SHEET not in contents.sheets:
            raise Rejected(f"The workbook needs the sheets “{NETWORKS_SHEET}” and “{PARTNERS_SHEET}”.")
        self.networks = list(self._read_networks(contents))
        yield from super().rows(contents)

    def row(self, cells: list[str]) -> Sequence[str]:
        code, network, commissioner, first, last, name = cells
        return (
            *(code.upper(), network.upper(), commissioner.upper(), first, last, " ".join(name.split())),
            *(read_day(first), read_day(last)),
        )

    def _read_networks(self, contents: Contents) -> Iterator[tuple[str, str, str, str | None, str | None]]:
        rows = contents.sheets[NETWORKS_SHEET]
        places: list[int] = []
        for line, cells in rows:
            plain = [" ".join(cell.split()).casefold() for cell in cells]
            if not places:
                found = {
                    name: next((plain.index(h.casefold()) for h in headers if h.casefold() in plain), None)
                    for name, headers in NETWORK_HEADERS.items()
                }
                missing = [NETWORK_HEADERS[name][0] for name, place in found.items() if place is None]
                if missing:
                    raise Rejected(
                        f"The sheet “{NETWORKS_SHEET}” lacks {words.listed(missing)}. "
                        f"Expected: {', '.join(headers[0] for headers in NETWORK_HEADERS.values())}.",
                        line=line,
                        column=missing[0],
                    )
                places = [place for place in found.values() if place is not None]
                continue
            code, name, commissioner, opened, closed = (" ".join(cells[place].split()) for place in places)
            shaped = re.fullmatch(ODS_NETWORK, code.upper()) and re.fullmatch(ODS_COMMISSIONER, commissioner.upper())
            if not shaped or not read_day(opened) or (closed and not read_day(closed)):
                raise Rejected(
                    f"Line {line} of the sheet “{NETWORKS_SHEET}” can’t be used: {code} of {commissioner or 'nobody'}, "
                    f"opened {opened}, closed {closed}. Expected: {NETWORK_EXPECTED}, a commissioner’s code, and days "
                    "written YYYYMMDD.",
                    line=line,
                    column=f"{NETWORKS_SHEET}: PCN Code",
                    value=code,
                )
            yield code.upper(), name[:140], commissioner.upper(), read_day(opened), read_day(closed) or None

    def check(self, sql: Sql) -> None:
        rule_out(
            self,
            sql,
            f"""CASE {CODE_RULE} {NETWORK_RULE} WHEN first IS NULL THEN 'bad from'
                WHEN last IS NULL AND to_text IS NOT NULL THEN 'bad to' WHEN last < first THEN 'out of order'
                WHEN NOT (network = ANY(%(networks)s)) THEN 'network not listed' END""",
            CODE_RULES
            | NETWORK_RULES
            | {
                "bad from": ("from_text", f"The first day can’t be read. Expected: {DAY_EXPECTED}."),
                "bad to": ("to_text", f"The last day can’t be read. Expected: {DAY_EXPECTED}, or nothing."),
                "out of order": ("to_text", "It leaves before it joins: the last day is before the first."),
                "network not listed": ("network", f"The sheet “{NETWORKS_SHEET}” does not have this network."),
            },
            networks=[network[0] for network in self.networks],
        )
        self.hold_back_unknown(sql)
        self.hold_back_overlaps(sql)
        self.hold_back_those_in_a_chin(sql)

    def plan(self, sql: Sql) -> str:
        codes, names, commissioners, opened, closed = map(list, zip(*self.networks, strict=True))
        sql.table(
            "good",
            f"""
            SELECT s.import_id, s.line, s.code, p.id AS practice_id, s.network, s.first, s.last
            FROM staged s JOIN practices_practice p ON p.ods_code = s.code WHERE {NOT_HELD_BACK}
            """,
        )
        sql.table(
            "network_said",
            """
            SELECT n.* FROM unnest(%(codes)s::text[], %(names)s::text[], %(commissioners)s::text[], %(opened)s::date[],
                                   %(closed)s::date[]) AS n(code, name, commissioner, opened, closed)
            WHERE code IN (SELECT network FROM good)
            """,
            codes=codes,
            names=names,
            commissioners=commissioners,
            opened=opened,
            closed=closed,
        )
        hold_memberships(sql)
        # an end that is planned for later than the file's day stays planned
        sql.table(
            "said",
            """
            SELECT g.line, g.code, g.first, coalesce(g.last + 1, h.until) AS until, g.network
            FROM good g LEFT JOIN held_membership h
                ON h.code = g.code AND h.network = g.network AND h.first <= %(day)s AND h.until > %(day)s
            """,
        )
        return self.plan_said(sql)


@importer
class NetworkMap(NetworkFile):
    """Every practice and the network it is in on the file's day; network U, “Unallocated”, is none.

    A practice that is in another network on that day moved on that day. Names and postcodes hold from that day.
    A file older than the newest of its kind or of ePCN only adds practices that are in no network at all.
    """

    key = "network_map"
    also_groups: ClassVar[tuple[str, ...]] = ("practices",)
    label = "Practices, networks and commissioners (gp-reg-pat-prac-map)"
    what = "One row a practice with its name, postcode, primary care network and commissioner on the extract day."
    rows_are = ("practice", "practices")
    columns = (
        Column("code", ("PRACTICE_CODE",), CODE_EXPECTED),
        Column("network", ("PCN_CODE",), f"{NETWORK_EXPECTED}, or U for none"),
        Column("network_name", ("PCN_NAME",), "the network’s name"),
        Column("commissioner", ("CCG_CODE", "SUB_ICB_LOCATION_CODE"), "the commissioner’s code"),
        Column("day", ("EXTRACT_DATE",), DAY_EXPECTED),
        Column("name", ("PRACTICE_NAME",), "the practice’s name"),
        Column("postcode", ("PRACTICE_POSTCODE",), "the practice’s postcode"),
        Column("commissioner_name", ("CCG_NAME", "SUB_ICB_LOCATION_NAME"), "the commissioner’s name", False),
        *(
            Column(headers[0], headers, "not used", False, used=False)
            for headers in (
                ("PUBLICATION",),
                ("ONS_CCG_CODE", "ONS_SUB_ICB_LOCATION_CODE"),
                ("ONS_STP_CODE", "ONS_ICB_CODE"),
                ("STP_CODE", "ICB_CODE"),
                ("STP_NAME", "ICB_NAME"),
                ("ONS_COMM_REGION_CODE",),
                ("COMM_REGION_CODE",),
                ("COMM_REGION_NAME",),
            )
        ),
    )
    extra_staging = {"first": "date", "last": "date"}

    def row(self, cells: list[str]) -> Sequence[str]:
        code, network, network_name, commissioner, day, name, postcode, commissioner_name = cells
        return (
            *(code.upper(), network.upper(), network_name, commissioner.upper(), day),
            *(" ".join(name.split()), written_postcode(postcode), " ".join(commissioner_name.split())),
            *(read_day(day), ""),
        )

    def check(self, sql: Sql) -> None:
        rule_out(
            self,
            sql,
            f"""CASE {CODE_RULE} WHEN network = 'U' THEN CASE WHEN first IS NULL THEN 'bad day' END
                {NETWORK_RULE} WHEN first IS NULL THEN 'bad day' WHEN network_name IS NULL THEN 'no network name'
                WHEN commissioner IS NULL OR commissioner !~ '{ODS_COMMISSIONER}' THEN 'no commissioner'
                WHEN name IS NULL OR length(name) > 200 THEN 'bad name' END""",
            CODE_RULES
            | NETWORK_RULES
            | {
                "bad day": ("day", f"The day can’t be read. Expected: {DAY_EXPECTED}."),
                "no commissioner": ("commissioner", f"It is missing or no such code. {NO_COMMISSIONER}"),
                "no network name": ("network_name", "The network’s name is missing."),
                "bad name": ("name", "Expected: a name of at most 200 characters."),
            },
        )
        found = sql.rows("SELECT first, count(*) FROM staged WHERE first IS NOT NULL GROUP BY first ORDER BY 2 DESC, 1")
        if len(found) != 1:
            named = words.listed(f"{words.day(day)} ({words.plural(count, 'row')})" for day, count in found[:4])
            raise Rejected(f"Expected: rows of one day. Found: {named or 'none'}.")
        self.days[self.imports[0].pk] = found[0][0]
        self.hold_back_duplicates(sql)
        self.hold_back_unknown(sql)
        self.hold_back_those_in_a_chin(sql)

    def plan(self, sql: Sql) -> str:
        newest = sql.value(
            "SELECT max(extract_day) FROM kit_import WHERE kind = ANY(%(kinds)s) AND state = 'imported'",
            kinds=list(KINDS),
        )
        older = newest is not None and self.day < newest
        if older:
            self.notes.append(
                f"A newer file, of {words.day(newest)}, is already imported: practices that were ever in a network, and "
                "names, stay as they are."
            )
        sql.table(
            "good",
            f"""
            SELECT s.import_id, s.line, s.code, p.id AS practice_id, nullif(s.network, 'U') AS network, s.network_name,
                   s.commissioner, s.first, s.name, s.postcode
            FROM staged s JOIN practices_practice p ON p.ods_code = s.code
            WHERE {NOT_HELD_BACK} AND NOT (%(older)s AND EXISTS (SELECT FROM chins_membership m
                                                                 WHERE m.practice_id = p.id AND upper_inf(m.held)))
            """,
            older=older,
        )
        sql.table(
            "network_said",
            """
            SELECT g.network AS code, left(min(g.network_name), 140) AS name,
                   coalesce(min(known.commissioner), mode() WITHIN GROUP (ORDER BY g.commissioner)) AS commissioner,
                   coalesce(min(known.opened), min(g.first)) AS opened, min(known.closed) AS closed
            FROM good g LEFT JOIN (
                SELECT c.code, min(o.ods_code) AS commissioner, min(lower(s.period)) AS opened,
                       min(lower(s.period)) FILTER (WHERE s.status = 'closed') - 1 AS closed
                FROM chins_chin c JOIN practices_commissioner o ON o.id = c.commissioner_id
                JOIN chins_chinstate s ON s.chin_id = c.id AND upper_inf(s.held) GROUP BY c.code
            ) known ON known.code = g.network
            WHERE g.network IS NOT NULL GROUP BY g.network
            """,
        )
        hold_memberships(sql)
        # what is held on the day and agrees goes on as long as it is held; else up to the next stay that is held
        sql.table(
            "said",
            """
            SELECT g.line, g.code, CASE WHEN held.network = g.network THEN held.first ELSE g.first END AS first,
                   coalesce(held.until, later.first) AS until, g.network
            FROM good g
            LEFT JOIN held_membership held
                ON held.code = g.code AND held.first <= g.first AND coalesce(held.until, 'infinity') > g.first
            LEFT JOIN (SELECT code, min(first) AS first FROM held_membership WHERE first > %(day)s GROUP BY code) later
                ON later.code = g.code
            """,
        )
        verdicts = self.plan_said(sql)
        self._plan_names(sql)
        return verdicts

    def _plan_names(self, sql: Sql) -> None:
        """Names and postcodes hold from the file's day, unless a newer file has said them."""
        newer = sql.value(
            """
            SELECT EXISTS (SELECT FROM kit_import WHERE kind = ANY(%(kinds)s) AND state = 'imported'
                           AND extract_day > %(day)s)
            """,
            kinds=["ods_practices", "network_map", "qof_map"],
        )
        said = "s.first >= %(day)s AND h.first <= %(day)s AND NOT " + str(newer).lower()
        details.plan(
            sql,
            {
                fact: f"CASE WHEN {said} AND g.{fact} IS NOT NULL THEN g.{fact} ELSE h.{fact} END"
                for fact in ("name", "postcode")
            },
            days="(%(day)s)",
        )
        if renamed := sql.value("SELECT count(*) FROM detail_wanted_keys"):
            self.notes.append(f"Changes the name or postcode of {words.plural(renamed, 'practice')}.")

    def merge(self, sql: Sql, by: Any) -> None:
        super().merge(sql, by)
        details.lock(sql, "SELECT code FROM detail_wanted_keys")
        details.write(sql, by=by, reason=f"From the file {self.imports[0].file_name}")


QOF_YEARS = re.compile(r"(?<!\d)(?:20)?(\d\d)[-_]?(\d\d)(?!\d)")  # 2021, of 2020-21; 2223; 2020-21


@importer
class QofMap(NetworkMap):
    """The same of the practices of a year of the QOF, as they were on its last day. It has no postcodes."""

    key = "qof_map"
    also_groups = ("practices", "kpi")
    label = "Practices, networks and commissioners of the QOF (MAPPING_NHS_GEOGRAPHIES)"
    what = "One row a practice with its name, primary care network and commissioner on the last day of the QOF’s year."
    asks_for_day = "Neither the file nor its name says of which year it is. On which day does it hold?"
    columns = (
        Column("code", ("PRACTICE_CODE",), CODE_EXPECTED),
        Column("network", ("PCN_ODS_CODE",), f"{NETWORK_EXPECTED}, or U for none"),
        Column("network_name", ("PCN_NAME",), "the network’s name"),
        Column(
            "commissioner",
            ("CCG_ODS_CODE", "SUB_ICB_LOC_ODS_CODE", "SUB_ICB_ODS_CODE"),
            "the commissioner’s code",
        ),
        Column("name", ("PRACTICE_NAME",), "the practice’s name"),
        Column("commissioner_name", ("CCG_NAME", "SUB_ICB_LOC_NAME", "SUB_ICB_NAME"), "the commissioner’s name", False),
        *(
            Column(headers[0], headers, "not used", False, used=False)
            for headers in (
                ("NAT_ONS_CODE",),
                ("NAT_CODE",),
                ("COUNTRY", "NAT_COUNTRY"),
                ("REGION_ODS_CODE",),
                ("REGION_ONS_CODE",),
                ("REGION_NAME",),
                ("STP_ODS_CODE", "ICB_ODS_CODE"),
                ("STP_ONS_CODE", "ICB_ONS_CODE"),
                ("STP_NAME", "ICB_NAME"),
                ("CCG_ONS_CODE", "SUB_ICB_LOC_ONS_CODE", "SUB_ICB_ONS_CODE"),
            )
        ),
    )
    extra_staging = {"postcode": "text", "day": "text", **NetworkMap.extra_staging}

    def day_from_name(self, name: str) -> date | None:
        for first, second in QOF_YEARS.findall(name):
            if int(second) == (int(first) + 1) % 100:
                return date(2000 + int(second), 3, 31)
        return None

    def row(self, cells: list[str]) -> Sequence[str]:
        code, network, network_name, commissioner, name, commissioner_name = cells
        return (
            *(code.upper(), network.upper(), network_name, commissioner.upper()),
            *(" ".join(name.split()), " ".join(commissioner_name.split()), "", "", "", ""),
        )

    def check(self, sql: Sql) -> None:
        sql.run("UPDATE staged SET first = %(day)s, day = %(day)s")
        super().check(sql)
