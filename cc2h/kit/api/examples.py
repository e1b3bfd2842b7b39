"""The worked examples of docs/api.md as parts of a page. The tests run them against a real portal."""

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from markupsafe import Markup, escape

PARTS = re.compile(
    r"^```[^\n]*\n(?P<code>(?:(?!```).*\n)*)```$|^## (?P<heading>.+)$|^(?P<text>(?:(?!```|## ).+\n)+)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, a paragraph, a table's rows, or a block of code in its language."""

    kind: str  # heading, text, table, code
    text: str = ""
    rows: tuple[tuple[Markup, ...], ...] = ()


@cache
def parts() -> list[Part]:
    """The document after its title, in order."""
    text = (settings.BASE_DIR / "docs" / "api.md").read_text()
    return [_part(found) for found in PARTS.finditer(text.partition("\n")[2])]


def _part(found: re.Match[str]) -> Part:
    if found["code"]:
        return Part("code", escape(found["code"].rstrip()))
    if found["heading"]:
        return Part("heading", inline(found["heading"]))
    lines = found["text"].splitlines()
    if not lines[0].startswith("|"):
        return Part("text", inline(" ".join(lines)))
    cells = [[inline(cell.strip()) for cell in line.strip("|").split("|")] for line in lines]
    return Part("table", rows=tuple(tuple(row) for number, row in enumerate(cells) if number != 1))


def inline(text: str) -> Markup:
    """Words with `code`, **weight** and [links](address)."""
    html = str(escape(text))
    for pattern, becomes in (
        (r"`([^`]+)`", r"<code>\1</code>"),
        (r"\*\*([^*]+)\*\*", r"<strong>\1</strong>"),
        (r"\[([^\]]+)\]\((https://[^)]+)\)", r'<a href="\2">\1</a>'),
    ):
        html = re.sub(pattern, becomes, html)
    return Markup(html)  # noqa: S704 - escaped above
