"""Reading what hangs on records: one door for comments and files, so that nothing is seen without its record."""

from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet

from cc2h.accounts import records
from cc2h.kit.asat import AsAt


class HangingQuerySet(QuerySet[Any]):
    """Rows with `kind` and `key`."""

    def visible_to(self, user: Any, asat: AsAt) -> Self:
        """Those on records that this person may see: all of them, and no other."""
        return self.filter(records.seen(user, asat))

    def of(self, kind: str, key: str) -> Self:
        return self.filter(kind=kind, key=key)

    def with_people(self) -> Self:
        return self.select_related("by", "withdrawn_by")


class AttachmentQuerySet(HangingQuerySet):
    def newest_versions(self) -> Self:
        """Of each file the version that no other followed."""
        later = self.model.objects.filter(thread=OuterRef("thread"), version__gt=OuterRef("version"))
        return self.filter(~Exists(later))

    def given(self) -> Self:
        """Those that can be downloaded."""
        return self.filter(withdrawn_at__isnull=True)
