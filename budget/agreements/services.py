"""Keeping agreements, and signing them. Everything raises ValidationError, in words, for what is refused."""

import hashlib
from datetime import date
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.text import slugify

from budget.agreements.models import (
    Agreement,
    Document,
    DocumentPiece,
    Party,
    Signature,
    Version,
    Withdrawal,
)
from cc2h.kit import scanning, words
from cc2h.kit.contents import examine, plain_name, too_large
from cc2h.kit.imports.files import Rejected
from cc2h.kit.problems import check
from cc2h.kit.stored import keep
from cc2h.kit.writing import writing
from chins.models import Chin, Membership
from practices.models import Commissioner, Practice

RESERVED = ("add", "to-sign", "parties", "signatures")  # what addresses say of themselves


def add(*, by: Any, commissioner: Commissioner, kind: str, title: str, chin: Chin | None = None) -> Agreement:
    """An agreement of the commissioner, or of a CHIN of its. It has no words yet, and nobody can sign it."""
    with writing(by):
        with connection.cursor() as cursor:  # two at once would take the same place in addresses
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('agreements_agreement.slug'))")
        called = " ".join(title.split())
        slug = _free_slug(f"{chin.name} {called}" if chin else called)
        agreement = Agreement(commissioner=commissioner, chin=chin, kind=kind, title=called, slug=slug)
        check(agreement)
        agreement.save(force_insert=True)
    return agreement


def add_version(
    *,
    by: Any,
    agreement: Agreement,
    after: int,
    from_day: date,
    text: str = "",
    name: str = "",
    file: IO[bytes] | None = None,
    anew: bool = True,
) -> Version:
    """Other words from a day: a text, or a file. after: the number of the version before it, 0 for the first."""
    said = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if (file is None) == (said == ""):
        raise ValidationError("Write the text, or choose a file: one of the two.", code="text_or_file")
    with writing(by):
        document = bring(by=by, name=name, file=file) if file is not None else None
        version = Version(
            agreement=agreement,
            number=after + 1,
            from_day=from_day,
            text=said,
            document=document,
            sha256=document.sha256 if document else hashlib.sha256(said.encode()).hexdigest(),
            anew=anew,
            by=by,
        )
        check(version)
        version.save(force_insert=True)
    return version


def bring(*, by: Any, name: str, file: IO[bytes]) -> Document:
    """A file is kept, with its bytes, in the caller's transaction."""
    data = file.read(settings.ATTACHMENT_LIMIT_BYTES + 1)
    if len(data) > settings.ATTACHMENT_LIMIT_BYTES:
        raise ValidationError(too_large(), code="file")
    called = plain_name(name)
    try:
        found = examine(data, called)
    except Rejected as refusal:
        raise ValidationError(str(refusal), code="file") from refusal
    document = Document(
        file_name=called, format=found.key, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), by=by
    )
    check(document)
    document.save(force_insert=True)
    keep(DocumentPiece, document.pk, BytesIO(data))
    scanning.ask_for(document.sha256)
    return document


def add_party(
    *, by: Any, agreement: Agreement, joined_on: date, practice: Practice | None = None, organisation: str = ""
) -> Party:
    """A practice or another organisation is a party from a day, besides the practices of the agreement's CHIN."""
    with writing(by):
        party = Party(
            agreement=agreement, practice=practice, organisation=" ".join(organisation.split()), joined_on=joined_on
        )
        check(party)
        party.save(force_insert=True)
    return party


def end_party(*, by: Any, party: Party, left_on: date) -> Party:
    """It is a party until the day, that day included."""
    with writing(by):
        current: Party = Party.objects.select_for_update(no_key=True).get(pk=party.pk)
        if current.left_on is not None:
            raise ValidationError(f"It is a party until {words.day(current.left_on)} already.", code="ended")
        current.left_on = left_on
        check(current)
        current.save(update_fields=["left_on"])
    return current


def sign(*, by: Any, version: Version, practice: Practice, name: str, role: str, sha256: str, today: date) -> Signature:
    """A practice signs in the portal. sha256: of the words that were on the page."""
    _is_party(version, practice, today)
    return _sign(by, version, practice=practice, name=name, role=role, sha256=sha256, day=today)


def record(
    *,
    by: Any,
    version: Version,
    name: str,
    role: str,
    day: date,
    file_name: str,
    file: IO[bytes],
    practice: Practice | None = None,
    party: Party | None = None,
) -> Signature:
    """Staff enter what was signed on paper, with a scan of it."""
    with writing(by):
        scan = bring(by=by, name=file_name, file=file)
        return _sign(
            by, version, practice=practice, party=party, name=name, role=role, sha256=version.sha256, day=day, scan=scan
        )


def withdraw(*, by: Any, signature: Signature, day: date, reason: str) -> Withdrawal:
    """It does not count from the day. The party can sign again."""
    with writing(by):
        withdrawal = Withdrawal(signature=signature, day=day, reason=" ".join(reason.split()), by=by)
        check(withdrawal)
        withdrawal.save(force_insert=True)
    return withdrawal


def end(*, by: Any, agreement: Agreement, ended_on: date, why: str) -> Agreement:
    """The day is the last on which it holds."""
    with writing(by):
        current: Agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if current.ended_on is not None:
            raise ValidationError(f"It ended on {words.day(current.ended_on)} already.", code="ended")
        current.ended_on, current.why_ended = ended_on, " ".join(why.split())
        check(current)
        current.save(update_fields=["ended_on", "why_ended"])
    return current


def _sign(by: Any, version: Version, **facts: Any) -> Signature:
    facts["name"], facts["role"] = " ".join(facts["name"].split()), " ".join(facts["role"].split())
    with writing(by):
        signature = Signature(version=version, by=by, **facts)
        check(signature)
        signature.save(force_insert=True)
    return signature


def _is_party(version: Version, practice: Practice, day: date) -> None:
    """Raise ValidationError where the practice is no party on the day. (The database asks whether it ever was.)"""
    agreement = version.agreement
    member = Membership.objects.as_at(day).filter(practice=practice, chin=agreement.chin_id)
    if not member.exists() and not agreement.parties.on(day).filter(practice=practice).exists():
        raise ValidationError("The practice is not a party to this agreement.", code="not_a_party")


def _free_slug(name: str) -> str:
    """The name as it stands in an address, with a number where that is taken."""
    base = slugify(name)[:70] or "agreement"
    taken = {*RESERVED, *Agreement.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in tries if slug not in taken)
