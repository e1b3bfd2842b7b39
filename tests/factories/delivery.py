from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from budget.lcs.models import Claim
from cc2h.delivery.models import Action
from cc2h.governance.models import Meeting
from chins.interest.models import Expression
from chins.models import Chin
from practices.models import Commissioner, Practice
from tests.factories.chins import PostFactory


def named(record: Any) -> dict[str, str]:
    """The kind and key by which an action names a record."""
    kind, field = {
        Chin: ("chin", "slug"),
        Practice: ("practice", "ods_code"),
        Commissioner: ("commissioner", "ods_code"),
        Claim: ("claim", "pk"),
        Meeting: ("meeting", "pk"),
        Expression: ("expression", "pk"),
    }[type(record)]
    return {"kind": kind, "key": str(getattr(record, field))}


class ActionFactory(DjangoModelFactory):
    """An open action with a due day; `about` is its record, a CHIN unless given. `before` is an Event instead of a day."""

    class Meta:
        model = Action

    what = factory.Sequence(lambda n: f"Write letter {n}")
    owner = factory.SubFactory(PostFactory)
    raised_on = date(2018, 11, 1)
    due_day = date(2018, 12, 20)

    @classmethod
    def _create(
        cls, model_class: type[Action], *args: Any, about: Any = None, before: Any = None, **kwargs: Any
    ) -> Action:
        if "kind" not in kwargs:
            kwargs |= named(about or kwargs["owner"].chin)
        if before is not None:
            kwargs |= {
                "due_day": None,
                "event_kind": before.kind,
                "event": before.thread,
                "event_name": before.name,
                "event_day": before.day,
            }
        return super()._create(model_class, *args, **kwargs)
