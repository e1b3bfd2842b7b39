"""docs/workbook.md documents every sheet and column of the go-live workbook as the code has them."""

import inspect
from collections.abc import Iterator

from cc2h.config.settings import BASE_DIR
from cc2h.kit.imports.sheets import LEFT_OUT, Sheet, in_order
from cc2h.kit.imports.workbook import told

PAGE = BASE_DIR / "docs" / "workbook.md"
MARK = "<!-- From here on"


def documented(sheet: Sheet) -> Iterator[str]:
    """The part of the page about a sheet: what it is for, by what a row is found to be held, its columns."""
    yield f"## {sheet.name}"
    yield f"{sheet.what} {inspect.getdoc(type(sheet)) if type(sheet).__doc__ else ''}".strip()
    rows = [(one.heading, "yes" if one.required else "", told(one)) for one in sheet.columns() if one is not LEFT_OUT]
    yield "\n".join(
        ["| column | needed | what stands in it |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    )


def test_every_sheet_and_column_is_documented_as_it_is() -> None:
    expected = "\n\n".join(part for sheet in in_order() for part in documented(sheet)) + "\n"
    written = PAGE.read_text().partition(MARK)[2].partition("-->\n\n")[2]
    assert written == expected, f"It should be:\n{expected}"


def test_every_sheet_says_by_what_a_row_is_found_to_be_held() -> None:
    assert all(type(sheet).__doc__ for sheet in in_order())
