"""Plain SQL with named parameters, for work over many rows at once."""

from typing import Any

from django.db.models import Func, IntegerField


class Sql:
    """Statements on one cursor, with parameters that all of them may use as %(name)s."""

    def __init__(self, cursor: Any, **parameters: Any) -> None:
        self.cursor, self.parameters = cursor, parameters

    def run(self, query: str, **parameters: Any) -> int:
        """How many rows the statement touched."""
        self.cursor.execute(query, self.parameters | parameters)
        return self.cursor.rowcount

    def rows(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        self.run(query, **parameters)
        return self.cursor.fetchall()

    def value(self, query: str, **parameters: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.rows(query, **parameters)
        return found[0][0] if found else None

    def rows_into(self, name: str, query: str, **parameters: Any) -> None:
        """A temporary table with the rows of the query, until the transaction ends."""
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}", **parameters)

    def table(self, name: str, query: str, **parameters: Any) -> None:
        """The same, known to the planner."""
        self.rows_into(name, query, **parameters)
        self.run(f"ANALYZE {name}")


class Days(Func):
    """How many days the second day lies before the first."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()
