"""What the API answers about practices and commissioners: rows of the lists, and pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.kit.api.shapes import EntryShape, FigureShape, entries, figures
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import Dated


class PracticeItem(msgspec.Struct):
    """A practice in the list, as at the day. `carried_forward`: its newest list size is older than the newest extract."""

    id: int
    ods_code: str
    name: str | None
    postcode: str | None
    commissioner: str
    borough: str | None
    status: str
    chin: str | None
    chin_status: str | None
    since: date | None
    patients: int | None
    list_day: date | None
    carried_forward: bool
    federation: str | None


class MapItem(msgspec.Struct):
    """A practice on the map, as at the day. `stands`: inside or outside the outline of its borough, or why neither."""

    id: int
    ods_code: str
    name: str | None
    commissioner: str
    borough: str | None
    status: str
    chin: str | None
    patients: int | None
    latitude: float | None
    longitude: float | None
    stands: str


class CommissionerItem(msgspec.Struct):
    """A commissioner in the list."""

    id: int
    ods_code: str
    name: str
    short_name: str
    in_programme: str
    practices: int
    word: str
    band_low: int | None
    band_high: int | None
    full_coverage_due: date | None
    opened: date | None
    last_day: date | None
    followed_by: str | None


class Version(msgspec.Struct):
    """A version of a dated record: acts on it name this id. `last` is null while it has no end."""

    id: int
    first: date
    last: date | None


class Standing(Version):
    """A practice's status and commissioner for a time."""

    status: str
    commissioner: str


class Place(msgspec.Struct):
    """The CHIN a practice is in, and since when."""

    slug: str
    name: str
    since: date


class Federated(Version):
    """Membership of a federation."""

    federation: str


class Size(msgspec.Struct):
    """A registered list size. One that does not count was replaced by a later import."""

    day: date
    patients: int
    counts: bool
    file: str | None
    row: int


class SuccessionShape(msgspec.Struct):
    """A merger or a split: of which practice, into which, from when. Null is a practice the reader may not see."""

    id: int
    kind: str
    day: date
    predecessor: str | None
    successor: str | None


class Peer(msgspec.Struct):
    """A practice of the same CHIN."""

    ods_code: str
    name: str | None
    patients: int | None


class ContactShape(msgspec.Struct):
    """An entry of the contact log."""

    id: int
    day: date
    made_by: str
    spoke_to: str
    outcome: str
    next_step: str
    next_day: date | None
    withdrawn: bool


class PracticeShape(msgspec.Struct):
    """A practice as at the day. What the reader may not see is null."""

    ods_code: str
    name: str
    detail: Version | None
    address: str | None
    postcode: str | None
    borough: str | None
    telephone: str | None
    mailbox: str | None
    prescribing_setting: str | None
    latitude: float | None
    longitude: float | None
    standing: Standing
    life: list[Standing]
    federation: Federated | None
    chin: Place | None
    figures: list[FigureShape]
    list_sizes: list[Size]
    successions: list[SuccessionShape]
    peers: list[Peer]
    contacts: list[ContactShape] | None
    history: list[EntryShape] | None


class FederationShape(msgspec.Struct):
    """A federation, and how many practices are in it on the day."""

    slug: str
    name: str
    practices: int


class FederationPage(FederationShape):
    """A federation, whose it is, and who changed it."""

    commissioner: str
    history: list[EntryShape] | None


class CommissionerShape(msgspec.Struct):
    """A commissioner's words, size band and target, its federations, and the releases of names."""

    ods_code: str
    name: str
    short_name: str
    in_programme: bool
    word: str
    words: str
    band_low: int | None
    band_high: int | None
    band_source: str
    full_coverage_due: date | None
    opened: date | None
    last_day: date | None
    federations: list[FederationShape]
    names_releases: list[Version]
    history: list[EntryShape] | None


def version(one: Dated) -> Version:
    return Version(one.pk, one.first_day, one.last_day)


def _standing(one: Any) -> Standing:
    return Standing(one.pk, one.first_day, one.last_day, one.status, one.commissioner.ods_code)


def _contact(one: Any) -> ContactShape:
    return ContactShape(
        one.pk,
        one.day,
        str(one.made_by),
        one.spoke_to,
        one.outcome,
        one.next_step,
        one.next_day,
        one.withdrawn_at is not None,
    )


