"""The cells of a table written by hand (templates/components/tables.html): of some pages there are hundreds."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString
from markupsafe import escape

from cc2h.kit.words import DASH


def cell_tags(columns: Sequence[str | Mapping[str, Any]]) -> list[str]:
    """The tag that opens a cell under each column, with what the column is called: a filter of templates."""
    return ['<th role="rowheader" scope="row">', *(_tag(column) for column in columns[1:])]


def _tag(column: str | Mapping[str, Any]) -> str:
    label, numeric = (column, False) if isinstance(column, str) else (column["text"], column.get("numeric", False))
    numbers = ' class="num"' if numeric else ""
    return f'<td role="cell"{numbers} data-label="{escape(label)}">'


def cells_of(row: Sequence[Any], tags: Sequence[str]) -> SafeString:
    """The cells of a row, the first of which is its heading: a filter of templates.

    A cell is text, or {"text" or "html", "href"}; what is not safe is escaped, None reads as a dash.
    """
    head, *others = [f"{tag}{_shown(cell)}" for tag, cell in zip(tags, row, strict=False)]
    return SafeString("".join([head, "</th>", *(f"{cell}</td>" for cell in others)]))


def _shown(cell: Any) -> str:
    if cell is None:
        return DASH
    if not isinstance(cell, dict):
        return str(cell.__html__()) if hasattr(cell, "__html__") else escape(cell)
    shown = _shown(cell.get("html") or cell.get("text", ""))
    return f'<a href="{escape(cell["href"])}">{shown}</a>' if cell.get("href") else shown
