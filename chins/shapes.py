"""What the API answers about CHINs, posts and coverage: rows of the lists, and pages."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from cc2h.kit.api.shapes import EntryShape, FigureShape, entries, figures, number
from cc2h.kit.asat import AsAt
from practices.shapes import Version


class ChinItem(msgspec.Struct):
    """A CHIN in the list, as at the day."""

    id: int
    slug: str
    name: str
    kind: str
    code: str
    commissioner: str
    called: str
    status: str
    since: date | None
    practices: int | None
    patients: int | None
    band: str
    band_low: int | None
    band_high: int | None


class PostItem(msgspec.Struct):
    """A post in the list, and who holds it on the day."""

    id: int
    post: str
    role: str
    commissioner: str | None
    chin: str | None
    practice: str | None
    federation: str | None
    held_by: str | None
    since: date | None


class ReviewItem(msgspec.Struct):
    """Somebody who may sign in, what they hold, and when they were last here."""

    id: int
    name: str
    email: str
    posts: str | None
    deputises_for: str | None
    needs_second_factor: bool
    has_second_factor: bool
    last_seen: datetime | None
    may_sign_in: bool


class State(Version):
    """A state of a CHIN: proposed, approved, operational and so on."""

    status: str


class MemberShape(Version):
    """A practice in a CHIN: `id` is that of its membership."""

    ods_code: str
    name: str
    status: str
    patients: int | None
    list_day: date | None


class Holder(Version):
    """Who holds a post, or deputises for its holder, for a time."""

    who: str


class SeatShape(msgspec.Struct):
    """A post, who holds it on the day, and who may act for them."""

    id: int
    role: str
    title: str
    held_by: Holder | None
    deputies: list[Holder]


class PartnerShape(Version):
    """An organisation in the planning group."""

    organisation: str
    sector: str


class EventShape(msgspec.Struct):
    """Something on a CHIN's timeline."""

    day: date
    title: str
    status: str
    notes: list[str]
    later: bool


class ChinShape(msgspec.Struct):
    """A CHIN as at the day. `members_not_named`: practices in it whose names the reader may not see.

    `born_from`: the expression of interest it was born from.
    """

    slug: str
    name: str
    kind: str
    code: str
    commissioner: str
    footprint: str
    focus_areas: list[str]
    merged_into: str | None
    born_from: int | None
    state: State | None
    practices: int
    patients: int
    band: str
    figures: list[FigureShape]
    members: list[MemberShape]
    members_not_named: int
    joining: list[MemberShape]
    joining_not_named: int
    states: list[State]
    posts: list[SeatShape]
    partners: list[PartnerShape]
    timeline: list[EventShape]
    history: list[EntryShape] | None


class PostShape(msgspec.Struct):
    """A post: who holds it, who did, who may act for them, and what it lets them do."""

    id: int
    role: str
    title: str
    of: str
    held_by: Holder | None
    holdings: list[Holder]
    deputies: list[Holder]
    may: dict[str, str]
    history: list[EntryShape] | None


class GroupShape(msgspec.Struct):
    """A commissioner's active practices in one CHIN, or in none (`slug` is empty)."""

    group: str
    slug: str
    status: str
    practices: int
    patients: int
    carried_forward: int
    without_list: int
    commissioner: str


class CoverageShape(msgspec.Struct):
    """The rows behind a commissioner's coverage."""

    commissioner: str
    rows: list[GroupShape]


def _member(one: Any) -> MemberShape:
    m = one.membership
    return MemberShape(m.pk, m.first_day, m.last_day, one.ods_code, one.name, one.status, one.patients, one.list_day)


def _state(one: Any) -> State:
    return State(one.pk, one.first_day, one.last_day, one.status)


def _holder(one: Any, who: Any) -> Holder:
    return Holder(one.pk, one.first_day, one.last_day, str(who))


def _seat(seat: Any) -> SeatShape:
    held = _holder(seat.holding, seat.holding.holder) if seat.holding else None
    deputies = [_holder(one, one.deputy) for one in seat.deputies]
    return SeatShape(seat.post.pk, seat.post.role, seat.post.title, held, deputies)


