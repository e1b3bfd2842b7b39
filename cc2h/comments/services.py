"""Writing comments and bringing files. What is done with one is refused where somebody else changed it since `seen`."""

import hashlib
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from cc2h.accounts import records
from cc2h.accounts.records import Record
from cc2h.comments.models import Attachment, AttachmentPiece, Comment, Hanging
from cc2h.kit import contents, history, scanning, words
from cc2h.kit.imports.files import Rejected
from cc2h.kit.problems import check
from cc2h.kit.stored import keep
from cc2h.kit.writing import writing

CORRECTED_WITHIN = timedelta(hours=24)
ANSWERS = 50  # of one comment
TURNS_ROUND = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}  # marks of the reading direction


def plain_text(text: str) -> str:
    """Text with its line breaks, without marks that make it read otherwise than it is written."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(char for char in lines if unicodedata.bidirectional(char) not in TURNS_ROUND)


# Comments --------------------------------------------------------------------------------------------------


def write(*, by: Any, record: Record, said: str, post: str, answers: Comment | None = None) -> Comment:
    """Somebody says something on a record, in a post of theirs, or answers a comment there.

    Raises ValidationError for an answer to an answer, to a withdrawn comment, or one too many.
    """
    with writing(by):
        if answers is not None:
            answered = Comment.objects.select_for_update(no_key=True).get(pk=answers.pk)
            if answered.withdrawn_at is not None:
                raise ValidationError("The comment has been withdrawn meanwhile.", code="withdrawn")
            if answered.answered_by.count() >= ANSWERS:
                raise ValidationError(f"It has {ANSWERS} answers already: write a new comment.", code="full")
        comment = Comment(
            kind=record.kind,
            key=record.key,
            by=by,
            post=post,
            at=timezone.now(),
            words=plain_text(said),
            answers=answers,
        )
        check(comment)
        comment.save(force_insert=True)
    return comment


def correctable(comment: Comment) -> bool:
    """Whether its author may still correct it."""
    return bool(timezone.now() <= comment.at + CORRECTED_WITHIN)


def correct(*, by: Any, comment: Comment, seen: int, said: str) -> Comment:
    """Other words; the former ones stay in the history.

    Raises history.ChangedMeanwhile when somebody saved since `seen`, ValidationError when it is withdrawn or too late.
    """
    with writing(by):
        current = _current(comment, seen)
        if not correctable(current):
            raise ValidationError(
                "A comment can be corrected within a day of being written. Withdraw it, or write another.", code="late"
            )
        current.words, current.corrected_at = plain_text(said), timezone.now()
        check(current, "words")
        current.save(update_fields=["words", "corrected_at"])
    return current


def withdraw(*, by: Any, what: Hanging, seen: int, reason: str) -> Any:
    """A comment or a file is no longer said or handed out; that it was there, by whom and why it went, stays.

    Raises history.ChangedMeanwhile when somebody saved since `seen`, ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError("Say why it is withdrawn.", code="reason_required")
    with writing(by):
        current = _current(what, seen)
        current.withdrawn_at, current.withdrawn_by = timezone.now(), by
        current.withdrawn_because = plain_text(reason)
        check(current, "withdrawn_because")
        current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    return current


def _current(what: Any, seen: int) -> Any:
    current = type(what).objects.select_for_update(no_key=True).get(pk=what.pk)
    history.unchanged_since(current, seen)
    if current.withdrawn_at is not None:
        said = words.moment(timezone.localtime(current.withdrawn_at))
        raise ValidationError(f"{current.withdrawn_by} withdrew it on {said}.", code="withdrawn")
    return current


# Files -----------------------------------------------------------------------------------------------------


def attach(
    *, by: Any, record: Record, title: str, name: str, file: IO[bytes], post: str, after: Attachment | None = None
) -> Attachment:
    """A file hangs on a record from now on, or follows `after`, the version before it; its bytes in the same transaction.

    Raises ValidationError for what is refused: see contents.examine; too large, too many, there already.
    """
    with _refusals_told(by, record):
        return _attach(by, record, title, name, file, post, after)


def too_large(*, by: Any, record: Record) -> None:
    """One that was so large that it was not even read: raises ValidationError."""
    with _refusals_told(by, record):
        raise ValidationError(contents.too_large(), code="file")


@contextmanager
def _refusals_told(by: Any, record: Record) -> Iterator[None]:
    """Whoever keeps what is refused on records of that kind is told of it."""
    try:
        yield
    except ValidationError as refusal:
        records.refused(refusal, by, record.kind, record.key)
        raise


def _attach(
    by: Any, record: Record, title: str, name: str, file: IO[bytes], post: str, after: Attachment | None
) -> Attachment:
    data = file.read(settings.ATTACHMENT_LIMIT_BYTES + 1)
    if len(data) > settings.ATTACHMENT_LIMIT_BYTES:
        raise ValidationError(contents.too_large(), code="file")
    called = contents.plain_name(name)
    try:
        found = contents.examine(data, called)
    except Rejected as refusal:
        raise ValidationError(str(refusal), code="file") from refusal
    now = timezone.now()
    with writing(by):
        _fits(by, record, now)
        attachment = Attachment(
            kind=record.kind,
            key=record.key,
            by=by,
            post=post,
            at=now,
            title=" ".join(plain_text(title).split()),
            file_name=called,
            format=found.key,
            size_bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        if after is not None:
            attachment.thread, attachment.version = after.thread, after.version + 1
        check(attachment)
        attachment.save(force_insert=True)
        keep(AttachmentPiece, attachment.pk, BytesIO(data))
        scanning.ask_for(attachment.sha256)
    return attachment


def _fits(by: Any, record: Record, now: datetime) -> None:
    """Raise ValidationError where the record, or the person's hour, is full. Two at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('files on'), hashtext(%s))", [f"{record.kind} {record.key}"]
        )
    if Attachment.objects.of(record.kind, record.key).count() >= settings.ATTACHMENTS_OF_A_RECORD:
        raise ValidationError(
            f"This record has {settings.ATTACHMENTS_OF_A_RECORD} files, former versions and withdrawn ones included: "
            "the most that one can have.",
            code="full",
        )
    if Attachment.objects.filter(by=by, at__gt=now - timedelta(hours=1)).count() >= settings.ATTACHMENTS_AN_HOUR:
        raise ValidationError(
            f"You have brought {settings.ATTACHMENTS_AN_HOUR} files within an hour, the most one may. Go on later.",
            code="too_many",
        )
