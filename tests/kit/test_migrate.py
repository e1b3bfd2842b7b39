"""Our migrate does what Django's does, brings databases of the former migrations on, and refuses what it can't."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations
from django.db.migrations import CreateModel
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

from cc2h.kit.management.commands.migrate import Together, together


def apart(operations: list[Operation]) -> list[Operation]:
    return [each for one in operations for each in (one.operations if isinstance(one, Together) else [one])]


def test_operations_taken_together_are_the_same_in_the_same_order() -> None:
    for migration in MigrationLoader(None).disk_migrations.values():
        assert apart(together(migration.operations)) == list(migration.operations)


def test_neighbours_of_one_kind_are_taken_together() -> None:
    chins = MigrationLoader(None).disk_migrations["chins", "0001_initial"].operations
    kinds = [{type(each) for each in apart([one])} for one in together(chins)]
    assert kinds == [{CreateModel}, {migrations.AddField}, {AddTrigger}, {migrations.RunSQL}, {migrations.RunSQL}]


@pytest.mark.parametrize("room", ["practices", "payments"])  # with fields, and with constraints, of their own
def test_the_state_after_is_the_one_that_single_operations_leave(room: str) -> None:
    loader = MigrationLoader(None)
    first = loader.disk_migrations[room, "0001_initial"]
    one_by_one, at_once = (loader.project_state((room, "0001_initial"), at_end=False) for _ in range(2))
    at_once.apps  # models made before, as in a run of migrate, of which none must be kept that is wrong
    for operation in first.operations:
        operation.state_forwards(room, one_by_one)
    for operation in together(first.operations):
        operation.state_forwards(room, at_once)
    assert not MigrationAutodetector(one_by_one, at_once)._detect_changes()
    assert models(at_once) == models(one_by_one)


def models(state: ProjectState) -> dict[str, set[str]]:
    """The fields of every model, what refers to it, and what its table is guarded by."""
    return {
        model._meta.label: {
            *(field.name for field in model._meta.get_fields()),
            *(one.name for one in (*model._meta.constraints, *model._meta.indexes)),
        }
        for model in state.apps.get_models()
    }


@pytest.mark.django_db
def test_a_database_with_all_former_migrations_has_nothing_to_do() -> None:
    recorder = MigrationRecorder(connection)
    after = set(recorder.applied_migrations())
    assert ("chins", "0008_names_by_trigrams") in after, "a new database has them too, as Django records them"
    for room in ("comments", "delivery"):  # where the one migration has a name that none had before
        recorder.record_unapplied(room, "0001_initial")
    call_command("migrate", verbosity=0)
    assert set(recorder.applied_migrations()) == after


@pytest.mark.django_db
def test_a_database_between_former_migrations_is_refused_and_told_what_it_lacks() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("chins", "0007_expressions_of_interest")
    recorder.record_unapplied("chins", "0008_names_by_trigrams")
    before = set(recorder.applied_migrations())
    with pytest.raises(CommandError, match="of chins, it lacks 0007_expressions_of_interest, 0008_names_by_trigrams,"):
        call_command("migrate", verbosity=0)
    assert set(recorder.applied_migrations()) == before


@pytest.mark.django_db
def test_a_database_with_only_the_first_former_migration_of_a_room_is_refused() -> None:
    recorder = MigrationRecorder(connection)
    for _, name in MigrationLoader(None).disk_migrations["kit", "0001_initial"].replaces:
        recorder.record_unapplied("kit", name)
    with pytest.raises(CommandError, match="of kit, it lacks 0002_guards"):
        call_command("migrate", verbosity=0)