def practice(context: Mapping[str, Any], asat: AsAt) -> PracticeShape:
    """What templates/practices/detail.html shows."""
    facts = context["facts"]
    detail, federation, place = facts.detail, facts.federation, facts.place
    federated = None
    if federation is not None:
        federated = Federated(federation.pk, federation.first_day, federation.last_day, federation.federation.slug)
    return PracticeShape(
        ods_code=facts.practice.ods_code,
        name=facts.name,
        detail=version(detail) if detail else None,
        address=detail.address if detail else None,
        postcode=detail.postcode if detail else None,
        borough=detail.borough if detail else None,
        telephone=detail.telephone if detail else None,
        mailbox=detail.mailbox if detail else None,
        prescribing_setting=detail.prescribing_setting if detail else None,
        latitude=detail.latitude if detail else None,
        longitude=detail.longitude if detail else None,
        standing=_standing(facts.standing),
        life=[_standing(one) for one in context["life"]],
        federation=federated,
        chin=Place(place.slug, place.name, place.since) if place else None,
        figures=figures(context["figures"]),
        list_sizes=[_size(size, counts) for size, counts in context["sizes"]],
        successions=[
            _succession(one, facts.practice, other) for one, other, _ in (*context["mergers"], *context["splits"])
        ],
        peers=[Peer(one["ods_code"], one["name"], one["patients"]) for one in context["peers"]],
        contacts=None if context["contacts"] is None else [_contact(one) for one in context["contacts"]],
        history=None if context["history"] is None else entries(context["history"]),
    )


def _succession(one: Any, practice: Any, other: Any) -> SuccessionShape:
    codes = [practice.ods_code, other.ods_code if other else None]
    predecessor, successor = codes if one.predecessor_id == practice.pk else reversed(codes)
    return SuccessionShape(one.pk, one.kind, one.first_day, predecessor, successor)


def _size(size: Any, counts: bool) -> Size:
    return Size(size.day, size.patients, counts, size.source.file_name if size.source else None, size.row_number)


def commissioner(context: Mapping[str, Any], asat: AsAt) -> CommissionerShape:
    """What templates/practices/commissioner.html shows."""
    one = context["commissioner"]
    return CommissionerShape(
        ods_code=one.ods_code,
        name=one.name,
        short_name=one.short_name,
        in_programme=one.in_programme,
        word=one.local_word,
        words=one.local_word_plural,
        band_low=one.band_low,
        band_high=one.band_high,
        band_source=one.band_source,
        full_coverage_due=one.target_day,
        opened=one.opened,
        last_day=one.closed,
        federations=[FederationShape(f.slug, f.name, f.practices) for f in context["federations"]],
        names_releases=[version(release) for release in context["releases"]],
        history=None if context["history"] is None else entries(context["history"]),
    )


def federation(context: Mapping[str, Any], asat: AsAt) -> FederationPage:
    """What templates/practices/federation.html shows."""
    one = context["federation"]
    return FederationPage(
        slug=one.slug,
        name=one.name,
        practices=one.practices,
        commissioner=one.commissioner.ods_code,
        history=None if context["history"] is None else entries(context["history"]),
    )


class LikeShape(msgspec.Struct):
    """A practice and how far it is from the one asked about. Growth and shares by age are percent; gaps are points.

    None: not known, or not compared.
    """

    ods_code: str
    name: str
    commissioner: str
    distance: float
    patients: int
    size_gap: float
    growth: float | None
    growth_gap: float | None
    ages: list[float] | None
    age_gap: float | None


class AlikeShape(msgspec.Struct):
    """The practice and those nearest to it, of so many `others`."""

    practice: LikeShape | None
    nearest: list[LikeShape]
    others: int


def alike(context: Mapping[str, Any], asat: AsAt) -> AlikeShape:
    """What templates/practices/alike.html shows."""
    like = context["like"]
    nearest = [_like(one) for one in like.nearest]
    return AlikeShape(_like(like.itself) if like.itself else None, nearest, like.others)


def _like(one: Any) -> LikeShape:
    return LikeShape(
        one.ods_code,
        one.name,
        one.place,
        one.distance,
        one.patients,
        one.size_gap,
        one.growth,
        one.growth_gap,
        one.mix,
        one.age_gap,
    )