def chin(context: Mapping[str, Any], asat: AsAt) -> ChinShape:
    """What templates/chins/chin.html shows."""
    one, state = context["chin"], context["state"]
    return ChinShape(
        slug=one.slug,
        name=one.name,
        kind=one.kind,
        code=one.code,
        commissioner=one.commissioner.ods_code,
        footprint=one.footprint,
        focus_areas=one.focus_areas,
        merged_into=one.merged_into.slug if one.merged_into else None,
        born_from=context["born_from"].pk if context["born_from"] else None,
        state=_state(state) if state else None,
        practices=context["practices"],
        patients=context["patients"],
        band=context["band"],
        figures=figures(context["figures"]),
        members=[_member(member) for member in context["members"]],
        members_not_named=context["members_hidden"],
        joining=[_member(member) for member in context["joining"]],
        joining_not_named=context["joining_hidden"],
        states=[_state(state) for state in context["states"]],
        posts=[_seat(seat) for seat in context["seats"]],
        partners=[PartnerShape(p.pk, p.first_day, p.last_day, p.organisation, p.sector) for p in context["partners"]],
        timeline=[
            EventShape(e.day, e.title, e.status, list(e.notes), e.future or e.later) for e in context["timeline"]
        ],
        history=None if context["history"] is None else entries(context["history"]),
    )


def post(context: Mapping[str, Any], asat: AsAt) -> PostShape:
    """What templates/people/post.html shows."""
    one, seat = context["post"], context["seat"]
    return PostShape(
        id=one.pk,
        role=one.role,
        title=one.title,
        of=context["of"],
        held_by=_holder(seat.holding, seat.holding.holder) if seat.holding else None,
        holdings=[_holder(holding, holding.holder) for holding in context["holdings"]],
        deputies=[_holder(deputy, deputy.deputy) for deputy in context["deputies"]],
        may=dict(context["allows"]),
        history=None if context["entries"] is None else entries(context["entries"]),
    )


def coverage(context: Mapping[str, Any], asat: AsAt) -> CoverageShape:
    """What templates/chins/coverage_rows.html shows."""
    columns = GroupShape.__struct_fields__
    rows = [GroupShape(*(getattr(group, column) for column in columns)) for group in context["groups"]]
    return CoverageShape(context["commissioner"].ods_code, rows)


class AgeShape(msgspec.Struct):
    """Patients of an age band of the quarterly files, and their share of all whose age is known."""

    band: str
    patients: int
    percent: float | None


class MonthShape(msgspec.Struct):
    """A CHIN on a day."""

    day: date
    practices: int
    patients: int | None


class BesideShape(msgspec.Struct):
    """A CHIN beside others. `since`: the first day of each state it has been in.

    `ages` are of the lists of `ages_days`, of `practices_with_ages` practices; empty where no list tells them.
    """

    slug: str
    name: str
    commissioner: str
    status: str
    since: dict[str, date]
    band: str
    figures: list[FigureShape]
    ages: list[AgeShape]
    ages_days: list[date]
    practices_with_ages: int
    patients_without_ages: int
    history: list[MonthShape]


class SideBySideShape(msgspec.Struct):
    """CHINs side by side as at the day. `left_out`: those that there was no room for."""

    chins: list[BesideShape]
    left_out: list[str]


def side_by_side(context: Mapping[str, Any], asat: AsAt) -> SideBySideShape:
    """What templates/chins/side_by_side.html shows."""
    return SideBySideShape([_beside(column) for column in context["columns"]], context["left_out"])


def _beside(column: Mapping[str, Any]) -> BesideShape:
    one, its = column["one"], column["figures"]
    return BesideShape(
        one.chin.slug,
        one.chin.name,
        one.chin.commissioner.ods_code,
        one.status,
        dict(one.since),
        one.band,
        figures([its.patients]) if its else [],
        [AgeShape(age.band, age.patients, number(age.percent)) for age in one.ages],
        one.ages_days,
        len(one.with_ages),
        one.not_aged,
        [MonthShape(day, *counted) for day, counted in sorted(one.history.items())],
    )


class ListsShape(msgspec.Struct):
    """A practice in a CHIN: its list on the day and a year before, and its newest list that tells ages.

    `aged`: patients of that list, of the band asked for. `ages`: male, then female, of each band.
    """

    ods_code: str
    name: str
    patients: int | None
    list_day: date | None
    before: int | None
    before_day: date | None
    ages_day: date | None
    aged: int | None
    ages: list[int] | None


class ChinListsShape(msgspec.Struct):
    """The lists of a CHIN's practices. `not_named`: practices whose names the reader may not see."""

    chin: str
    bands: list[str]
    practices: list[ListsShape]
    not_named: int


def chin_lists(context: Mapping[str, Any], asat: AsAt) -> ChinListsShape:
    """What templates/chins/lists.html shows."""
    columns = ("ods_code", "name", "patients", "list_day", "before", "before_day", "ages_day", "ages")
    practices = [
        ListsShape(**{column: getattr(one, column) for column in columns}, aged=one.aged(context["band"]))
        for one in context["members"]
    ]
    return ChinListsShape(context["chin"].slug, [*context["bands"]], practices, context["hidden"])
