"""What the database refuses by itself, however it is asked: states that are none, and ways there are not."""

from itertools import product

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from cc2h.kit.models import IMPORT_TRANSITIONS, Import, ImportState, Programme
from tests.factories.kit import ImportFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("before", "after"), product(ImportState, repeat=2))
def test_a_file_goes_only_where_the_route_leads(before: ImportState, after: ImportState) -> None:
    one = ImportFactory(state=before)
    moved = Import.objects.filter(pk=one.pk)
    if after == before or after in IMPORT_TRANSITIONS[before]:
        moved.update(state=after)
    else:
        with pytest.raises(DatabaseError, match=f'from "{before}" to "{after}"'), transaction.atomic():
            moved.update(state=after)
    assert moved.get().state in (before, after)


def test_a_file_has_no_state_that_is_none() -> None:
    with pytest.raises(IntegrityError, match="kit_import_known_state"), transaction.atomic():
        ImportFactory(state="lost")


def test_a_portal_holds_no_kind_of_programme_that_is_none() -> None:
    with pytest.raises(IntegrityError, match="kit_programme_known_kind"), transaction.atomic():
        Programme.objects.update(kind="both")
