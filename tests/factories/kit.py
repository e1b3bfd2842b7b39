import hashlib
from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from cc2h.kit.models import Import


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
