"""Writing saved views. Who may, the page says: it finds only what is the person's own."""

from typing import Any

from django.core.exceptions import ValidationError

from cc2h.kit.models import SavedView
from cc2h.kit.problems import check
from cc2h.kit.saved.queries import owned, sharers
from cc2h.kit.writing import writing

MOST = 50  # of one person for one list: more than that, nobody finds anything


def save_view(*, by: Any, route: str, name: str, query: str, shared_with: int | None = None) -> SavedView:
    """Keep a list's query under a name. Raises ValidationError, also where the name is taken or there are too many."""
    view = SavedView(owner=by, route=route, name=name, query=query, shared_with=shared_with)
    with writing(by):
        if owned(by).filter(route=route).count() >= MOST:
            raise ValidationError(f"You have {MOST} views of this list. Delete one first.", code="too_many")
        _save(view, by)
    return view


def change_view(*, by: Any, view: SavedView, name: str, query: str, shared_with: int | None = None) -> SavedView:
    """Give the view another name, other things to keep, other readers. Raises ValidationError."""
    view.name, view.query, view.shared_with = name, query, shared_with
    with writing(by):
        _save(view, by)
    return view


def delete_view(*, by: Any, view: SavedView) -> None:
    """It is gone for everybody; its history stays."""
    with writing(by):
        view.delete()


def _save(view: SavedView, by: Any) -> None:
    if view.shared_with is not None and view.shared_with not in dict(sharers(by)):
        raise ValidationError("You can share a view with a commissioner of your own posts.", code="not_ours")
    view.name = " ".join(view.name.split())
    check(view, "name", "query")
    view.save()
