"""What the API answers about comments and files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from cc2h.comments.models import Attachment, Comment
from cc2h.kit.api.shapes import EntryShape, entries
from cc2h.kit.asat import AsAt


class CommentItem(msgspec.Struct):
    """A comment or an answer. `words` are null once it is withdrawn."""

    id: int
    words: str | None
    by: str
    post: str
    at: datetime
    corrected_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_because: str


class ThreadShape(CommentItem):
    """A comment with its answers, the oldest first."""

    answers: list[CommentItem]


class FileItem(msgspec.Struct):
    """A version of a file. `download` is the address of its bytes, after /api/v1 too; blank once it is withdrawn."""

    id: int
    title: str
    version: int
    file_name: str
    format: str
    size_bytes: int
    sha256: str
    by: str
    post: str
    at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_because: str
    download: str


class OfRecordShape(msgspec.Struct):
    """What hangs on a record: a page of its comments, newest first, and the newest version of each of its files."""

    kind: str
    record: str
    name: str
    count: int
    pages: int
    comments: list[ThreadShape]
    files: list[FileItem]


class CommentShape(ThreadShape):
    """A comment, and what was done to it; `history` is null where that is not yours to see."""

    kind: str
    record: str
    history: list[EntryShape] | None


class FileShape(FileItem):
    """A version of a file, every other version of it, and what was done to it."""

    kind: str
    record: str
    versions: list[FileItem]
    history: list[EntryShape] | None


def _said(one: Comment) -> dict[str, Any]:
    return {
        "id": one.pk,
        "words": None if one.withdrawn_at else one.words,
        "by": str(one.by),
        "post": one.post,
        "at": one.at,
        "corrected_at": one.corrected_at,
        **_withdrawn(one),
    }


def _withdrawn(one: Any) -> dict[str, Any]:
    return {
        "withdrawn_at": one.withdrawn_at,
        "withdrawn_by": str(one.withdrawn_by) if one.withdrawn_by else None,
        "withdrawn_because": one.withdrawn_because,
    }


def _file(one: Attachment) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("title", "version", "file_name", "format", "size_bytes", "sha256")},
        "id": one.pk,
        "by": str(one.by),
        "post": one.post,
        "at": one.at,
        **_withdrawn(one),
        "download": "" if one.withdrawn_at else f"/comments/files/{one.pk}/download/",
    }


def _thread(thread: Any) -> dict[str, Any]:
    return {**_said(thread.comment), "answers": [CommentItem(**_said(one)) for one in thread.answers]}


def of_record(context: Mapping[str, Any], asat: AsAt) -> OfRecordShape:
    """What templates/comments/record.html shows."""
    record, paginator = context["record"], context["page"].paginator
    return OfRecordShape(
        record.kind,
        record.key,
        record.name,
        paginator.count,
        paginator.num_pages,
        [ThreadShape(**_thread(one)) for one in context["threads"]],
        [FileItem(**_file(one)) for one in context["files"]],
    )


def comment(context: Mapping[str, Any], asat: AsAt) -> CommentShape:
    """What templates/comments/comment.html shows."""
    thread = context["thread"]
    said = entries(context["history"]) if context["history"] is not None else None
    return CommentShape(**_thread(thread), kind=thread.comment.kind, record=thread.comment.key, history=said)


def file(context: Mapping[str, Any], asat: AsAt) -> FileShape:
    """What templates/comments/file.html shows."""
    one = context["file"]
    said = entries(context["history"]) if context["history"] is not None else None
    versions = [FileItem(**_file(version)) for version in context["versions"]]
    return FileShape(**_file(one), kind=one.kind, record=one.key, versions=versions, history=said)
