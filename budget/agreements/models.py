"""Agreements between practices, their versions, who is a party to them, and who signed what."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budget.agreements.guards import (
    AGREEMENT_OF_OWN_CHIN,
    DOCUMENT_HAS_ITS_BYTES,
    SIGNATURE_FITS,
    VERSION_FITS,
    WITHDRAWAL_FITS,
)
from budget.agreements.querysets import AgreementQuerySet, PartyQuerySet, SignatureQuerySet, VersionQuerySet
from cc2h.accounts.authority import Target
from cc2h.kit.history import governed
from chins.models import Chin
from practices.models import Commissioner, Practice

USER = settings.AUTH_USER_MODEL
FINGERPRINT = "^[0-9a-f]{64}$"
SAYS = r"\S"  # more than white space


class AgreementKind(models.TextChoices):
    INFORMATION = "moi", "Memorandum of information"
    UNDERSTANDING = "mou", "Memorandum of understanding"
    DATA_SHARING = "dsa", "Data-sharing agreement"


@governed
class Agreement(models.Model):
    """What practices sign, of a commissioner or of one of its CHINs. Practices of the CHIN are parties while they are in it.

    ended_on: the last day on which it holds.
    """

    Kind = AgreementKind

    slug = models.SlugField(max_length=80, unique=True)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="agreements")
    chin = models.ForeignKey(
        Chin, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name="CHIN"
    )
    kind = models.CharField(max_length=3, choices=AgreementKind)
    title = models.CharField("title", max_length=150)
    ended_on = models.DateField("last day", null=True, blank=True)
    why_ended = models.CharField("why it ended", max_length=500, blank=True)

    objects: ClassVar[Any] = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "chin", "title"],
                name="agreements_agreement_title_once",
                nulls_distinct=False,
                violation_error_message="There is an agreement of that title already.",
            ),
            models.CheckConstraint(
                name="agreements_agreement_known_kind",
                condition=Q(kind__in=AgreementKind.values),
                violation_error_message="It is a memorandum of information or of understanding, or a data-sharing agreement.",
            ),
            models.CheckConstraint(
                name="agreements_agreement_has_a_title",
                condition=Q(title__regex=SAYS),
                violation_error_message="An agreement has a title.",
            ),
            models.CheckConstraint(
                name="agreements_agreement_ended_with_a_reason",
                condition=Q(ended_on=None, why_ended="") | (Q(ended_on__isnull=False) & Q(why_ended__regex=SAYS)),
                violation_error_message="Say on which day the agreement ended, and why.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="own_chin",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__chin__isnull=False),
                func=AGREEMENT_OF_OWN_CHIN,
            ),
            pgtrigger.Trigger(
                name="stays_whose_it_is",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF (NEW.commissioner_id, NEW.chin_id, NEW.kind) IS DISTINCT FROM
                       (OLD.commissioner_id, OLD.chin_id, OLD.kind) THEN
                        RAISE EXCEPTION 'Whose an agreement is, and its kind, never change.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_agreement_stays_whose_it_is';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def authority_target(self) -> Target:
        """With the practices that are parties on the day, where with_practices has read them."""
        return Target(
            commissioner_ids=frozenset({self.commissioner_id}),
            chin_ids=frozenset() if self.chin_id is None else frozenset({self.chin_id}),
            practice_ids=frozenset([*getattr(self, "member_ids", ()), *getattr(self, "listed_ids", ())]),
        )


class Document(models.Model):
    """A file that was brought: the document of a version, or a scan of what was signed. Never changed."""

    file_name = models.CharField("name of the file", max_length=200)
    format = models.CharField("kind of file", max_length=4)
    size_bytes = models.BigIntegerField("bytes")
    sha256 = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agreements_document_fingerprint",
                condition=Q(sha256__regex=FINGERPRINT, size_bytes__gt=0),
                violation_error_message="The file is empty.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="has_its_bytes",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=DOCUMENT_HAS_ITS_BYTES,
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class DocumentPiece(models.Model):
    """A piece of a file's bytes; see cc2h.kit.stored."""

    of = models.ForeignKey(Document, models.PROTECT, related_name="pieces")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="agreements_documentpiece_once")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.of_id}/{self.number}"


