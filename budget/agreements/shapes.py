"""What the API answers about agreements."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from budget.agreements.models import Signature, Version
from budget.agreements.queries import Signer
from cc2h.kit.api.shapes import EntryShape, entries
from cc2h.kit.asat import AsAt


class AgreementItem(msgspec.Struct):
    """An agreement as at the day: its version, how many parties it has, and how many of them have signed."""

    id: int
    agreement: str
    title: str
    kind: str
    commissioner: str
    chin: str | None
    version: int
    parties: int
    signed: int
    to_sign: int
    ended_on: date | None


class VersionShape(msgspec.Struct):
    """The words of an agreement from a day. `anew`: everybody signs it. `download` is their address, after /api/v1 too."""

    number: int
    from_day: date
    anew: bool
    text: str
    file_name: str | None
    sha256: str
    download: str


class SignatureShape(msgspec.Struct):
    """What a party signed, when, by whom; `scan` is the address of the scan where it was signed on paper."""

    id: int
    version: int
    name: str
    role: str
    day: date
    sha256: str
    scan: str | None
    withdrawn_from: date | None
    withdrawn_because: str | None


class SignerShape(msgspec.Struct):
    """A party, and its signature that counts; null: it has still to sign."""

    name: str
    practice: str | None
    since: date
    signature: SignatureShape | None


class PastShape(SignatureShape):
    """A signature that no longer counts."""

    party: str


class AgreementShape(msgspec.Struct):
    """An agreement as at the day."""

    agreement: str
    title: str
    kind: str
    commissioner: str
    chin: str | None
    ended_on: date | None
    why_ended: str
    versions: list[VersionShape]
    parties: list[SignerShape]
    past: list[PastShape]
    history: list[EntryShape] | None


class ToSignShape(msgspec.Struct):
    """What your practices have still to sign."""

    agreements: list[str]


def _version(one: Version) -> VersionShape:
    return VersionShape(
        one.number,
        one.from_day,
        one.anew,
        one.text,
        one.document.file_name if one.document else None,
        one.sha256,
        f"/budget/agreements/{one.agreement.slug}/versions/{one.number}/download/",
    )


def _signature(one: Signature) -> dict[str, Any]:
    withdrawn = getattr(one, "withdrawal", None)
    return {
        "id": one.pk,
        "version": one.version.number,
        "name": one.name,
        "role": one.role,
        "day": one.day,
        "sha256": one.sha256,
        "scan": f"/budget/agreements/signatures/{one.pk}/scan/" if one.scan_id else None,
        "withdrawn_from": withdrawn.day if withdrawn else None,
        "withdrawn_because": withdrawn.reason if withdrawn else None,
    }


def _signer(one: Signer) -> SignerShape:
    given = SignatureShape(**_signature(one.signature)) if one.signature else None
    return SignerShape(one.name, one.ods_code or None, one.since, given)


def agreement(context: Mapping[str, Any], asat: AsAt) -> AgreementShape:
    """What templates/agreements/agreement.html shows."""
    one = context["agreement"]
    return AgreementShape(
        one.slug,
        one.title,
        one.kind,
        one.commissioner.ods_code,
        one.chin.slug if one.chin else None,
        one.ended_on,
        one.why_ended,
        [_version(version) for version in context["versions"]],
        [_signer(signer) for signer in context["signers"]],
        [PastShape(**_signature(past), party=past.called) for past in context["past"]],
        None if context["history"] is None else entries(context["history"]),
    )


def to_sign(context: Mapping[str, Any], asat: AsAt) -> ToSignShape:
    """What templates/agreements/to_sign.html shows."""
    return ToSignShape([one.slug for one in context["agreements"]])
