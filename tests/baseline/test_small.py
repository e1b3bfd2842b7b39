"""Small counts are hidden, and nothing that is shown gives one away."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from budget.baseline.small import SMALL, TOTAL, Cell, both, hidden, nested, totals


def table(*rows: tuple[int, ...]) -> dict[Cell, int]:
    return {(f"r{i}", f"c{j}"): n for i, row in enumerate(rows) for j, n in enumerate(row)}


def test_a_count_of_1_to_4_is_hidden_with_a_neighbour_in_its_row_and_column() -> None:
    gone = hidden(table((3, 20, 30), (40, 9, 60), (70, 80, 90)))
    assert ("r0", "c0") in gone
    assert {("r0", "c1"), ("r1", "c0"), ("r1", "c1")} <= gone
    assert (TOTAL, TOTAL) not in gone


def test_0_and_5_are_shown_where_nothing_small_is() -> None:
    assert hidden(table((0, 5), (6, 0))) == set()


def test_a_lone_practice_is_hidden_with_the_total_that_would_say_it() -> None:
    gone = hidden(table((3, 20)))
    assert {("r0", "c0"), (TOTAL, "c0"), ("r0", "c1"), (TOTAL, "c1")} <= gone


def test_two_hidden_counts_of_a_small_sum_are_hidden_with_another() -> None:
    gone = hidden(table((1, 1, 20, 30), (50, 50, 60, 70), (50, 50, 60, 70)))
    row = [cell for cell in gone if cell[0] == "r0"]
    assert len(row) > 2


def test_what_the_reader_knows_hides_nothing_for_them() -> None:
    """Their own practice's 3 is shown; of two others the one that is small takes the other with it."""
    counts = {("own", "a"): 3, ("x", "a"): 2, ("y", "a"): 9}
    gone = hidden(counts, known=["own"])
    assert not any(row == "own" for row, _ in gone)
    assert {("x", "a"), ("y", "a")} <= gone


counts = st.integers(0, 9)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[counts] * width), min_size=1, max_size=4).map(lambda rows: table(*rows))
)


def given_away(full: dict[Cell, int], gone: set[Cell]) -> list[Cell]:
    """Hidden cells that one line of the table, with its total, says: alone in their line."""
    rows = list(dict.fromkeys(row for row, _ in full))
    columns = list(dict.fromkeys(column for _, column in full))
    lines = [[(row, column) for column in columns] for row in rows]
    lines += [[(row, column) for row in rows] for column in columns]
    missing = [[cell for cell in line if cell in gone] for line in lines]
    return [cells[0] for cells in missing if len(cells) == 1]


@settings(max_examples=300, deadline=None)
@given(tables)
def test_no_line_of_any_table_gives_a_hidden_count_away(counts: dict[Cell, int]) -> None:
    full = totals(counts, dict.fromkeys(row for row, _ in counts))
    gone = hidden(counts)
    assert {cell for cell, value in full.items() if 0 < value < SMALL} <= gone
    assert given_away(full, gone) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(counts, counts, counts), min_size=2, max_size=6))
def test_neither_a_chins_table_nor_the_commissioners_gives_the_other_away(rows: list[tuple[int, ...]]) -> None:
    groups = {
        "a": table(*rows[: len(rows) // 2]),
        "b": {(f"b{row}", column): n for (row, column), n in table(*rows[len(rows) // 2 :]).items()},
    }
    below, above = nested(groups, {})
    for name, column in product(groups, ("c0", "c1", "c2", TOTAL)):
        assert ((TOTAL, column) in below[name]) == ((name, column) in above), "a total is hidden in both or in neither"
    for name, found in groups.items():
        assert given_away(totals(found, dict.fromkeys(row for row, _ in found)), below[name]) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=5))
def test_two_tables_of_the_same_totals_hide_the_same_totals(rows: list[tuple[int, ...]]) -> None:
    first = table(*rows)
    second = {(f"r{i}", "older"): sum(row) // 2 for i, row in enumerate(rows)}
    second |= {(f"r{i}", "younger"): sum(row) - sum(row) // 2 for i, row in enumerate(rows)}
    gone = both({"a": first}, {"a": second}, {})[0]["a"]
    for counts_ in (first, second):
        full = totals(counts_, dict.fromkeys(row for row, _ in counts_))
        assert given_away(full, gone & full.keys()) == []
