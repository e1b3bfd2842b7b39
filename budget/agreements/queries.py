"""What the pages about agreements read: a few queries a page, however many parties there are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from budget.agreements.models import (
    Agreement,
    AgreementKind,
    Document,
    DocumentPiece,
    Party,
    Signature,
    Version,
)
from budget.agreements.querysets import AgreementQuerySet, recorded_by
from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit import history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.stored import pieces_of
from chins.models import Chin, Membership
from practices.models import Commissioner, Practice, PracticeDetail


def signed(practice_ids: Iterable[int], kind: str, day: date) -> dict[int, str]:
    """By practice, in words, what of the kind it has signed that counts on the day. In one query."""
    found = (
        Signature.objects.counting(day)
        .filter(practice__in={*practice_ids}, version__agreement__kind=kind)
        .order_by("day", "pk")
        .values_list("practice", "day", "version__number")
    )
    name = AgreementKind(kind).label
    return {
        practice: f"{name[:1].lower()}{name[1:]}, version {number}, signed on {words.day(on)}"
        for practice, on, number in found
    }


# Agreements --------------------------------------------------------------------------------------------


def agreements(user: Any, asat: AsAt) -> AgreementQuerySet:
    """Those this person may see, with what authority asks."""
    seen: AgreementQuerySet = Agreement.objects.visible_to(user, asat.today)
    return seen.with_practices(asat.today).select_related("commissioner", "chin")


def listed(user: Any, asat: AsAt) -> AgreementQuerySet:
    """The same, with how many have signed as at the day."""
    seen: AgreementQuerySet = Agreement.objects.visible_to(user, asat.today)
    return seen.with_signatures(asat.day, asat.known_at).select_related("commissioner", "chin")


def of_chin(user: Any, asat: AsAt, slug: str) -> list[Agreement]:
    """Those of a CHIN that this person may see."""
    return list(listed(user, asat).filter(chin__slug=slug))


def of_practice(user: Any, asat: AsAt, ods_code: str) -> list[tuple[Agreement, Signature | None]]:
    """To which a practice is a party on the day, each with its signature that counts."""
    practice = Practice.objects.filter(ods_code=ods_code).values("pk")
    found = listed(user, asat).filter(AgreementQuerySet.of_practices(practice, asat.day))
    counting = Signature.objects.counting(asat.day, asat.known_at).filter(practice__in=practice)
    given = {one.version.agreement_id: one for one in counting.select_related("version")}
    return [(one, given.get(one.pk)) for one in found]


def to_sign(user: Any, asat: AsAt) -> AgreementQuerySet:
    """What this person may sign for their own practices and nobody has yet, today."""
    own = authority_of(user).own_ids(Action.SIGN_AGREEMENT, Scope.PRACTICE)
    found: AgreementQuerySet = Agreement.objects.to_sign_by(own, asat.today)
    return found.with_signatures(asat.today).select_related("commissioner", "chin")


@dataclass(frozen=True, slots=True)
class Signer:
    """A party on a day: its name, since when, and its signature that counts. key: as forms name it."""

    key: str
    name: str
    since: date
    ods_code: str = ""
    practice_id: int | None = None
    party: Party | None = None
    signature: Signature | None = None


def signers(agreement: Agreement, asat: AsAt) -> list[Signer]:
    """Every party of the day, those still to sign first, then by name."""
    day, known = asat.day, asat.known_at
    counting = Signature.objects.counting(day, known).filter(version__agreement=agreement)
    given = {
        (one.practice_id, one.party_id): one
        for one in counting.select_related("version", "scan", "by", "withdrawal").order_by(
            "version__number", "day", "pk"
        )
    }
    name = PracticeDetail.objects.as_at(day, known).filter(practice=OuterRef("practice")).values("name")[:1]
    found: dict[tuple[int | None, int | None], Signer] = {}
    members = Membership.objects.as_at(day, known).filter(chin=agreement.chin_id).select_related("practice")
    for one in members.annotate(called=name):
        found[one.practice_id, None] = _signer(one.practice, one.called, one.first_day, given)
    for party in Party.objects.on(day).filter(agreement=agreement).select_related("practice").annotate(called=name):
        if party.practice is not None:
            found.setdefault(
                (party.practice_id, None), _signer(party.practice, party.called, party.joined_on, given, party)
            )
        else:
            theirs = given.get((None, party.pk))
            found[None, party.pk] = Signer(
                f"party-{party.pk}", party.organisation, party.joined_on, party=party, signature=theirs
            )
    return sorted(found.values(), key=lambda one: (one.signature is not None, one.name))


def _signer(practice: Any, called: str | None, since: date, given: Any, party: Party | None = None) -> Signer:
    return Signer(
        practice.ods_code,
        called or practice.ods_code,
        since,
        practice.ods_code,
        practice.pk,
        party,
        given.get((practice.pk, None)),
    )


def versions(agreement: Agreement, asat: AsAt) -> list[Version]:
    """Its versions that had begun by the day, the newest first."""
    found = Version.objects.by(asat.day, asat.known_at).filter(agreement=agreement)
    return list(found.select_related("agreement", "document", "by").order_by("-number"))


def newest_version(agreement: Agreement) -> Version | None:
    """What is to be signed."""
    found: Version | None = agreement.versions.select_related("agreement", "document").order_by("-number").first()
    return found


def past_signatures(agreement: Agreement, asat: AsAt) -> list[Signature]:
    """Those given by the day that do not count on it: of former versions, of those who left, and withdrawn ones."""
    name = PracticeDetail.objects.as_at(asat.day, asat.known_at).filter(practice=OuterRef("practice"))
    counting = Signature.objects.counting(asat.day, asat.known_at).filter(pk=OuterRef("pk"))
    found = Signature.objects.filter(
        recorded_by(asat.known_at), ~Exists(counting), version__agreement=agreement, day__lte=asat.day
    ).annotate(called=Coalesce(name.values("name")[:1], F("practice__ods_code"), F("party__organisation")))
    return list(found.select_related("version", "practice", "scan", "by", "withdrawal__by").order_by("-day", "-pk"))


def signatures(user: Any, asat: AsAt) -> Any:
    """Those of agreements that this person may see."""
    seen = Agreement.objects.visible_to(user, asat.today).values("pk")
    return Signature.objects.filter(version__agreement__in=seen).select_related(
        "version__agreement", "practice", "party", "scan"
    )


def parties(user: Any, asat: AsAt) -> Any:
    """Those on the lists of agreements that this person may see."""
    seen = Agreement.objects.visible_to(user, asat.today).values("pk")
    return Party.objects.filter(agreement__in=seen).select_related("practice")


def agreement_by_number(user: Any, asat: AsAt, pk: int) -> Agreement:
    found: Agreement = agreements(user, asat).get(pk=pk)
    return found


def pieces(document: Document) -> Iterator[bytes]:
    """The stored bytes, a piece at a time."""
    return pieces_of(DocumentPiece, document.pk)


def own_signers(user: Any, agreement: Agreement, asat: AsAt) -> list[Signer]:
    """The parties of today for which this person may sign."""
    own = authority_of(user).own_ids(Action.SIGN_AGREEMENT, Scope.PRACTICE)
    today = AsAt(asat.today, None, asat.today)
    return [one for one in signers(agreement, today) if one.practice_id in own] if own else []


def practice_by_code(ods_code: str) -> Practice:
    return Practice.objects.get(ods_code=ods_code)


def history_of(agreement: Agreement) -> list[history.Entry]:
    """What was done to the agreement and its list of parties, newest first."""
    own = history.entries(Agreement.objects.filter(pk=agreement.pk), name=lambda _: "Agreement")
    names = {one.pk: str(one) for one in agreement.parties.select_related("practice")}
    of_parties = history.entries(agreement.parties.all(), name=lambda one: names[one.pk])
    return sorted([*own, *of_parties], key=lambda one: one.when, reverse=True)


# Choices of forms --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Whose:
    """A commissioner, or one of its CHINs, for which somebody may keep agreements."""

    key: str
    name: str
    commissioner: Commissioner
    chin: Chin | None = None


def whose(user: Any) -> list[Whose]:
    """Those for which this person may keep agreements: CHINs first, as most agreements are theirs."""
    held = authority_of(user)
    commissioners = held.commissioner_ids(Action.KEEP_AGREEMENT)
    chins: Any = Chin.objects.filter(
        Q(commissioner__in=commissioners) | Q(pk__in=held.own_ids(Action.KEEP_AGREEMENT, Scope.CHIN))
    ).select_related("commissioner")
    several = len(commissioners) > 1
    found = [
        Whose(
            f"chin-{one.pk}",
            f"{one.name}, {one.commissioner.short_name}" if several else one.name,
            one.commissioner,
            one,
        )
        for one in chins.order_by("commissioner__short_name", "name")
    ]
    return found + [
        Whose(f"commissioner-{one.pk}", f"{one.short_name}, of no CHIN", one)
        for one in Commissioner.objects.filter(pk__in=commissioners).order_by("short_name")
    ]


def practices_to_add(agreement: Agreement, present: Sequence[Signer], asat: AsAt) -> list[tuple[str, str]]:
    """Practices of the commissioner that are no party today, by code."""
    found: Any = Practice.objects.of_commissioners([agreement.commissioner_id], asat.today)
    active = found.with_standing(asat.today).with_details(asat.today).filter(status="active")
    inside = {one.practice_id for one in present}
    return [
        (one.ods_code, f"{one.name or one.ods_code} ({one.ods_code})")
        for one in active.order_by("detail_on__name", "ods_code")
        if one.pk not in inside
    ]
