import hashlib
from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from cc2h.kit.models import Import, SavedView
from tests.factories.accounts import UserFactory


class ImportFactory(DjangoModelFactory):
    """A file that was imported; `state=` for one on its way."""

    class Meta:
        model = Import

    kind = "list_sizes"
    file_name = factory.Sequence(lambda n: f"gp-reg-pat-prac-all-{n}.csv")
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.file_name.encode()).hexdigest())
    size_bytes = 1024
    state = Import.State.IMPORTED
    merged_at = datetime(2018, 4, 1, 9, tzinfo=UTC)
    rows = 1


class SavedViewFactory(DjangoModelFactory):
    """A view of the list of practices that only its owner sees; `shared_with=` for a commissioner's id."""

    class Meta:
        model = SavedView

    owner = factory.SubFactory(UserFactory)
    route = "practices:practice_list"
    name = factory.Sequence(lambda n: f"View {n}")
    query = "chin=none"
