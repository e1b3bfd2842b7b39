"""What people say on a record, and the files they hang on it."""

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from cc2h.comments.querysets import AttachmentQuerySet, HangingQuerySet
from cc2h.kit.contents import FORMATS
from cc2h.kit.history import governed

SAYS = r"\S"  # more than white space


def withdrawn_whole(name: str) -> models.CheckConstraint:
    """Withdrawn at a time, by somebody, for a reason; or none of the three."""
    return models.CheckConstraint(
        name=name,
        condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_because="")
        | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, withdrawn_because__regex=SAYS),
        violation_error_message="Say why it is withdrawn.",
    )


def stays(table: str, *fixed: str) -> list[pgtrigger.Trigger]:
    """Never deleted; what is `fixed` never changes, and nothing does once it is withdrawn."""
    columns = ", ".join(f"NEW.{name}" for name in fixed)
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.Trigger(
            name="stays_as_it_was",
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            func=f"""
                IF OLD.withdrawn_at IS NOT NULL THEN
                    RAISE EXCEPTION 'It has been withdrawn, and stays as it is.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_withdrawn_for_good';
                ELSIF ({columns}) IS DISTINCT FROM ({columns.replace("NEW.", "OLD.")}) THEN
                    RAISE EXCEPTION 'Where it belongs, whose it is and when it came never change.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_stays_as_it_was';
                END IF;
                RETURN NEW;
            """,
        ),
    ]


class Hanging(models.Model):
    """Something that hangs on a record (cc2h.accounts.records): by whom, in which post, whether withdrawn.

    post: the title of the post in which `by` did it, as it was then.
    """

    kind = models.CharField("kind of record", max_length=20)
    key = models.CharField("record", max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="by")
    post = models.CharField("in the post", max_length=200)
    at = models.DateTimeField("at")
    withdrawn_at = models.DateTimeField("withdrawn at", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="withdrawn by",
    )
    withdrawn_because = models.CharField("why it was withdrawn", max_length=2000, blank=True)

    class Meta:
        abstract = True


@governed
class Comment(Hanging):
    """Words on a record, or an answer to such. Withdrawn, or corrected, its former words stay in the history."""

    words = models.TextField("words", max_length=4000)
    answers = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="answered_by")
    corrected_at = models.DateTimeField("corrected at", null=True, blank=True)

    objects: ClassVar[Any] = HangingQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="comments_comment_says_something",
                condition=Q(words__regex=SAYS),
                violation_error_message="A comment says something.",
            ),
            withdrawn_whole("comments_comment_withdrawn_whole"),
        ]
        indexes = [
            models.Index(fields=["kind", "key", "-at"], condition=Q(answers=None), name="comments_comment_of_record")
        ]
        triggers = [
            *stays("comments_comment", "kind", "key", "by_id", "post", "at", "answers_id"),
            pgtrigger.Trigger(
                name="answers_one_level",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__answers__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM comments_comment
                        WHERE id = NEW.answers_id AND answers_id IS NULL AND (kind, key) = (NEW.kind, NEW.key)
                    ) THEN
                        RAISE EXCEPTION 'An answer is to a comment on the same record, and is not answered itself.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'comments_comment_answers_one_level';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.words[:80]


@governed
class Attachment(Hanging):
    """A file on a record, its bytes beside it in pieces. A new version follows it; none is ever overwritten."""

    thread = models.UUIDField("file", default=uuid.uuid4, editable=False)
    version = models.IntegerField("version", default=1)
    title = models.CharField("title", max_length=150)
    file_name = models.CharField("name of the file", max_length=200)
    format = models.CharField("kind of file", max_length=4, choices=[(one.key, one.label) for one in FORMATS.values()])
    size_bytes = models.BigIntegerField("bytes")
    sha256 = models.CharField("SHA-256", max_length=64)

    objects: ClassVar[Any] = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "file"
        ordering = ["title", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="comments_attachment_known_format",
                condition=Q(format__in=list(FORMATS)),
                violation_error_message="A file is of one of the kinds that the portal takes.",
            ),
            models.CheckConstraint(
                name="comments_attachment_has_a_title",
                condition=Q(title__regex=SAYS) & Q(file_name__regex=SAYS),
                violation_error_message="A file has a title.",
            ),
            models.CheckConstraint(
                name="comments_attachment_not_empty",
                condition=Q(size_bytes__gt=0, version__gt=0),
                violation_error_message="The file is empty.",
            ),
            models.CheckConstraint(
                name="comments_attachment_fingerprint",
                condition=Q(sha256__regex="^[0-9a-f]{64}$"),
                violation_error_message="A file has a SHA-256.",
            ),
            withdrawn_whole("comments_attachment_withdrawn_whole"),
            models.UniqueConstraint(
                fields=["thread", "version"],
                name="comments_attachment_one_follows",
                violation_error_message="Somebody else has brought a new version meanwhile. Look at that first.",
            ),
            models.UniqueConstraint(
                fields=["kind", "key", "sha256"],
                condition=Q(withdrawn_at__isnull=True),
                name="comments_attachment_once",
                violation_error_message="This very file is attached here already.",
            ),
        ]
        indexes = [models.Index(fields=["by", "at"], name="comments_attachment_of_person")]
        triggers = [
            *stays(
                "comments_attachment",
                *("kind", "key", "by_id", "post", "at", "thread", "version"),
                *("title", "file_name", "format", "size_bytes", "sha256"),
            ),
            pgtrigger.Trigger(
                name="has_its_bytes",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF (SELECT encode(sha256(string_agg(data, '' ORDER BY number)), 'hex')
                        FROM comments_attachmentpiece WHERE of_id = NEW.id) IS DISTINCT FROM NEW.sha256
                       OR (SELECT sum(octet_length(data)) FROM comments_attachmentpiece WHERE of_id = NEW.id)
                          IS DISTINCT FROM NEW.size_bytes
                    THEN
                        RAISE EXCEPTION 'The file did not arrive whole. Bring it again.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'comments_attachment_has_its_bytes';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AttachmentPiece(models.Model):
    """A piece of a file's bytes; see cc2h.kit.stored."""

    of = models.ForeignKey(Attachment, models.PROTECT, related_name="pieces")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="comments_attachmentpiece_once")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.of_id}/{self.number}"
