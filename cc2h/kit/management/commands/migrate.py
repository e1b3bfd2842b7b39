"""Migrates as Django does, in a fraction of the time; and says when a database can't be migrated any more."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
    Migration,
    RemoveConstraint,
    RemoveIndex,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

OF_A_TABLE = (AddConstraint, AddIndex, AddTrigger, RemoveConstraint, RemoveIndex, RemoveTrigger)  # of no field of it
MADE_ANEW_ONCE = (CreateModel, AddField)


class Together(Operation):
    """Operations of one kind, which needs only the state after it: models are made anew once at most, not for each."""

    def __init__(self, operations: Sequence[Any]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Without models, which Django makes again of the whole state when one is asked for, if they are not kept."""
        models = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        first = self.operations[0]
        if models and isinstance(first, CreateModel):  # those there are have changed in nothing
            state.apps = models
            models.render_multiple([state.models[app_label, made.name_lower] for made in self.operations])
        elif models and isinstance(first, OF_A_TABLE):  # no field has changed, only what models say of their table
            state.apps = models
            for name in {operation.model_name_lower for operation in self.operations}:
                models.get_model(app_label, name)._meta.__dict__.update(_of_the_table(state.models[app_label, name]))

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """One after another, as ever."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)


def _of_the_table(model: ModelState) -> dict[str, Any]:
    """What a model says of its table: its constraints and indexes."""
    return {kind: list(model.options[kind]) for kind in ("constraints", "indexes")}


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The same operations in the same order, neighbours of one kind as one."""
    found: list[Operation] = []
    for kind, alike in groupby(operations, type):
        run = list(alike)
        found += [Together(run)] if kind in (*OF_A_TABLE, *MADE_ANEW_ONCE) else run
    return found


def _refuse_half_way(alias: str) -> None:
    """Raises CommandError if the database has some but not all of the migrations that were folded into one.

    Django would begin from the first all the same, and fail on a table that is there already.
    """
    loader, applied = MigrationLoader(None), MigrationRecorder(connections[alias]).applied_migrations()
    for (room, name), migration in loader.replacements.items():
        folded = set(migration.replaces)
        missing = sorted(former for _, former in folded - applied.keys())
        if folded & loader.disk_migrations.keys() or not missing:
            continue  # Django can still apply what is there itself; or nothing is missing
        if applied.keys() & {*folded, (room, name)}:
            raise CommandError(
                f"This database can’t be migrated from where it stands: of {room}, it lacks {', '.join(missing)}, "
                f"which {name} now includes. Migrate it with the newest version that still has them, then with this one."
            )


class Command(migrate.Command):
    """`migrate`, in which the models are not made anew for each of a thousand tables, constraints and triggers."""

    def handle(self, *arguments: Any, **options: Any) -> None:
        """As ever."""
        _refuse_half_way(options["database"])
        as_ever = Migration.apply

        def apply(migration: Migration, *given: Any, **named: Any) -> ProjectState:
            migration.operations = together(migration.operations)  # type: ignore[misc]
            return as_ever(migration, *given, **named)

        Migration.apply = apply  # type: ignore[method-assign, assignment]
        try:
            super().handle(*arguments, **options)
        finally:
            Migration.apply = as_ever  # type: ignore[method-assign]
