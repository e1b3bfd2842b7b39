"""Who can be paid, and what files look like: keeping payees and layouts."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from budget.payments import layouts
from budget.payments.models import Layout, Payee
from budget.payments.states import PayeeKind
from cc2h.kit import history, words
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from practices.models import Commissioner, Federation


def add_payee(
    *,
    by: Any,
    commissioner: Commissioner,
    kind: str,
    name: str,
    reference: str,
    federation: Federation | None = None,
    email: str = "",
) -> Payee:
    """An organisation that is no practice: a practice becomes a payee when it is first owed something."""
    if kind == PayeeKind.PRACTICE:
        raise ValidationError("A practice becomes a payee by itself when it is first owed something.", code="practice")
    if (kind == PayeeKind.FEDERATION) != (federation is not None):
        raise ValidationError("Choose the federation, or another kind of organisation.", code="federation")
    called = federation.name if federation else " ".join(name.split())
    if not called:
        raise ValidationError("Give it a name.", code="name")
    payee = Payee(
        commissioner=commissioner, kind=kind, federation=federation, name=called, reference=_reference(reference)
    )
    payee.email = email.strip()
    with writing(by):
        check(payee)
        payee.save(force_insert=True)
    return payee


def change_payee(*, by: Any, payee: Payee, name: str, reference: str, seen: int, email: str = "") -> Payee:
    """Another name, address or reference; that not while a run waits to pay it by the one it has."""
    with writing(by):
        current: Payee = Payee.objects.select_for_update(no_key=True).get(pk=payee.pk)
        history.unchanged_since(current, seen)
        current.name, current.reference = " ".join(name.split()), _reference(reference)
        current.email = email.strip()
        check(current)
        current.save()
    return current


def save_layout(
    *,
    by: Any,
    commissioner: Commissioner,
    name: str,
    kind: str,
    columns: Sequence[str],
    delimiter: str,
    heading: bool,
    layout: Layout | None = None,
) -> Layout:
    """A layout of the commissioner's own, new or changed. Files that were made by it stay as they are."""
    made = layout or Layout(commissioner=commissioner)
    made.name, made.kind, made.columns = " ".join(name.split()), kind, list(columns)
    made.delimiter, made.heading = delimiter, heading
    if made.name.lower() in {one.name.lower() for one in layouts.SHIPPED}:
        raise ValidationError(
            f"“{made.name}” is a layout that comes with the portal. Choose another name.", code="name"
        )
    unknown = [one for one in made.columns if one not in layouts.COLUMNS]
    if unknown:
        raise ValidationError(f"There is no column “{unknown[0]}”.", code="columns")
    lacking = layouts.missing(kind, made.columns)
    if lacking:
        raise ValidationError(f"A file of that kind needs {words.listed(lacking)} too.", code="columns")
    with writing(by):
        check(made, "name", "kind", "delimiter")
        made.save()
    return made


def _reference(text: str) -> str:
    return "".join(text.split()).upper()
