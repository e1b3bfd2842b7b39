"""Mail about what stands out: on a special cause alone, once for each, to who owns the measure and who leads the CHIN.

What was told is kept in the transaction that leaves the mails to a worker, so that it is told once whatever process dies. A
cause that goes on is the same one; a night on which nobody was told is made up for while its period is one of the newest two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse

from cc2h.accounts import authority, mail
from cc2h.accounts.authority import Action, Role
from cc2h.accounts.models import User
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from chins.models import Chin, PostHolding
from kpis import untold
from kpis.models import Level
from kpis.tracking import pages, queries, wording
from kpis.tracking.judging import Special, Tracked, specials
from kpis.tracking.models import Alert
from practices.models import Commissioner

NEWEST = 2  # periods: what was found before is no news
LEADS = (Role.CHIN_LEAD, Role.CLINICAL_LEAD, Role.MANAGERIAL_LEAD)


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that stands out in a series, and is new."""

    tracked: Tracked
    special: Special

    @property
    def columns(self) -> dict[str, Any]:
        whose = self.tracked.series.whose
        return {"measure": self.tracked.series.measure, "kind": str(whose.kind), "organisation": whose.pk}

    @property
    def row(self) -> Alert:
        ends = [point.ends for point in self.special.points]
        return Alert(**self.columns, high=self.special.high, begins=ends[0], ends=ends[-1])

    @property
    def sums(self) -> dict[untold.Sum, int]:
        """What it rests on, by how many values of it are unpublished."""
        whose, measure = self.tracked.series.whose, self.tracked.series.measure.pk
        return {(measure, str(whose.kind), whose.pk, one.ends): one.unpublished for one in self.special.points}


def tell(today: date) -> int:
    """Leave the mails of the day to a worker; returns how many. Safe to run in several workers at once."""
    every = queries.of_programme(AsAt(today, None, today))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tracking.alerts'))")  # the second finds it done
        new = _untold(_found(every.values()), today)
        told = {person: theirs for person, theirs in _for_whom(new, today).items() if theirs}
        Alert.objects.bulk_create([_on(cause.row, today) for cause in new])
        for person, theirs in told.items():
            mail.leave(_mail(person, theirs), "Somebody is told what stands out")
    return len(told)


def _on(row: Alert, today: date) -> Alert:
    row.told_on = today
    return row


def _found(several: Iterable[Tracked]) -> list[Cause]:
    """What stands out in the newest period, found in one of the newest two."""
    found = []
    for tracked in several:
        ends = tracked.days[-NEWEST:]
        for special in specials(tracked, date.min)[:1]:
            if special.latest.ends == ends[-1] and special.found in ends:
                found.append(Cause(tracked, special))
    return found


def _untold(causes: Sequence[Cause], today: date) -> list[Cause]:
    """Those of which nobody has been told: no alert of the series is of the same side and of some of its periods."""
    rows = Alert.objects.filter(measure__in={cause.tracked.series.measure for cause in causes})
    before: dict[Any, list[Alert]] = {}
    for row in rows:
        before.setdefault((*row.series, row.high), []).append(row)
    new = []
    for cause in causes:
        own = cause.row
        known = before.get((*own.series, own.high), ())
        if own.ends < today and not any(one.begins <= own.ends and own.begins <= one.ends for one in known):
            new.append(cause)
    return new


def _for_whom(causes: Sequence[Cause], today: date) -> Mapping[User, list[Cause]]:
    """Whom each is told, who may see the series, and wants mail."""
    if not causes:
        return {}
    chins = Chin.objects.in_bulk(
        [c.tracked.series.whose.pk for c in causes if c.tracked.series.whose.kind == Level.CHIN]
    )
    programme = set(Commissioner.objects.filter(in_programme=True).values_list("pk", flat=True))
    wanted = Q(post__role__in={c.tracked.series.definition.owner for c in causes} - {""})
    wanted |= Q(post__role__in=LEADS, post__chin__in=chins)
    held = PostHolding.objects.as_at(today).filter(wanted, holder__is_active=True, holder__morning_mail=True)
    found: dict[User, list[Cause]] = {}
    for holding in held.select_related("holder", "post").order_by("holder", "pk"):
        post = holding.post
        for cause in causes:
            whose, owner = cause.tracked.series.whose, cause.tracked.series.definition.owner
            of = programme
            if whose.kind != Level.PROGRAMME:
                of = {chins[whose.pk].commissioner_id if whose.kind == Level.CHIN else whose.pk}
            leads = whose.kind == Level.CHIN and post.chin_id == whose.pk and post.role in LEADS
            owns = post.role == owner and (
                post.commissioner_id in of or (whose.kind == Level.CHIN and post.chin_id == whose.pk)
            )
            theirs = found.setdefault(holding.holder, [])
            if (leads or owns) and cause not in theirs:
                theirs.append(cause)
    return {holder: _seen(holder, theirs, today) for holder, theirs in found.items()}


def _seen(person: User, causes: Sequence[Cause], today: date) -> list[Cause]:
    """Those that rest on nothing that the person is not told."""
    if not hasattr(person, "authority"):
        person.authority = authority.of(person, today)
    if not causes or not authority.authority_of(person).may(Action.VIEW_REGISTER):
        return []
    withheld = untold.withheld_of(person, {key: of for cause in causes for key, of in cause.sums.items()})
    return [cause for cause in causes if withheld.isdisjoint(cause.sums)]


def _mail(person: User, causes: Sequence[Cause]) -> EmailMessage:
    lines = [f"Dear {person.name},", "", "this stands out, as chance alone would hardly bring it:", ""]
    for cause in causes:
        series = cause.tracked.series
        lines += [
            f"- {series.whose.name}, {series.definition.name}: {wording.special_in_words(cause.tracked, cause.special)}",
            f"  {settings.PORTAL_ADDRESS}{pages.series_url(None, series.measure.code, series.whose)}",
            "",
        ]
    lines += [
        "You are told of each once. What else stands out is on the page “What changed”.",
        f"Whether you are told by mail: {settings.PORTAL_ADDRESS}{reverse('people:mail_choose')}",
        "",
    ]
    subject = words.plural(len(causes), "measure stands out", "measures stand out")
    return EmailMessage(subject, "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [person.email])
