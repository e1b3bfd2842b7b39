"""What the pages about comments and files read: a few queries a page, however many rows there are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count

from cc2h.accounts.authority import Action, authority_of, can
from cc2h.accounts.records import Record
from cc2h.comments.models import Attachment, AttachmentPiece, Comment, Hanging
from cc2h.comments.querysets import AttachmentQuerySet, HangingQuerySet
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.stored import pieces_of
from cc2h.kit.together import Asking, Totals, kept, totals

PAGE = 25  # comments, each with its answers
SHOWN = 3  # of them on the record’s own page


def comments(user: Any, asat: AsAt) -> HangingQuerySet:
    """Comments this person may see, each with its people."""
    found: HangingQuerySet = Comment.objects.visible_to(user, asat)
    return found.with_people()


def files(user: Any, asat: AsAt) -> AttachmentQuerySet:
    """Files this person may see, withdrawn ones included, each with its people."""
    found: AttachmentQuerySet = Attachment.objects.visible_to(user, asat)
    return found.with_people()


def given(user: Any, asat: AsAt) -> AttachmentQuerySet:
    """Files this person may download."""
    return files(user, asat).given()


def own_comments(user: Any, asat: AsAt) -> HangingQuerySet:
    """Comments this person wrote."""
    return comments(user, asat).filter(by=user)


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its answers, the oldest first."""

    comment: Comment
    answers: Sequence[Comment]


def threads(record: Record, number: int, size: int = PAGE) -> tuple[Page, list[Thread]]:
    """A page of the comments on a record, the newest first. Who may see them has been asked of the record."""
    about = Comment.objects.of(record.kind, record.key)
    page = Paginator(about.filter(answers=None).with_people(), size).get_page(number)
    shown = list(page)
    answers: dict[Any, list[Comment]] = {one.pk: [] for one in shown}
    for answer in Comment.objects.filter(answers__in=answers).with_people().order_by("at", "pk"):
        answers[answer.answers_id].append(answer)
    return page, [Thread(one, answers[one.pk]) for one in shown]


def newest(record: Record) -> Asking[tuple[int, list[Thread], list[Attachment]]]:
    """How many comments are on a record, the newest few with their answers, and its files: one statement."""
    shown, (number,), replies, files = yield tuple(
        kept(one, record.kind, record.key) for one in (_newest, _counted, _replies, _files_on)
    )
    threads = [Thread(one, [reply for reply in replies if reply.answers_id == one.pk]) for one in shown]
    return number, threads, _in_order(files)


def _first(kind: Any, key: Any) -> HangingQuerySet:
    first: HangingQuerySet = Comment.objects.of(kind, key).filter(answers=None)
    return first


def _newest(kind: Any, key: Any) -> HangingQuerySet:
    return _first(kind, key).with_people()[:SHOWN]


def _counted(kind: Any, key: Any) -> Totals:
    return totals(_first(kind, key), n=Count("pk"))


def _replies(kind: Any, key: Any) -> HangingQuerySet:
    newest = _first(kind, key).order_by("-at", "-pk").values("pk")[:SHOWN]
    replies: HangingQuerySet = Comment.objects.of(kind, key).filter(answers__in=newest)
    return replies.with_people().order_by("at", "pk")


def thread_of(comment: Comment) -> Thread:
    """A comment with its answers."""
    return Thread(comment, list(Comment.objects.filter(answers=comment).with_people().order_by("at", "pk")))


def files_of(record: Record) -> list[Attachment]:
    """The newest version of every file on a record, by title; withdrawn ones last. As many as a record can have."""
    return _in_order(_files_on(record.kind, record.key))


def _files_on(kind: Any, key: Any) -> AttachmentQuerySet:
    found: AttachmentQuerySet = Attachment.objects.of(kind, key)
    return found.newest_versions().with_people()


def _in_order(files: Iterable[Attachment]) -> list[Attachment]:
    return sorted(files, key=lambda one: (one.withdrawn_at is not None, one.title.casefold(), one.pk))


def versions_of(attachment: Attachment) -> list[Attachment]:
    """Every version of a file, the newest first."""
    return list(Attachment.objects.filter(thread=attachment.thread).with_people().order_by("-version"))


def pieces(attachment: Attachment) -> Iterator[bytes]:
    """The stored bytes, a piece at a time."""
    return pieces_of(AttachmentPiece, attachment.pk)


def posts_of(user: Any, record: Record) -> list[tuple[int, str]]:
    """The posts in which a person may speak on a record."""
    held = authority_of(user).holdings_allowing(Action.ADD_COMMENT, record.target)
    return [(one.post_id, f"{one.title} (as deputy)" if one.deputy_for else one.title) for one in held]


def history_of(what: Hanging, user: Any, record: Record) -> list[history.Entry] | None:
    """What was done to a comment or file, newest first; None for whoever may not see that. Authors see that of theirs."""
    if what.by_id != user.pk and not can(user, Action.VIEW_HISTORY, record):
        return None
    model = type(what)
    called = "Comment" if model is Comment else "File"
    return history.entries(model._default_manager.filter(pk=what.pk), name=lambda _: called)
