"""Pages about imports: bring a file, see what was found and what it would do, confirm or discard, follow a number."""

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cc2h.kit import exports, programme, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.problems import Problem
from cc2h.kit.api.spec import reads, sends_bytes, writes
from cc2h.kit.asat import asat_of
from cc2h.kit.imports import queries, services, shapes, undoing, workbook
from cc2h.kit.imports.filters import ImportFilters, ProblemFilters
from cc2h.kit.imports.forms import DayForm, DecisionForm, KindForm, RemoveForm, UndoForm, UploadForm
from cc2h.kit.imports.kinds import kinds
from cc2h.kit.imports.tables import ImportTable, ProblemTable
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.models import Import, ImportProblem, Programme
from cc2h.kit.sections import sections

SEE, BRING = "view_imports", "import_files"  # actions of the room above; people carry their authority with them
WHOSE = {SEE: "Imported files are seen by managers and analysts.", BRING: "Files are imported by managers."}
PROBLEMS_SHOWN = 20
DECIDED = {Import.State.DISCARDED: "It is discarded.", Import.State.RECEIVED: "It is being checked again."}


def may(request: HttpRequest, action: str) -> bool:
    person: Any = request.user
    return bool(person.authority.may(action))


def permit(request: HttpRequest, action: str) -> None:
    if not may(request, action):
        raise PermissionDenied(f"You can’t do this: no post you hold today allows it. {WHOSE[action]}")


def crumbs(request: HttpRequest, *more: tuple[str, str]) -> list[dict[str, str]]:
    above = [("Imports", link(asat_of(request), "imports:import_list")), *more]
    return [{"text": text, "href": href} for text, href in above]


class ImportList(ListPage):
    """Every file that came in, newest first."""

    title = "Imports"
    noun = ("file", "files")
    filterset_class = ImportFilters
    table_class = ImportTable
    default_sort = "-uploaded_at"
    shape = shapes.ImportItem
    csv_columns = {
        **{name: name for name in ("id", "file_name", "kind", "state", "extract_day", "rows")},
        "problems": "problem_count",
        "sha256": "sha256",
        "uploaded_at": "uploaded_at",
    }
    template_name = "imports/list.html"
    empty_title = "No files"

    def permit(self) -> None:
        permit(self.request, SEE)

    def queryset(self) -> QuerySet[Import]:
        return queries.imports(self.request.user)

    def context(self) -> dict[str, Any]:
        return {"may_import": may(self.request, BRING)}


class ProblemList(ListPage):
    """All that is wrong in one file, by line."""

    title = "Problems"
    noun = ("problem", "problems")
    filterset_class = ProblemFilters
    table_class = ProblemTable
    default_sort = "line"
    shape = shapes.ProblemItem
    csv_columns = {name: name for name in ("line", "column", "value", "problem", "quarantined", "sheet", "row")}
    template_name = "imports/problems.html"
    empty_title = "No problems"

    def permit(self) -> None:
        permit(self.request, SEE)

    def queryset(self) -> QuerySet[ImportProblem]:
        self.one = queries.one_import(self.request.user, self.kwargs["pk"])
        return queries.problems(self.one)

    def context(self) -> dict[str, Any]:
        found = self.one.findings.get("problems", 0)
        more = found - queries.problems(self.one).count()
        page = link(self.asat, "imports:import_detail", self.one.pk)
        return {
            "caption": self.one.file_name,
            "breadcrumbs": crumbs(self.request, (self.one.file_name, page)),
            "not_kept": max(0, more),
        }


