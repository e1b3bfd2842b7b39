"""What practices are told of the networks they are in (practices.networks)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from cc2h.kit import words
from cc2h.kit.acts import Effect
from cc2h.kit.dated import just_before, true_in_sql, true_on
from cc2h.kit.undoing import give_back
from chins.effects import coverage_effect
from chins.endings import end_or_void, lasting_beyond, of_posts
from chins.models import Deputy, Membership, PostHolding
from chins.services import end_memberships, join_practices
from chins.workflow import COUNTED
from practices.models import Commissioner, Practice, PracticeStanding
from practices.networks import Place, Stay, provide
from practices.querysets import PracticeQuerySet


def _stay(membership: Membership, versions: Sequence[Membership]) -> Stay:
    """`versions` are the membership and those before it in its thread, the newest first.

    Each day's reason is that of the version which brought it; an end that was there from the first has none.
    """
    joined = _while(lambda v: v.first_day == membership.first_day, versions)
    left = _while(lambda v: v.last_day == membership.last_day, versions)
    ended = membership.last_day is not None and left is not versions[-1]
    return Stay(
        membership.chin.slug,
        membership.chin.name,
        membership.first_day,
        membership.last_day,
        joined_because=joined.reason,
        left_because=left.reason if ended else "",
    )


def _while(same: Callable[[Membership], bool], versions: Sequence[Membership]) -> Membership:
    """The oldest version of the unbroken run, from the newest on, for which that is so."""
    return list(takewhile(same, versions))[-1]


def _post_ending(record: PostHolding | Deputy, last: date) -> str:
    who, does = (record.deputy, "deputises for") if isinstance(record, Deputy) else (record.holder, "holds")
    if record.first_day > last:
        return f"{who} no longer {does} {record.post} from {words.day(record.first_day)}: void."
    return f"{who} {does} {record.post} until {words.day(last)}."


class Chins:
    """CHINs as practices see them. Only those that count (proposed, approved, operational) are networks."""

    def join(self, practices: PracticeQuerySet, day: date, known: datetime | None) -> PracticeQuerySet:
        """A membership lies within the counted life of its CHIN; a guard of the database sees to it."""
        return practices.annotate(
            membership_on=true_on("memberships", day, known),
            chin_state_on=true_on("membership_on__chin__states", day, known),
            chin_id=F("membership_on__chin_id"),
            chin_slug=F("membership_on__chin__slug"),
            chin_name=F("membership_on__chin__name"),
            chin_status=F("chin_state_on__status"),
            chin_period=F("membership_on__period"),
        )

    facts: Mapping[str, str] = {
        "chin_id": "membership.chin_id",
        "chin_slug": "chin.slug",
        "chin": "chin.name",
        "chin_status": "chin_state.status",
        "since": "lower(membership.period)",
    }

    def tables(self, known: bool) -> Mapping[str, str]:
        joined, stands = true_in_sql("membership", known), true_in_sql("chin_state", known)
        return {
            "membership": f"LEFT JOIN chins_membership membership ON membership.practice_id = standing.practice_id AND {joined}",
            "chin": "LEFT JOIN chins_chin chin ON chin.id = membership.chin_id",
            "chin_state": f"LEFT JOIN chins_chinstate chin_state ON chin_state.chin_id = membership.chin_id AND {stands}",
        }

    def place_in_sql(self, practice: str, known: bool) -> str:
        return f"""(
            SELECT ARRAY[
                m.chin_id::text,
                (SELECT c.slug FROM chins_chin c WHERE c.id = m.chin_id),
                (SELECT c.name FROM chins_chin c WHERE c.id = m.chin_id),
                to_char(lower(m.period), 'YYYY-MM-DD')
            ] FROM chins_membership m WHERE m.practice_id = {practice} AND {true_in_sql("m", known)}
        )"""  # noqa: S608 - all of it of this project

    def places(self, practice_ids: Sequence[int], day: date, known: datetime | None) -> dict[int, Place]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT m.practice_id, c.id, c.slug, c.name, lower(m.period)
                FROM chins_membership m JOIN chins_chin c ON c.id = m.chin_id
                WHERE m.practice_id = ANY(%(practices)s) AND {true_in_sql("m", known is not None)}
                """,  # noqa: S608 - one of two conditions
                {
                    "practices": list(practice_ids),
                    "day": day,
                    "known": just_before(known),
                },
            )
            return {practice: Place(pk, slug, name, since) for practice, pk, slug, name, since in cursor.fetchall()}

    def changed(self, after: date, until: date, known: datetime | None) -> Q:
        joined = Q(period__startswith__gt=after, period__startswith__lte=until)
        left = Q(period__endswith__gt=after, period__endswith__lte=until)
        return Q(pk__in=Membership.objects.held(known).filter(joined | left).values("practice"))

    def choices_in_sql(self, commissioners: str, known: bool) -> str:
        counted = ", ".join(f"'{status.value}'" for status in COUNTED)
        return f"""
            SELECT c.slug, c.name FROM chins_chin c
            JOIN chins_chinstate s ON s.chin_id = c.id AND {true_in_sql("s", known)} AND s.status IN ({counted})
            WHERE c.commissioner_id IN ({commissioners})
        """  # noqa: S608 - all of it of this project

    def stays(self, practice: Practice, known: datetime | None) -> list[Stay]:
        held = Membership.objects.held(known).filter(practice=practice).select_related("chin").order_by("period")
        earlier: dict[Any, list[Membership]] = {}
        for version in Membership.objects.filter(practice=practice).order_by("-held"):
            earlier.setdefault(version.thread, []).append(version)
        return [_stay(m, [v for v in earlier[m.thread] if v.recorded_at <= m.recorded_at]) for m in held]

    def leave(self, practice: Practice, *, last: date, by: Any, reason: str) -> None:
        end_memberships(by=by, practice=practice, last=last, reason=reason)

    def follow(
        self, practice: Practice, others: Sequence[Practice], *, on: date, first: date, by: Any, reason: str
    ) -> None:
        membership = Membership.objects.as_at(on).filter(practice=practice).select_related("chin").first()
        if membership is not None:
            last = membership.last_day
            join_practices(
                by=by,
                chin=membership.chin,
                practices=others,
                first=first,
                last=last if last is not None and last >= first else None,
                reason=reason,
            )

    def restore_stays(self, practice: Practice, closing: PracticeStanding, *, by: Any, reason: str) -> None:
        give_back(closing, Membership.objects.filter(practice=practice), by=by, reason=reason)

    def posts_ending(self, practice: Practice, last: date) -> list[str]:
        return [_post_ending(record, last) for record in lasting_beyond(last, *of_posts(practice=practice))]

    def end_posts(self, practice: Practice, *, last: date, by: Any, reason: str) -> None:
        list(practice.posts.order_by("pk").select_for_update(no_key=True))
        for record in lasting_beyond(last, *of_posts(practice=practice)):
            end_or_void(record, last, by=by, reason=reason)

    def restore_posts(self, practice: Practice, closing: PracticeStanding, *, by: Any, reason: str) -> None:
        list(practice.posts.order_by("pk").select_for_update(no_key=True))
        give_back(closing, *of_posts(practice=practice), by=by, reason=reason)

    def effect(
        self,
        *,
        commissioner: Commissioner,
        day: date,
        do: Callable[[], Any],
        sentences: Callable[[Any], list[str]],
        warnings: Sequence[str] = (),
        also: Sequence[Commissioner] = (),
    ) -> Effect:
        return coverage_effect(
            commissioner=commissioner, day=day, do=do, sentences=sentences, warnings=warnings, also=also
        )

    def history(self, practice: Practice) -> Sequence[QuerySet[Any]]:
        return [Membership.objects.filter(practice=practice).select_related("chin")]


provide(Chins())
