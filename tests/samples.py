"""Small files in the formats that the NHS publishes, made up by code: no line of them comes from a real file."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import openpyxl

NEWLINE = "\r\n"


def table(header: Sequence[str], rows: Iterable[Sequence[object]], quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    """A CSV with a header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=NEWLINE, quoting=quoting)  # type: ignore[arg-type]
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


# Registered patients ---------------------------------------------------------------------------------

PATIENTS_HEADER = (
    *("PUBLICATION", "EXTRACT_DATE", "TYPE", "CCG_CODE", "ONS_CCG_CODE"),
    *("CODE", "POSTCODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"),
)
NEW_NAMES = {"CCG_CODE": "SUB_ICB_LOCATION_CODE", "ONS_CCG_CODE": "ONS_SUB_ICB_LOCATION_CODE"}


def patients_rows(
    sizes: Mapping[str, object] | Sequence[tuple[str, object]], day: str = "01Apr2018", commissioner: str = "07M"
) -> list[list[str]]:
    """Rows of registered patients: (code, patients) in order, all of one day."""
    pairs = sizes.items() if isinstance(sizes, Mapping) else sizes
    return [
        ["GP_PRAC_PAT_LIST", day, "GP", commissioner, "E38000005", code, "EN5 4BE", "ALL", "ALL", str(size)]
        for code, size in pairs
    ]


def registered_patients(
    sizes: Mapping[str, object] | Sequence[tuple[str, object]],
    day: str = "01Apr2018",
    *,
    new_names: bool = False,
    commissioner: str = "07M",
) -> bytes:
    """gp-reg-pat-prac-all."""
    header = [NEW_NAMES.get(name, name) if new_names else name for name in PATIENTS_HEADER]
    return table(header, patients_rows(sizes, day, commissioner))