class Version(models.Model):
    """The words of an agreement from a day: a text, or a file. Never changed: other words are another version.

    sha256: of the text's bytes (UTF-8) or of the file's. anew: whoever signed a version before signs this one too.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("version")
    from_day = models.DateField("from")
    text = models.TextField("text", blank=True)
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="version")
    sha256 = models.CharField("SHA-256", max_length=64)
    anew = models.BooleanField("everybody signs it anew", default=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="agreements_version_once",
                violation_error_message="Somebody else has brought a new version meanwhile. Look at that first.",
            ),
            models.CheckConstraint(
                name="agreements_version_text_or_file",
                condition=Q(document=None, text__regex=SAYS) | Q(document__isnull=False, text=""),
                violation_error_message="A version has its text, or a file.",
            ),
            models.CheckConstraint(
                name="agreements_version_fingerprint",
                condition=Q(sha256__regex=FINGERPRINT, number__gt=0),
                violation_error_message="A version has a number and a SHA-256.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=VERSION_FITS),
        ]

    def __str__(self) -> str:
        return f"{self.agreement}, version {self.number}"


@governed
class Party(models.Model):
    """A practice or another organisation that is a party besides the practices of the agreement's CHIN.

    left_on: the last day on which it is one.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="parties")
    practice = models.ForeignKey(Practice, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.CharField("organisation", max_length=150, blank=True)
    joined_on = models.DateField("party from")
    left_on = models.DateField("party until", null=True, blank=True)

    objects: ClassVar[Any] = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = "party"
        ordering = ["agreement", "organisation", "practice", "pk"]
        constraints = [
            models.CheckConstraint(
                name="agreements_party_is_one_thing",
                condition=Q(practice__isnull=False, organisation="") | Q(practice=None, organisation__regex=SAYS),
                violation_error_message="A party is a practice, or another organisation by its name.",
            ),
            models.UniqueConstraint(
                fields=["agreement", "practice", "organisation"],
                condition=Q(left_on=None),
                nulls_distinct=False,
                name="agreements_party_once",
                violation_error_message="It is a party already.",
            ),
            models.CheckConstraint(
                name="agreements_party_days_in_order",
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                violation_error_message="A party leaves on or after the day it joined.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.organisation or str(self.practice)


class Signature(models.Model):
    """A practice, or another party, signed a version. Never changed; what no longer counts is a Withdrawal.

    sha256: of the version that was signed, as the page showed it. nth: how many times the party has signed this version,
    withdrawn ones counted: the database gives it, so that of two who sign at once one is refused.
    scan: what was signed on paper, brought by staff; none: it was signed in the portal.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="signatures")
    practice = models.ForeignKey(Practice, models.PROTECT, null=True, blank=True, related_name="signatures")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="signatures")
    name = models.CharField("name", max_length=150)
    role = models.CharField("role", max_length=150)
    day = models.DateField("signed on")
    sha256 = models.CharField("SHA-256 of the version", max_length=64)
    nth = models.PositiveSmallIntegerField(editable=False, default=0)
    scan = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="signature")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "practice", "party", "nth"],
                nulls_distinct=False,
                name="agreements_signature_once",
                violation_error_message="It is signed already.",
            ),
            models.CheckConstraint(
                name="agreements_signature_of_one_party",
                condition=Q(practice__isnull=False, party=None) | Q(practice=None, party__isnull=False),
                violation_error_message="One party signs: a practice, or another organisation.",
            ),
            models.CheckConstraint(
                name="agreements_signature_says_who",
                condition=Q(name__regex=SAYS, role__regex=SAYS),
                violation_error_message="Give the name and the role of whoever signed.",
            ),
        ]
        indexes = [models.Index(fields=["practice", "version"], name="agreements_signature_of")]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=SIGNATURE_FITS),
        ]

    def __str__(self) -> str:
        return f"{self.practice or self.party}, {self.version}"


class Withdrawal(models.Model):
    """A signature does not count from a day, and why. Never changed."""

    signature = models.OneToOneField(Signature, models.PROTECT, related_name="withdrawal")
    day = models.DateField("from")
    reason = models.CharField("reason", max_length=500)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agreements_withdrawal_says_why",
                condition=Q(reason__regex=SAYS),
                violation_error_message="Say why it is withdrawn.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=WITHDRAWAL_FITS),
        ]

    def __str__(self) -> str:
        return f"{self.signature}: withdrawn"
