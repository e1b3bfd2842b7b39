"""Pages about comments and files on records: reading, writing, answering, correcting, withdrawing, downloading."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts import records
from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.comments import forms, queries, services, shapes, wording
from cc2h.comments.models import Attachment, Comment, Hanging
from cc2h.kit import contents, history, scanning, words
from cc2h.kit.acts import act, posted
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.problems import Problem
from cc2h.kit.api.spec import reads, sends_bytes, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.contents import FORMATS
from cc2h.kit.handing import hand_out
from cc2h.kit.links import link

# Finding, and being allowed ---------------------------------------------------------------------------


def _record(request: HttpRequest, kind: str, key: str) -> Record:
    """The record, or 404 for one this person may not see."""
    record = records.find(request.user, asat_of(request), kind, key)
    if record is None:
        raise Http404("There is no such record here.")
    return record


def _addable(request: HttpRequest, kind: str, key: str) -> Record:
    """The record; 403 for whoever may not write on it."""
    record = _record(request, kind, key)
    require(request.user, Action.ADD_COMMENT, record)
    return record


def _withdrawable(request: HttpRequest, what: Hanging) -> Record:
    """Its record; 403 for whoever neither wrote or brought it nor may withdraw what others did."""
    record = _record(request, what.kind, what.key)
    if what.by_id == request.user.pk:
        require(request.user, Action.ADD_COMMENT, record)
    elif not can(request.user, Action.WITHDRAW_COMMENT, record):
        raise PermissionDenied("A comment or a file is withdrawn by whoever wrote or brought it, or by a manager.")
    return record


def _address(asat: AsAt, record: Record) -> str:
    return link(asat, "comments:of_record", record.kind, record.key)


def _crumbs(asat: AsAt, record: Record, *more: tuple[str, str]) -> list[Mapping[str, str]]:
    above = [(record.name, record.page(asat)), ("Comments and files", _address(asat, record)), *more]
    return [{"text": text, "href": href} for text, href in above]


def _may(request: HttpRequest, what: Hanging, record: Record) -> dict[str, bool]:
    """What the reader may do with a comment or a file that is not withdrawn."""
    here, own = what.withdrawn_at is None, what.by_id == request.user.pk
    add = bool(can(request.user, Action.ADD_COMMENT, record))
    withdraw = (own and add) or bool(can(request.user, Action.WITHDRAW_COMMENT, record))
    return {"add": here and add, "own": here and add and own, "withdraw": here and withdraw}


# Reading ----------------------------------------------------------------------------------------------


@require_safe
@reads(shapes.of_record, page="Which page of the comments, from 1.")
def of_record(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """What was said on a record, the newest first, and the files on it."""
    record, asat = _record(request, kind, key), asat_of(request)
    asked = request.GET.get("page", "")
    page, threads = queries.threads(record, int(asked) if re.fullmatch(r"\d{1,7}", asked, re.ASCII) else 1)
    context = {
        "record": record,
        "page": page,
        "threads": threads,
        "files": queries.files_of(record),
        "described": wording.described,
        "withdrawn": wording.withdrawn,
        "may_add": bool(can(request.user, Action.ADD_COMMENT, record)),
        "breadcrumbs": [{"text": record.name, "href": record.page(asat)}],
    }
    return show(request, "comments/record.html", context)


@require_safe
@reads(shapes.comment)
def comment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment with its answers, and every change of it."""
    asat = asat_of(request)
    comment: Comment = get_object_or_404(queries.comments(request.user, asat), pk=pk)
    record = _record(request, comment.kind, comment.key)
    may = _may(request, comment, record)
    context = {
        "record": record,
        "thread": queries.thread_of(comment),
        "withdrawn": wording.withdrawn,
        "may": may,
        "may_correct": may["own"] and services.correctable(comment),
        "may_answer": may["add"] and comment.answers_id is None,
        "may_act": bool(can(request.user, Action.ADD_ACTION, record)),
        "history": queries.history_of(comment, request.user, record),
        "breadcrumbs": _crumbs(asat, record),
    }
    return show(request, "comments/comment.html", context)


@require_safe
@reads(shapes.file)
def file_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A version of a file: what it is, by whom, its fingerprint, its other versions, and every change of it."""
    asat = asat_of(request)
    file: Attachment = get_object_or_404(queries.files(request.user, asat), pk=pk)
    record = _record(request, file.kind, file.key)
    versions = queries.versions_of(file)
    context = {
        "record": record,
        "file": file,
        "format": FORMATS[file.format],
        "scan": scanning.state_of(file.sha256),
        "versions": versions,
        "newest": versions[0],
        "withdrawn": wording.withdrawn,
        "may": _may(request, file, record),
        "may_add": bool(can(request.user, Action.ADD_COMMENT, record)),
        "history": queries.history_of(file, request.user, record),
        "breadcrumbs": _crumbs(asat, record),
    }
    return show(request, "comments/file.html", context)


@require_safe
@sends_bytes
def file_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, byte for byte as it came; not once it is withdrawn, nor where a virus was found."""
    file: Attachment = get_object_or_404(queries.given(request.user, asat_of(request)), pk=pk)
    scanning.require_open(request.user, file.sha256, file.by_id)
    kind = FORMATS[file.format].content_type
    return hand_out(queries.pieces(file), file.file_name, kind, file.size_bytes)


# Writing ----------------------------------------------------------------------------------------------


