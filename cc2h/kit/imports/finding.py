"""How files that came in are found: by name."""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity

from cc2h.kit import words as wording
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link
from cc2h.kit.models import Import
from cc2h.kit.search import LIKE_ENOUGH, SHOWN, Hit, provide


@provide("Imported files", order=80)
def files(user: Any, asat: AsAt, words: str) -> Iterator[Hit]:
    """Files by name, the newest of the same name first."""
    like = TrigramWordSimilarity(words, "file_name")
    found = Import.objects.visible_to(user).annotate(like=like).filter(like__gte=LIKE_ENOUGH)
    for one in found.order_by("-like", "-uploaded_at")[: SHOWN + 1]:
        note = f"{one.get_state_display()}, came in on {wording.day(one.uploaded_at.date())}"
        yield Hit(one.file_name, link(asat, "imports:import_detail", one.pk), note, one.like)
