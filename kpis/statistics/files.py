"""Small CSV files of numbers, as the commands read them: what is wrong is said by row and column."""

import csv
from collections.abc import Sequence
from datetime import date
from io import StringIO
from math import isfinite
from pathlib import Path

SUPPRESSED = ("*", "-97", "-98", "-99")
LARGEST = 1e15  # of a number: limits of larger ones would be without end


class NoFile(ValueError):
    """There is nothing to read: says why."""


class BadFile(ValueError):
    """The file can't be read as what was asked for; says which row and column, what was found and what was expected."""


def table(path: str, *columns: str, optional: Sequence[str] = (), keep_blank: bool = False) -> list[dict[str, str]]:
    """The rows of a CSV with a header, by column. keep_blank: wholly blank ones too, but at its end.

    Raises BadFile and NoFile.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise NoFile(f"{path} can’t be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is no text in UTF-8.") from error
    header, *lines = [*csv.reader(StringIO(text, newline=""))] or [[]]
    names = [name.strip().lower() for name in header]
    missing = [column for column in columns if column not in names]
    if missing:
        raise BadFile(f"{path} has no column “{missing[0]}”. Expected: {', '.join(columns)}.")
    for column in (*columns, *optional):
        if names.count(column) > 1:
            raise BadFile(f"{path} has {names.count(column)} columns “{column}”. Expected: one.")
    wanted = [*columns, *(column for column in optional if column in names)]
    places = {column: names.index(column) for column in wanted}
    rows = [{column: cells[at].strip() if at < len(cells) else "" for column, at in places.items()} for cells in lines]
    while rows and not any(rows[-1].values()):
        rows.pop()
    return rows if keep_blank else [row for row in rows if any(row.values())]


def number(row: int, column: str, found: str) -> float:
    """The cell as a finite number. row: from 1, without the header. Raises BadFile."""
    try:
        value = float(found.replace(",", ""))
    except ValueError:
        said = "a suppressed value" if found in SUPPRESSED else f"“{' '.join(found.split())}”" if found else "nothing"
        raise BadFile(f"Row {row}, column “{column}”: a number was expected, and {said} was found.") from None
    if not isfinite(value):
        raise BadFile(f"Row {row}, column “{column}”: a finite number was expected, and “{found}” was found.")
    if abs(value) >= LARGEST:
        raise BadFile(
            f"Row {row}, column “{column}”: a number below {LARGEST:.0e} was expected, and “{found}” was found."
        )
    return value


def numbers(rows: Sequence[dict[str, str]], column: str) -> list[float]:
    return [number(index, column, row[column]) for index, row in enumerate(rows, start=1)]


def series(path: str) -> list[float | None]:
    """The column `value`, in the order of `date` where there is one. A blank or suppressed value is a gap."""
    rows = table(path, "value", optional=["date"], keep_blank=True)
    if rows and "date" in rows[0]:
        rows = [row for row in rows if any(row.values())]  # a line without a day is no period
    values: list[float | None] = []
    for index, row in enumerate(rows, start=1):
        gap = not row["value"] or row["value"] in SUPPRESSED[:1]
        values.append(None if gap else number(index, "value", row["value"]))
    if not rows or "date" not in rows[0]:
        return values
    days: list[date] = []
    for index, row in enumerate(rows, start=1):
        try:
            day = date.fromisoformat(row["date"] if len(row["date"]) > 7 else f"{row['date']}-01")
        except ValueError:
            raise BadFile(
                f"Row {index}, column “date”: a day like 2018-04-01 was expected, and “{row['date']}” was found."
            ) from None
        if day in days:
            raise BadFile(f"Row {index}, column “date”: {row['date']} stands in row {days.index(day) + 1} already.")
        days.append(day)
    return [values[place] for place in sorted(range(len(days)), key=days.__getitem__)]
