"""pgtrigger's register, which reads all of itself for each trigger that is added: with hundreds, a third of a start.

Here it keeps what it looks for. Called by the first of our apps, before there are models.
"""

from typing import Any

from pgtrigger import registry


class Register(registry._Registry):
    """Says as ever which trigger a table has by a name, and which functions there are."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, str], Any] = {}
        self._functions: set[str] = set()
        super().__init__()

    @property
    def by_db_table(self) -> dict[tuple[str, str], Any]:
        return self._tables

    @property
    def pg_function_names(self) -> set[str]:
        return self._functions

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        model, trigger = value
        self._tables[model._meta.db_table, trigger.name] = trigger
        self._functions.add(trigger.get_pgid(model))

    def __delitem__(self, key: str) -> None:
        model, trigger = self[key]
        super().__delitem__(key)
        del self._tables[model._meta.db_table, trigger.name]
        self._functions.discard(trigger.get_pgid(model))


def keep() -> None:
    """From now on, with what is registered already."""
    before, registry._registry = registry._registry, Register()
    for key, value in before.items():
        registry._registry[key] = value
