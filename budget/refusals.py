"""What was refused is undone, and that it was refused is kept: who tried what, and what they were told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError

from budget.models import Refusal
from cc2h.kit.dated import now
from cc2h.kit.problems import errors_of
from cc2h.kit.writing import stays

_KEPT = "kept_as_refused"  # on a refusal that passes several doors, and is kept at the first


def said(refusal: ValidationError) -> str:
    """The words of a refusal, one after the other."""
    return " ".join(" ".join(error.messages) for _, error in errors_of(refusal))


@contextmanager
def refusals_kept(*, by: Any, commissioner_id: int, what: str, about: str, name: str) -> Iterator[None]:
    """Keep a refusal of what is inside. What was done already, and is asked for again, is none."""
    try:
        yield
    except ValidationError as refusal:
        keep(refusal, by=by, commissioner_id=commissioner_id, what=what, about=about, name=name)
        raise


def keep(refusal: ValidationError, *, by: Any, commissioner_id: int, what: str, about: str, name: str) -> None:
    """That it was refused, after what is around it has been undone."""
    if getattr(refusal, "code", "") == "already" or getattr(refusal, _KEPT, False):
        return
    setattr(refusal, _KEPT, True)
    told = said(refusal)[:1000]
    stays(
        lambda: Refusal(
            by=by, commissioner_id=commissioner_id, what=what, about=about[:100], name=name[:300], said=told, at=now()
        ).save(force_insert=True)
    )
