"""The gallery has every component of templates/components, with every argument, and nothing that is not there."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from jinja2 import meta, nodes

from cc2h.accounts.authority import Role
from cc2h.config import gallery
from cc2h.config.gallery import Example, examples, stand_ins
from tests.factories import person

MADE_IN_CODE = {"counted", "sparkline"}  # a filter, and what a table's column calls


@pytest.fixture(scope="module")
def files() -> dict[str, gallery.File]:
    return {file.name: file for file in examples.files(stand_ins.trend())}


def shown(files: dict[str, gallery.File]) -> Iterator[tuple[str, Example]]:
    for file in files.values():
        for component in file.components:
            for one in component.examples:
                yield f"{component.name}: {one.state}", one


def calls(one: Example) -> Iterator[nodes.Call]:
    """The calls of names, which macros are, in an example."""
    for call in gallery.environment().parse(one.source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name):
            yield call


def test_every_component_has_its_place(files: dict[str, gallery.File]) -> None:
    named = {name: {one.name for one in file.components} - MADE_IN_CODE for name, file in files.items()}
    # a template without macros is included as it is
    assert named == {name: set(found) or {name} for name, found in gallery.macros().items()}, "see examples.py"


def test_every_argument_is_given_in_an_example(files: dict[str, gallery.File]) -> None:
    known = {name: arguments for found in gallery.macros().values() for name, arguments in found.items()}
    given: dict[str, set[str]] = defaultdict(set)
    for _, one in shown(files):
        for call in calls(one):
            name = call.node.name
            if name in known:
                given[name] |= {*known[name][: len(call.args)], *(keyword.key for keyword in call.kwargs)}
    missing = {name: set(arguments) - given[name] for name, arguments in known.items()}
    assert {name: what for name, what in missing.items() if what} == {}


def test_a_component_is_shown_in_its_own_examples(files: dict[str, gallery.File]) -> None:
    for file in files.values():
        for component in file.components:
            for one in component.examples:
                if component.name in gallery.macros()[file.name]:
                    assert component.name in {call.node.name for call in calls(one)}, f"{component.name}: {one.state}"


def test_every_state_shape_and_colour_of_a_tag_is_shown(files: dict[str, gallery.File]) -> None:
    tags = gallery.environment().get_template("components/tags.html").module
    sources = " ".join(one.source for component in files["tags"].components for one in component.examples)
    colours = {colour for _, colour, _ in tags.STATES.values()}  # type: ignore[attr-defined]
    for word in {*tags.STATES, *tags.SHAPES, *colours}:  # type: ignore[attr-defined]
        assert f'"{word}"' in sources, word


def test_an_example_names_nothing_that_is_not_there(files: dict[str, gallery.File]) -> None:
    """A name that is misspelt would draw nothing, and nobody would see."""
    environment = gallery.environment()
    given = {*environment.globals} | {name for found in gallery.macros().values() for name in found}
    for where, one in shown(files):
        missing = meta.find_undeclared_variables(environment.parse(one.source)) - given - {*one.given}
        assert not missing or not one.drawn, where


def test_each_example_keeps_to_itself(files: dict[str, gallery.File]) -> None:
    drawn = [gallery.draw(one, number) for number, (_, one) in enumerate(shown(files)) if one.drawn]
    assert all(re.sub(r"<[^>]+>", "", html).strip() or "<" in html for html in drawn)
    html = "".join(drawn)
    for what in (r'\sid="([^"]+)"', r'<(?:nav|section)[^>]*\saria-label="([^"]+)"'):
        again = [name for name, times in Counter(re.findall(what, html)).items() if times > 1]
        assert again == [], "two examples have it"
    for reference in re.findall(r'\s(?:for|aria-describedby|href)="#?([^"?]+-\d+)"', html):
        for one in reference.split():
            assert f' id="{one}"' in html
    assert not re.search("data-poll|data-updating", html), "it would ask the server again"


@pytest.mark.django_db
def test_the_page_is_for_those_who_run_the_portal(client: Client) -> None:
    client.force_login(person(Role.ADMINISTRATOR))
    assert reverse("components") in client.get(reverse("operations")).content.decode()
    page = client.get(reverse("components")).content.decode()
    assert "All that is shown here is made up." in page
    assert "{{ status_tag(&#34;operational&#34;) }}" in page
    client.force_login(person(Role.TRANSFORMATION_MANAGER))
    assert client.get(reverse("components")).status_code == 403
