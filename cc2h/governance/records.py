"""Bodies and meetings as records that something can be about: comments, files and actions hang on them.

What is of all commissioners together belongs to each of them: whoever may act for one may act there.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from cc2h.accounts.authority import Target
from cc2h.accounts.records import Record, provide
from cc2h.governance.models import Body, Meeting
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link
from practices.models import Commissioner


def target_of(body: Body) -> Target:
    """What the records of a body belong to."""
    if body.commissioner_id is not None:
        return body.authority_target()
    return Target(
        commissioner_ids=frozenset(Commissioner.objects.filter(in_programme=True).values_list("pk", flat=True))
    )


def record_of_body(body: Body) -> Record:
    return Record("body", body.slug, body.name, target_of(body))


def record_of_meeting(meeting: Meeting, kind: str = "meeting") -> Record:
    return Record(kind, str(meeting.pk), called(meeting), target_of(meeting.body))


def called(meeting: Meeting) -> str:
    return f"{meeting.body.name}, {words.day(meeting.day)}"


def _within(reach: Target, body: str = "") -> Q:
    of = Q(**{f"{body}commissioner__in": reach.commissioner_ids}) | Q(**{f"{body}chin__in": reach.chin_ids})
    return of | Q(**{f"{body}commissioner": None}) if reach.commissioner_ids else of


class Bodies:
    key, noun, column = "body", "Body", "slug"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        bodies: QuerySet[Any] = Body.objects.visible_to(user)
        return bodies

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        bodies: QuerySet[Any] = Body.objects.filter(_within(reach))
        return bodies

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return dict(Body.objects.filter(slug__in=keys).values_list("slug", "name"))

    def target(self, key: str, day: date) -> Target:
        return target_of(Body.objects.get(slug=key))

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "governance:body_detail", key)


class Meetings:
    key, noun, column = "meeting", "Meeting", "number"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return self._numbered(Meeting.objects.visible_to(user))

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        return self._numbered(Meeting.objects.filter(_within(reach, "body__")))

    def _numbered(self, meetings: Any) -> QuerySet[Any]:
        numbered: QuerySet[Any] = meetings.annotate(number=Cast("pk", CharField()))
        return numbered

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return {str(one.pk): called(one) for one in Meeting.objects.filter(pk__in=keys).select_related("body")}

    def target(self, key: str, day: date) -> Target:
        return target_of(Meeting.objects.select_related("body").get(pk=key).body)

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "governance:meeting_detail", int(key))


provide(Bodies())
provide(Meetings())
