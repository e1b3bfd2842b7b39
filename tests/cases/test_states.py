"""The life of a case: what the docs show is what the code allows."""

from cc2h.cases.states import FUNDED, OVER, RULES, SUBMITTED, CaseState, Event, diagram, route, steps
from cc2h.config.settings import BASE_DIR


def table() -> str:
    """The transition table as docs/states.md has it: run the test, and copy it from there when a rule changes."""
    return "\n".join(["| state | can become |", "|---|---|", *(f"| {state} | {after} |" for state, after in route())])


def test_the_docs_show_the_life_of_the_code() -> None:
    written = (BASE_DIR / "docs" / "states.md").read_text()
    assert table() in written
    assert diagram() in written


def test_every_event_and_every_state_has_its_place() -> None:
    assert set(RULES) == set(Event)
    assert {after for _, _, after in steps()} == set(CaseState.values)


def test_nothing_leads_past_an_approval_to_money() -> None:
    into = {before for _, before, after in steps() if after in FUNDED and before not in FUNDED}
    assert into == {CaseState.IN_ROUTE}


def test_what_is_over_leads_nowhere_but_back_to_writing() -> None:
    assert {after for _, before, after in steps() if before in OVER} == {CaseState.DRAFT, CaseState.IDEA}
    assert CaseState.DRAFT not in SUBMITTED
