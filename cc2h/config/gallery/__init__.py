"""The house's components on one page, each in its states: what the operations page leads to as **Components**.

An example is a piece of a template, and is both what is shown and what is drawn, so that the code beside a picture
can't say anything else. `examples.py` has them by file of templates/components; a macro or an argument that
none of them uses fails tests/config/test_gallery.py. What they show is made up there and stands in no table.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import engines
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, Template, nodes

FOLDER = Path(settings.BASE_DIR) / "templates" / "components"
# What would ask the server again, or draw the reader to itself as soon as the page opens.
RESTLESS = re.compile(r'\s(?:data-poll|data-updating|data-module="nhsuk-error-summary")')
REFERENCE = re.compile(r'\s(id|for|name|aria-describedby|aria-labelledby|aria-controls)="([^"]*)"|\s(href)="#([^"]+)"')
LANDMARK = re.compile(r'(<(?:nav|section)\s[^>]*?aria-label="[^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One state: `source` is the piece of a template, `given` what its names stand for.

    wide: it needs the width of the page. drawn: False for what has nothing to look at.
    """

    state: str
    source: str
    given: Mapping[str, Any] = field(default_factory=dict)
    wide: bool = False
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Component:
    """A macro (or a template that is included): when to use it, and its states."""

    name: str
    use: str
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class File:
    """A file of templates/components, by its name without the ending."""

    name: str
    title: str
    components: Sequence[Component]


def environment() -> Environment:
    found: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return found


@cache
def macros() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The macros that pages may call, as the templates have them: file → macro → its arguments."""
    return {
        path.stem: {
            macro.name: [argument.name for argument in macro.args]
            for macro in environment().parse(path.read_text()).find_all(nodes.Macro)
            if not macro.name.startswith("_")
        }
        for path in sorted(FOLDER.glob("*.html"))
    }


def import_line(file: str) -> str:
    """What a page writes at its top to have the macros of a file; nothing where there are none."""
    found = macros()[file]
    return f'{{% from "components/{file}.html" import {", ".join(found)} %}}' if found else ""


@cache
def _template(source: str) -> Template:
    return environment().from_string("".join(map(import_line, macros())) + source)


def draw(example: Example, number: int) -> SafeString:
    """The example as it stands on the page, beside others of the same ids, names and landmarks."""
    html = _template(example.source).render(**example.given)
    return mark_safe(_apart(RESTLESS.sub("", html), f"-{number}", example.state))  # noqa: S308 - templates of ours


def _apart(html: str, suffix: str, state: str) -> str:
    own = set(re.findall(r'\sid="([^"]+)"', html))

    def mine(found: re.Match[str]) -> str:
        if found[3]:
            return f' href="#{found[4]}{suffix if found[4] in own else ""}"'
        values = [one + suffix if found[1] == "name" or one in own else one for one in found[2].split()]
        return f' {found[1]}="{" ".join(values)}"'

    return LANDMARK.sub(rf'\1 ({state})"', REFERENCE.sub(mine, html))