@writes(forms.CommentForm)
def comment_write(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Something is said on a record."""
    record, asat = _addable(request, kind, key), asat_of(request)
    return act(
        request,
        form=forms.CommentForm(posted(request), posts=queries.posts_of(request.user, record)),
        do=lambda typed: services.write(by=request.user, record=record, **typed),
        done=lambda comment: "The comment is there for whoever may see the record.",
        to=_address(asat, record),
        heading="Write a comment",
        caption=record.name,
        lede="It is read by everybody who may see this record.",
        submit="Write it",
        breadcrumbs=_crumbs(asat, record),
    )


@writes(forms.CommentForm)
def comment_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment is answered."""
    asat = asat_of(request)
    comment: Comment = get_object_or_404(queries.comments(request.user, asat), pk=pk)
    record = _addable(request, comment.kind, comment.key)
    return act(
        request,
        form=forms.CommentForm(posted(request), posts=queries.posts_of(request.user, record)),
        do=lambda typed: services.write(by=request.user, record=record, answers=comment, **typed),
        done=lambda answer: "The answer stands below the comment.",
        to=_address(asat, record),
        heading="Answer a comment",
        caption=record.name,
        submit="Answer",
        breadcrumbs=_crumbs(asat, record),
        template="comments/answer.html",
        comment=comment,
        withdrawn=wording.withdrawn,
    )


@writes(forms.CorrectForm)
def comment_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment of one's own says something else, within a day of being written."""
    asat = asat_of(request)
    comment: Comment = get_object_or_404(queries.own_comments(request.user, asat), pk=pk)
    record = _addable(request, comment.kind, comment.key)
    return act(
        request,
        form=forms.CorrectForm(posted(request), initial={"said": comment.words, "seen": history.version(comment)}),
        do=lambda typed: services.correct(by=request.user, comment=comment, **typed),
        done=lambda corrected: "The comment is corrected.",
        to=_address(asat, record),
        heading="Correct your comment",
        caption=record.name,
        submit="Save",
        breadcrumbs=_crumbs(asat, record),
    )


def _withdraw(request: HttpRequest, what: Hanging, heading: str, lede: str, done: str) -> HttpResponse:
    record, asat = _withdrawable(request, what), asat_of(request)
    return act(
        request,
        form=forms.WithdrawForm(posted(request), initial={"seen": history.version(what)}),
        do=lambda typed: services.withdraw(by=request.user, what=what, **typed),
        done=lambda withdrawn: done,
        to=_address(asat, record),
        heading=heading,
        caption=record.name,
        lede=lede,
        submit="Withdraw it",
        kind="warning",
        breadcrumbs=_crumbs(asat, record),
    )


@writes(forms.WithdrawForm)
def comment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment is no longer said."""
    comment: Comment = get_object_or_404(queries.comments(request.user, asat_of(request)), pk=pk)
    lede = "Its words are no longer shown; who wrote it, who withdrew it and why stay. Its history keeps the words."
    return _withdraw(request, comment, "Withdraw the comment", lede, "The comment is withdrawn.")


@writes(forms.WithdrawForm)
def file_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A version of a file is no longer handed out."""
    file: Attachment = get_object_or_404(queries.files(request.user, asat_of(request)), pk=pk)
    lede = f"“{file.title}” can then be downloaded by nobody; that it was there, who withdrew it and why stay."
    others = sum(one.pk != file.pk and one.withdrawn_at is None for one in queries.versions_of(file))
    if others:
        still = "version of it stays" if others == 1 else "versions of it stay"
        lede += f" {words.number(others)} other {still}, each to be withdrawn by itself."
    return _withdraw(request, file, "Withdraw the file", lede, "The file is withdrawn.")


@writes(forms.FileForm, files=True)
def file_attach(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """A file hangs on a record from now on."""
    return _bring(request, _addable(request, kind, key), "Attach a file", "Attach it")


@writes(forms.FileForm, files=True)
def file_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """A new version follows a file; the former one stays."""
    file: Attachment = get_object_or_404(queries.files(request.user, asat_of(request)), pk=pk)
    record = _addable(request, file.kind, file.key)
    return _bring(request, record, "Bring a new version", "Bring it", after=file)


def _bring(
    request: HttpRequest, record: Record, heading: str, submit: str, after: Attachment | None = None
) -> HttpResponse:
    asat = asat_of(request)
    sent, files = posted(request), request.FILES if request.method == "POST" else None
    too_large = getattr(request, "upload_too_large", False)  # known once the files have been read
    if too_large:
        with suppress(ValidationError):  # the form says so
            services.too_large(by=request.user, record=record)
        if call_of(request):
            raise Problem(413, contents.too_large())

    def bring(typed: dict[str, Any]) -> Attachment:
        file = typed.pop("file")
        return services.attach(by=request.user, record=record, name=file.name, file=file.file, after=after, **typed)

    stays = f"“{after.title}” as it was brought by {after.by} stays, as a former version." if after else ""
    return act(
        request,
        form=forms.FileForm(
            sent,
            files,
            posts=queries.posts_of(request.user, record),
            too_large=too_large,
            initial={"title": after.title} if after else None,
        ),
        do=bring,
        done=lambda file: (
            f"Version {file.version} of “{file.title}” is attached." if after else f"“{file.title}” is attached."
        ),
        to=_address(asat, record),
        heading=heading,
        caption=record.name,
        lede=stays or "It is read by everybody who may see this record.",
        submit=submit,
        breadcrumbs=_crumbs(asat, record),
        fields_of_refusals={"file": "file"},
    )
