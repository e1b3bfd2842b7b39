"""Which programme this database holds: none, the illustrative one, or a real one. They never mix."""

from collections.abc import Callable
from typing import Any

import pghistory
import pgtrigger
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from cc2h.kit.models import Import, Programme

State = Import.State
_rooms: list[str] = []
_kept: dict[str, str] = {}
_afterwards: list[tuple[Callable[[Any], str], str]] = []


def belongs(app_label: str, **kept: str) -> None:
    """Say that a room's tables hold the programme; called from its AppConfig.ready().

    kept: models whose rows outlive the illustrative programme, each with the condition in SQL on its table.
    """
    _rooms.append(app_label)
    _kept.update({f"{app_label}.{model}": condition for model, condition in kept.items()})


def after_removal(function: Callable[[Any], str], foretold: str = "") -> None:
    """Register what must happen, in the same transaction, when the illustrative programme goes; lower rooms first.

    function: called with `by`; returns what they must know of it then, in sentences. foretold: what the page that asks
    says of it.
    """
    _afterwards.insert(0, (function, foretold))  # rooms are readied from the highest to the lowest


def foretold() -> list[str]:
    """What else happens when the illustrative programme goes, in sentences."""
    return [sentence for _, sentence in _afterwards if sentence]


def kind() -> str:
    """The kind of programme held now."""
    return Programme.objects.values_list("kind", flat=True).get()


def become(new: str) -> None:
    """An empty database takes on what is first put into it. Raises ValidationError where that would mix.

    The row stays locked until the caller's transaction ends, so that two first imports can't disagree.
    """
    held = Programme.objects.select_for_update().get()
    if held.kind == new:
        return
    if held.kind != Programme.Kind.EMPTY:
        raise ValidationError(f"This portal holds the {held.get_kind_display().lower()} programme.", code="mixed")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kit_programme SET kind = %s, loaded_at = clock_timestamp()", [new])


@transaction.atomic
def remove_illustrative(*, by: Any) -> list[str]:
    """Empty every room of the illustrative programme, its history included; returns what `by` must know, in sentences.

    Whoever does it keeps their account, and the posts that belong to a commissioner or to the portal stay, so
    that they are not locked out; commissioners stay; a file that still waits to be imported stays. Raises
    ValidationError when the portal holds no illustrative programme.
    """
    with pghistory.context(user=by.pk if by else None), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is pending would forbid TRUNCATE
        if Programme.objects.select_for_update().get().kind != Programme.Kind.ILLUSTRATIVE:
            raise ValidationError("This portal holds no illustrative programme.", code="not_illustrative")
        waiting = ", ".join(f"'{state}'" for state in (State.RECEIVED, State.CHECKING, State.CHECKED))
        stays = f"SELECT id FROM kit_import WHERE state IN ({waiting})"
        tables: dict[str, str | None] = {"kit_importevent": f"pgh_obj_id IN ({stays})"}
        for room in _rooms:
            for model in apps.get_app_config(room).get_models(include_auto_created=True):
                tables[model._meta.db_table] = _kept.get(f"{room}.{model.__name__}")
        emptied = [table for table, condition in tables.items() if condition != "true"]
        partly = {table: condition for table, condition in tables.items() if condition not in (None, "true")}
        for table, condition in partly.items():
            cursor.execute(
                f'CREATE TEMP TABLE "kept_{table}" ON COMMIT DROP AS SELECT * FROM "{table}" WHERE {condition}'
            )
        names = ", ".join(f'"{table}"' for table in emptied)
        with pgtrigger.ignore():
            cursor.execute(f"TRUNCATE {names}")
        for table in partly:
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "kept_{table}"')
            cursor.execute(f'DROP TABLE "kept_{table}"')
        for table in ("kit_importproblem", "kit_importchunk"):
            cursor.execute(f"DELETE FROM {table} WHERE of_id NOT IN ({stays})")
        cursor.execute(f"DELETE FROM kit_import WHERE id NOT IN ({stays})")
        cursor.execute("DELETE FROM kit_work WHERE kind <> 'import' OR key NOT IN (SELECT id::text FROM kit_import)")
        cursor.execute("DELETE FROM kit_chartimage")
        cursor.execute("TRUNCATE kit_savedview, kit_savedviewevent")  # they name what was made up
        cursor.execute("UPDATE kit_programme SET kind = 'empty', loaded_at = NULL")
        said = [function(by) for function, _ in _afterwards]
    cache.clear()
    return [sentence for sentence in said if sentence]
