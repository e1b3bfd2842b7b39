"""The route of a CHIN's states: what the docs show is what the code allows."""

from cc2h.config.settings import BASE_DIR
from chins.workflow import TRANSITIONS, ChinStatus, route


def table() -> str:
    """The transition table as docs/states.md has it: run the test, and copy it from there when the route changes."""
    return "\n".join(["| state | can become |", "|---|---|", *(f"| {state} | {after} |" for state, after in route())])


def test_the_docs_show_the_route_of_the_code() -> None:
    assert table() in (BASE_DIR / "docs" / "states.md").read_text()


def test_the_route_has_every_state_and_ends() -> None:
    assert [state for state, _ in route()] == ChinStatus.labels
    over = [status for status, after in TRANSITIONS.items() if not after]
    assert over == [ChinStatus.MERGED, ChinStatus.CLOSED, ChinStatus.DECLINED, ChinStatus.WITHDRAWN]