@require_http_methods(["GET", "HEAD", "POST"])
@writes(UploadForm, files=True)
def import_upload(request: HttpRequest) -> HttpResponse:
    """One field: the file."""
    permit(request, BRING)
    sent, files = posted(request), request.FILES if request.method == "POST" else None
    too_large = getattr(request, "upload_too_large", False)  # known once the files have been read
    form = UploadForm(sent, files, too_large=too_large)
    if call_of(request):
        if too_large:
            raise Problem(413, str(form.fields["file"].error_messages["required"]))
        return act(
            request,
            form=form,
            do=lambda typed: _received(request, typed)[0],
            done=lambda one: (
                "The file is here, and is being checked." if one.state in services.UNDER_WAY else _known(one)
            ),
            to=lambda one: link(asat_of(request), "imports:import_detail", one.pk),
            heading="Import a file",
            submit="Upload",
        )
    if request.method == "POST" and form.is_valid():
        try:
            one, new = _received(request, form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            if not new:
                messages.info(request, _known(one))
            return redirect(link(asat_of(request), "imports:import_detail", one.pk))
    status = 413 if too_large else 200
    listed = sorted(kinds.values(), key=lambda kind: (kind.group, kind.label))
    context = {"heading": "Import a file", "form": form, "kinds": listed, "breadcrumbs": crumbs(request)}
    return render(request, "imports/upload.html", context, status=status)


def _received(request: HttpRequest, typed: dict[str, Any]) -> tuple[Import, bool]:
    file = typed["file"]
    return services.receive(by=request.user, name=file.name, file=file.file, size=file.size)


def _known(one: Import) -> str:
    who = f" by {one.uploaded_by}" if one.uploaded_by else ""
    if one.state == Import.State.IMPORTED:
        return f"Already imported: the same file came in{who} on {words.day(timezone.localtime(one.uploaded_at))}. Nothing was changed."
    return f"The same file is here already, brought{who}. This is it."


@require_safe
@reads(shapes.one_import)
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found in the file, what it would change or has changed, and who decided. `?row=8` shows that row."""
    permit(request, SEE)
    one = queries.one_import(request.user, pk)
    kind = kinds.get(one.kind)
    problems = list(queries.problems(one).order_by("line", "pk")[:PROBLEMS_SHOWN])
    told_at = None
    if len(problems) == 1 and one.rejection.startswith(problems[0].problem):  # the sentence at the top has said it all
        told_at = problems.pop().line
    asked_row = request.GET.get("row", "")
    asks = one.findings.get("asks") or {}
    context = {
        "heading": one.file_name,
        "one": one,
        "kind": kind,
        "under_way": one.state in services.UNDER_WAY,
        "trouble": queries.trouble(one) if one.state in services.UNDER_WAY else "",
        "may_import": may(request, BRING),
        "findings": one.findings,
        "asks": asks,
        "nothing": not any(one.findings.get(verdict) for verdict in ("new", "changed", "closed")),
        "problems": problems,
        "told_at": told_at,
        "problem_count": max(one.findings.get("problems", 0), len(problems)),
        "place": kind.place if kind else lambda line: ("", line),
        "blocked": bool(kind and kind.all_or_nothing and one.findings.get("problems")),
        "row": queries.row_of(one, int(asked_row)) if re.fullmatch(r"[1-9]\d{0,8}", asked_row, re.ASCII) else None,
        "results": kind([one]).results() if kind and one.state == Import.State.IMPORTED else {},
        "sections": sections(request, "import", str(pk)),
        "breadcrumbs": crumbs(request),
    }
    return show(request, "imports/detail.html", context)


@require_safe
@sends_bytes
def import_template(request: HttpRequest) -> HttpResponseBase:
    """The go-live workbook, empty: what stands in it is explained in its first sheet."""
    permit(request, BRING)
    return FileResponse(
        workbook.template(), as_attachment=True, filename="go-live-workbook.xlsx", content_type=exports.XLSX
    )


@require_safe
@sends_bytes
def import_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, byte for byte as it came."""
    permit(request, SEE)
    one = queries.one_import(request.user, pk)

    name = re.sub(r"[^\w.\- ()]", "_", one.file_name, flags=re.ASCII)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(one.size_bytes)}
    return StreamingHttpResponse(queries.pieces(one), content_type="application/octet-stream", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@writes(DecisionForm)
def import_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Import what was previewed, or discard it."""
    permit(request, BRING)
    one = queries.one_import(request.user, pk)
    decisions = {"import": services.confirm, "again": services.check_again, "discard": services.discard}
    if call_of(request):

        def decide(typed: dict[str, Any]) -> Import:
            decisions[typed["decision"]](by=request.user, one=one)
            return queries.one_import(request.user, pk)

        return act(
            request,
            form=DecisionForm(posted(request)),
            do=decide,
            done=lambda now: DECIDED.get(Import.State(now.state), "It is being imported."),
            to=link(asat_of(request), "imports:import_detail", pk),
            heading="Import what was previewed, or discard it",
            submit="Decide",
        )
    decision = decisions.get(request.POST.get("decision", ""))
    if decision is not None:
        try:
            decision(by=request.user, one=one)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
    return redirect(link(asat_of(request), "imports:import_detail", pk))


@require_http_methods(["GET", "HEAD", "POST"])
@writes(UndoForm)
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what a file changed, or see what was built on it since."""
    permit(request, BRING)
    one = queries.one_import(request.user, pk)
    page = link(asat_of(request), "imports:import_detail", pk)
    call, above = call_of(request), crumbs(request, (one.file_name, page))
    if one.state != Import.State.IMPORTED and call is None:
        return redirect(page)
    weighed = undoing.plan(one)
    if weighed.built_on and call is None:
        context: dict[str, Any] = {
            "heading": "This import can’t be undone",
            "caption": one.file_name,
            "breadcrumbs": above,
        }
        kind = kinds.get(one.kind)
        context |= {"one": one, "built_on": weighed.built_on, "never": kind.not_undone if kind else ""}
        return render(request, "imports/built_on.html", context, status=409 if request.method == "POST" else 200)

    def weigh(typed: dict[str, Any]) -> Effect:
        undoing.refuse_to_others(one, request.user)
        undoing.refuse_if_built_on(one)
        return Effect(sentences=[*map(str, weighed.taken)] or ["It changed nothing, so nothing is taken back."])

    return act(
        request,
        form=UndoForm(posted(request)),
        do=lambda typed: services.undo(by=request.user, one=one, reason=typed["reason"]),
        done=lambda _: "The import is being undone.",
        to=page,
        effect=weigh,
        heading="Undo this import",
        caption=one.file_name,
        lede="What it wrote is withdrawn, and what it superseded is in force again. “As known on” a day in between still "
        "shows it. The file stays here as undone, and can be imported again.",
        submit="Undo the import",
        kind="warning",
        fields_of_refusals={"reason_required": "reason"},
        breadcrumbs=above,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@writes(DayForm)
def import_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say the day of a file that does not say it; it is then checked again."""
    permit(request, BRING)
    one = queries.one_import(request.user, pk)
    page = link(asat_of(request), "imports:import_detail", pk)
    kind = kinds.get(one.kind)
    question = kind.asks_for_day if kind else ""
    if not question:
        return redirect(page)
    return act(
        request,
        form=DayForm(posted(request), initial={"day": one.extract_day}),
        do=lambda typed: services.answer(by=request.user, one=one, day=typed["day"].isoformat()),
        done=lambda _: "The file is being checked again with that day.",
        to=page,
        heading="The day of the file",
        caption=one.file_name,
        lede=question,
        submit="Check again",
        breadcrumbs=crumbs(request, (one.file_name, page)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@writes(KindForm)
def import_kind(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of which kind a file is that its content does not show rightly; it is then checked again."""
    permit(request, BRING)
    one = queries.one_import(request.user, pk)
    page = link(asat_of(request), "imports:import_detail", pk)
    return act(
        request,
        form=KindForm(posted(request), initial={"kind": one.kind}),
        do=lambda typed: services.answer(by=request.user, one=one, kind=typed["kind"]),
        done=lambda _: "The file is being checked again as of that kind.",
        to=page,
        heading="The kind of the file",
        caption=one.file_name,
        submit="Check again",
        breadcrumbs=crumbs(request, (one.file_name, page)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@writes(RemoveForm)
def illustrative_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the illustrative programme, so that a real file can be imported."""
    permit(request, BRING)
    one = queries.one_import(request.user, pk)
    page = link(asat_of(request), "imports:import_detail", pk)
    if programme.kind() != Programme.Kind.ILLUSTRATIVE or one.state != Import.State.CHECKED:
        return redirect(page)
    return act(
        request,
        form=RemoveForm(posted(request)),
        do=lambda typed: services.replace_illustrative(by=request.user, one=one),
        done=lambda said: " ".join(["The illustrative programme was removed. The file is being checked again.", *said]),
        to=page,
        effect=lambda typed: Effect(
            sentences=[
                "All made-up practices, CHINs, memberships, list sizes and figures go, with their history.",
                "Posts in CHINs, practices and federations go with them.",
                "People, commissioners and the posts that belong to a commissioner or the portal stay. What public "
                "papers state stays; what was settled about it and the board days go.",
                *programme.foretold(),
            ],
            warnings=["This can’t be undone. The demonstration can be loaded again into an empty portal."],
        ),
        heading="Remove the illustrative programme",
        caption=one.file_name,
        lede="A real file can’t stand beside made-up practices.",
        submit="Remove it, and check the file again",
        kind="warning",
        breadcrumbs=crumbs(request, (one.file_name, page)),
    )