BANDS = ("0-4", "5-14", "15-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
QUARTERLY_HEADER = (
    *("Regional Office Name", "Regional Office Code", "Area Team Name", "Area Team Code"),
    *("PCO Name", "PCO Code", "Practice Name", "Practice Code"),
    *(f"{sex} {band}" for band in BANDS for sex in ("Male", "Female")),
)


def quarterly_lists(bands: Mapping[str, Sequence[object]], commissioner: str = "07M") -> bytes:
    """Patient_List_Size: by code, the 18 bands."""
    before = ("LONDON", "Y56", "LONDON AREA TEAM", "Q71", "BARNET CCG  ", f"{commissioner}00", "A SURGERY")
    return table(QUARTERLY_HEADER, [(*before, code, *counts) for code, counts in bands.items()])


def local_lists(sizes: Mapping[str, object], day: str = "04/11/2025", borough: str | None = "Barnet") -> bytes:
    """emis_list_size, with the borough unless it is None."""
    if borough is None:
        rows = [(code, "A Surgery", size, day) for code, size in sizes.items()]
        return table(("CODE", "GP_PRACTICE", "LIST_SIZE", "EXTRACT_DATE"), rows)
    rows_with = [(borough, code, "A Surgery", size, day) for code, size in sizes.items()]
    return table(("BOROUGH", "CODE", "GP_PRACTICE", "LIST_SIZE", "EXTRACT_DATE"), rows_with)


# The Organisation Data Service -------------------------------------------------------------------------


@dataclass(frozen=True)
class Organisation:
    """A row of epraccur."""

    code: str
    name: str = "A SURGERY"
    opened: str = "19740401"
    closed: str = ""
    status: str = "A"
    commissioner: str = "07M"
    joined: str = "20130401"
    setting: str = "4"
    postcode: str = "EN5 4BE"
    street: str = "1 HIGH STREET"
    telephone: str = "020 7946 0001"

    @property
    def row(self) -> list[str]:
        return [
            *(self.code, self.name, "Y56", "Q71", self.street, "", "BARNET", "", "", self.postcode),
            *(self.opened, self.closed, self.status, "B", self.commissioner, self.joined, self.closed),
            *(self.telephone, "", "", "", "0", "", self.commissioner, "", self.setting, ""),
        ]


def epraccur(*organisations: Organisation) -> bytes:
    return table((), [one.row for one in organisations], csv.QUOTE_ALL)


def eccg(*commissioners: tuple[str, str, str, str]) -> bytes:
    """(code, name, opened, closed) each."""
    rows = [
        [code, name, "Y56", "Q71", "1 HIGH STREET", "", "", "LONDON", "", "N1 1AA", opened, closed, "", "C"] + [""] * 13
        for code, name, opened, closed in commissioners
    ]
    return table((), rows, csv.QUOTE_ALL)


# Networks ------------------------------------------------------------------------------------------------

NETWORKS_HEADER = (
    *("PCN Code", "PCN Name", "Current Clinical \nCommissioning \nGroup Code", "Clinical\nCommissioning\nGroup Name"),
    *("Open Date", "Close Date", "Address Line 1", "Postcode"),
)
PARTNERS_HEADER = (
    *("Partner\nOrganisation\nCode", "Partner\nName", "Practice\nParent\nCCG Code", "Practice\nParent\nCCG Name"),
    *("PCN Code", "PCN Name", "PCN Parent\nCCG Code", "PCN Parent\nCCG Name"),
    *("Practice to PCN\nRelationship\nStart Date", "Practice to PCN\nRelationship\nEnd Date"),
    "Practice CCG and PCN\nCCG Match ",
)
NEW_WORDS = (
    ("Current Clinical \nCommissioning \nGroup Code", "Current\nSub ICB Loc Code"),
    ("Clinical\nCommissioning\nGroup Name", "Sub ICB\nLocation"),
    ("\nCCG Code", "\nSub ICB Loc Code"),
)


def network_workbook(
    networks: Sequence[tuple[str, str, str, str]],
    stays: Sequence[tuple[str, str, str, str]],
    *,
    commissioner: str = "93C",
    new_words: bool = False,
) -> bytes:
    """ePCN.xlsx. networks: (code, name, opened, closed); stays: (practice, network, from, to)."""

    def header(names: Sequence[str]) -> list[str]:
        found = list(names)
        for old, new in NEW_WORDS if new_words else ():
            found = [name.replace(old, new) for name in found]
        return found

    book = openpyxl.Workbook()
    first = book.active
    first.title = "PCNDetails"
    first.append(header(NETWORKS_HEADER))
    names = {}
    for code, name, opened, closed in networks:
        names[code] = name
        first.append([code, name, commissioner, "NHS SOMEWHERE CCG", opened, closed, "1 HIGH STREET", "N1 1AA"])
    second = book.create_sheet("PCN Core Partner Details")
    second.append(header(PARTNERS_HEADER))
    for practice, network, first_day, last_day in stays:
        before = (practice, "A SURGERY", commissioner, "NHS SOMEWHERE CCG", network, names.get(network, ""))
        second.append([*before, commissioner, "NHS SOMEWHERE CCG", first_day, last_day, True])
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


MAP_HEADER = (
    *("PUBLICATION", "EXTRACT_DATE", "PRACTICE_CODE", "PRACTICE_NAME", "PRACTICE_POSTCODE", "PCN_CODE", "PCN_NAME"),
    *("ONS_CCG_CODE", "CCG_CODE", "CCG_NAME", "ONS_STP_CODE", "STP_CODE", "STP_NAME"),
    *("ONS_COMM_REGION_CODE", "COMM_REGION_CODE", "COMM_REGION_NAME"),
)


def network_map(
    rows: Sequence[tuple[str, str, str, str]],
    day: str = "01Jan2022",
    commissioner: str = "93C",
    postcode: str = "EN5 4BE",
) -> bytes:
    """gp-reg-pat-prac-map. rows: (practice, its name, network, the network's name)."""
    after = ("E38000240", commissioner, "NHS Somewhere CCG", "E54000028", "QMJ", "NCL", "E40000003", "Y56", "London")
    return table(
        MAP_HEADER,
        [("GP_PRAC_PAT_LIST", day, code, name, postcode, pcn, pcn_name, *after) for code, name, pcn, pcn_name in rows],
    )


def members(*rows: tuple[str, str, str, str]) -> bytes:
    """A members file: (practice_code, chin, from, to)."""
    return table(("practice_code", "chin", "from", "to"), rows)


def practice_merges(*pairs: tuple[str, str]) -> bytes:
    header = ("predecessor_code", "successor_code", "predecessor_name", "successor_name", "note")
    return table(header, [(gone, into, "A Surgery", "Another Surgery", "They merged") for gone, into in pairs])


def practice_coordinates(rows: Mapping[str, tuple[object, ...]], postcode: str = "EN5 4BE") -> bytes:
    """By code: OSM latitude and longitude, and where there is one the directory's."""
    header = (
        *("practice_code", "name", "postcode", "osm_latitude", "osm_longitude"),
        *("onspd_latitude", "onspd_longitude", "onspd_postcode"),
    )
    lines = [(code, "A Surgery", postcode, *found, *[""] * (4 - len(found)), postcode) for code, found in rows.items()]
    return table(header, lines)


# Outlines ------------------------------------------------------------------------------------------------

Corners = Sequence[tuple[float, float]]


def block(west: float, south: float, east: float, north: float) -> Corners:
    """A rectangle's corners, (longitude, latitude) each, the last the same as the first."""
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def feature(code: object, name: object, *rings: Corners, of: str = "LAD13", **geometry: object) -> dict[str, object]:
    """An area of a GeoJSON file. geometry: instead of a Polygon with these rings."""
    properties = {f"{of}CD": code, f"{of}CDO": "00AC", f"{of}NM": name, f"{of}NMW": None}
    polygon = {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "properties": properties, "geometry": geometry or polygon}


def outlines(*features: object, crs: str = "urn:ogc:def:crs:OGC:1.3:CRS84", **more: object) -> bytes:
    """A GeoJSON file of areas."""
    named = {"type": "name", "properties": {"name": crs}}
    return json.dumps({"type": "FeatureCollection", "crs": named, "features": features} | more, indent=1).encode()
