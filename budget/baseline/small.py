"""Small counts of people are not shown to whom they are none of their business, nor left to be worked out.

Counts of 1 to 4 are hidden; then, in every row and column that adds up to a total, whatever would give a hidden count away.
The threshold is a setting of the programme's, not of a paper.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

SMALL = 5  # counts below this, and above 0, are hidden
TOTAL = ""  # the name of the row and of the column that the others add up to
Cell = tuple[str, str]  # row, column
Counts = Mapping[Cell, int]  # every cell of a table but its totals


def totals(counts: Counts, rows: Iterable[str]) -> dict[Cell, int]:
    """The cells of these rows with their totals, and the totals of the columns over them."""
    rows, columns = [*rows], list(dict.fromkeys(column for _, column in counts))
    full = {(row, column): counts[row, column] for row in rows for column in columns}
    for row in rows:
        full[row, TOTAL] = sum(full[row, column] for column in columns)
    for column in (*columns, TOTAL):
        full[TOTAL, column] = sum(full[row, column] for row in rows)
    return full


def hidden(counts: Counts, known: Collection[str] = (), also: Iterable[Cell] = ()) -> set[Cell]:
    """The cells of a table that are not to be shown, totals among them.

    known: rows that the reader may see anyway; what they say helps nobody to hide another, so they are left out of the
    totals that are looked at. also: cells that are hidden elsewhere.
    """
    rows = [row for row in dict.fromkeys(row for row, _ in counts) if row not in known]
    full = totals(counts, rows)
    columns = list(dict.fromkeys(column for _, column in full if column != TOTAL))
    gone = {cell for cell, value in full.items() if 0 < value < SMALL} | (set(also) & full.keys())
    lines = [[(row, column) for column in (*columns, TOTAL)] for row in (*rows, TOTAL)]
    lines += [[(row, column) for row in (*rows, TOTAL)] for column in (*columns, TOTAL)]
    found = True
    while found:
        found = False
        for line in lines:
            while (more := _more(line, full, gone)) is not None:
                gone.add(more)
                found = True
    return gone


def _more(line: Sequence[Cell], values: Mapping[Cell, int], gone: set[Cell]) -> Cell | None:
    """Another cell of the line to hide, the last being its total; None where nothing can be worked out."""
    *parts, total = line
    of_parts = [cell for cell in parts if cell in gone]
    if total in gone:
        enough = bool(of_parts)
    else:
        enough = not of_parts or (len(of_parts) > 1 and sum(values[cell] for cell in of_parts) >= SMALL)
    if enough:
        return None
    left = [cell for cell in parts if cell not in gone]
    least = min(left, key=lambda cell: (not values[cell], values[cell]), default=None)
    return least if least is not None else (None if total in gone else total)


Hidden = tuple[dict[str, set[Cell]], set[Cell]]  # of each group, and of the groups' totals


def nested(groups: Mapping[str, Counts], known: Mapping[str, Collection[str]], also: Hidden | None = None) -> Hidden:
    """What to hide in the table of each group, and in the table of the groups' totals; neither gives the other away."""
    also_below, also_above = also or ({}, set())
    columns = list(dict.fromkeys(column for counts in groups.values() for _, column in counts))
    sums = {name: totals(counts, dict.fromkeys(row for row, _ in counts)) for name, counts in groups.items()}
    above = {(name, column): sums[name].get((TOTAL, column), 0) for name in groups for column in columns}
    open_groups = [name for name, counts in groups.items() if {row for row, _ in counts} <= {*known.get(name, ())}]
    below: dict[str, set[Cell]] = {name: set() for name in groups}
    top: set[Cell] = set()
    while True:
        downward = {name: {(TOTAL, column) for row, column in top if row == name} for name in groups}
        now = {
            name: hidden(counts, known.get(name, ()), downward[name] | also_below.get(name, set()))
            for name, counts in groups.items()
        }
        upward = {(name, column) for name, cells in now.items() for row, column in cells if row == TOTAL}
        over = hidden(above, open_groups, upward | top | also_above)
        if (now, over) == (below, top):
            return below, top
        below, top = now, over


def both(first: Mapping[str, Counts], second: Mapping[str, Counts], known: Mapping[str, Collection[str]]) -> Hidden:
    """The same of two tables that part the same totals in two ways: what one hides of the totals, the other hides."""
    shared: Hidden = ({name: set() for name in first}, set())
    while True:
        found = [nested(groups, known, shared) for groups in (first, second)]
        below = {name: {cell for one in found for cell in one[0][name] if cell[1] == TOTAL} for name in first}
        above = {cell for one in found for cell in one[1] if cell[1] == TOTAL}
        if (below, above) == shared:
            return {name: found[0][0][name] | found[1][0][name] for name in first}, found[0][1] | found[1][1]
        shared = (below, above)
