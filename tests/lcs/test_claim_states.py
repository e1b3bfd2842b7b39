"""The route of a claim's states: what the docs show is what the code allows."""

from budget.lcs.states import RULES, ClaimState, Event, diagram, route, steps
from cc2h.config.settings import BASE_DIR


def table() -> str:
    """The transition table as docs/states.md has it: run the test, and copy it from there when the route changes."""
    said = (f"| {state} | {after or 'nothing: its life is over'} |" for state, after in route())
    return "\n".join(["| state | can become |", "|---|---|", *said])


def test_the_docs_show_the_route_of_the_code() -> None:
    written = (BASE_DIR / "docs" / "states.md").read_text()
    assert table() in written
    assert diagram() in written


def test_every_event_and_every_state_has_its_place() -> None:
    assert set(RULES) == set(Event)
    assert {after for _, _, after in steps()} == set(ClaimState.values)


def test_nothing_leads_past_verifying_to_money() -> None:
    into = {before for _, before, after in steps() if after == ClaimState.PAYABLE and before != after}
    assert into == {ClaimState.SENT, ClaimState.PAID}
