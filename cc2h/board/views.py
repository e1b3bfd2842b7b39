"""The dashboard, each role's home page, what papers say, board days, health checks and error pages."""

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from csp.exceptions import CSPNonceError
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string

from cc2h.accounts import sessions
from cc2h.accounts.authority import Action, authority_of, can, require
from cc2h.board import home as homes
from cc2h.board import pages, papers, queries, services, shapes
from cc2h.board.filters import BoardDayFilters, StatementFilters
from cc2h.board.forms import BoardDayForm, ReopenForm, SettleForm, VoidForm
from cc2h.board.models import BoardDay, Statement
from cc2h.board.tables import BoardDayTable, StatementTable
from cc2h.board.waiting import Reader, waiting_on
from cc2h.kit import exports
from cc2h.kit.acts import act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.problems import is_api, problem
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import asat_of
from cc2h.kit.context import last_programme
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections
from kpis.tracking import pages as tracking
from practices.queries import commissioners_where

# The dashboard --------------------------------------------------------------------------------------


def _commissioner(request: HttpRequest, ods_code: str) -> Any:
    """A commissioner whose register the person may see, with its board days; 404 for any other."""
    found = queries.commissioner_with_board_days(asat_of(request), ods_code.upper())
    if found is None or not can(request.user, Action.VIEW_REGISTER, found):
        raise Http404
    return found


def dashboards(request: HttpRequest) -> HttpResponse:
    """The only dashboard a person may see, or those they may choose from, side by side."""
    require(request.user, Action.VIEW_REGISTER)
    asat = asat_of(request)
    every = queries.commissioners_with_board_days(request.user, asat).filter(in_programme=True)
    readable = list(every.not_ended(asat.day)) or list(every)
    if len(readable) == 1:
        return redirect(link(asat, "board:dashboard", readable[0].ods_code))
    return render(
        request, "board/dashboards.html", {"block": homes.commissioners(Reader(request.user, asat), readable)}
    )


@reads(shapes.dashboard, since="the day that changes are counted from; the last board day if left out")
def dashboard(request: HttpRequest, ods_code: str) -> HttpResponse:
    """The dashboard of a commissioner. `since` is the day that changes are counted from."""
    commissioner = _commissioner(request, ods_code)
    found = queries.dashboard(request.user, commissioner, asat_of(request), request.GET.get("since", ""))
    return show(request, "board/dashboard.html", pages.dashboard(found) | {"grid": None})


def _measured(request: HttpRequest, found: queries.Dashboard) -> dict[str, Any]:
    """The icons of measures, on the home page: the dashboard by itself keeps to twelve questions, and leads to them."""
    chins = [(one.chin_id, one.slug, one.name) for one in found.now.chins]
    caption = f"Measures by {found.commissioner.local_word}"
    return {"grid": tracking.of_board(request.user, found.commissioner, chins, found.asat, caption)}


@reads(
    shapes.changes,
    since="the day that changes are counted from; the last board day if left out",
    basis="in, all, moved or state",
    kind="which kind of change",
    chin="the CHIN’s slug",
)
def changes(request: HttpRequest, ods_code: str) -> HttpResponseBase:
    """Every change between two days. basis=in|all|moved|state, kind, chin, format=csv."""
    asat, commissioner = asat_of(request), _commissioner(request, ods_code)
    asked = {name: request.GET.get(name, "") for name in ("basis", "kind", "chin")}
    found = queries.changes(request.user, commissioner, asat, request.GET.get("since", ""))
    if exports.wanted(request):
        if found.since.problem:
            raise BadRequest(found.since.problem)
        rows = pages.change_lines(found, **asked)
        name = f"changes {commissioner.ods_code}"
        return exports.table_response(request, name, asat.day, pages.CHANGE_COLUMNS, rows)
    return show(request, "board/changes.html", pages.changes(found, **asked))


@reads(shapes.still_to_join, planned="yes or no: with a planned join, or without")
def still_to_join(request: HttpRequest, ods_code: str) -> HttpResponseBase:
    """Practices in no CHIN with their planned joins; without names for those who may not see them.

    planned=yes|no, format=csv.
    """
    asat, commissioner = asat_of(request), _commissioner(request, ods_code)
    planned = request.GET.get("planned", "")
    if planned not in ("", "yes", "no"):
        raise BadRequest("“planned” can be yes or no.")
    found = queries.still_to_join(request.user, commissioner, asat, planned)
    if exports.wanted(request):
        rows = pages.still_out_lines(found)
        name = f"still to join {commissioner.ods_code}"
        return exports.table_response(request, name, asat.day, pages.STILL_OUT_COLUMNS, rows)
    return show(request, "board/still_to_join.html", pages.still_to_join(found))


# Home -----------------------------------------------------------------------------------------------


def home(request: HttpRequest) -> HttpResponse:
    """Each role's home: the dashboard for the board and managers, what their posts need for everybody else."""
    asat = asat_of(request)
    reader = Reader(request.user, asat)
    code = homes.dashboard_of(reader)
    if code is None:
        return render(request, "board/home.html", homes.home(reader))
    found = queries.dashboard(request.user, _commissioner(request, code), asat, request.GET.get("since", ""))
    context = pages.dashboard(found) | _measured(request, found)
    blocks = [*homes.money_and_worth_of(reader, found.commissioner), *homes.cases_of(reader)]
    return render(request, "board/dashboard.html", {**context, "waiting": waiting_on(reader), "blocks": blocks})


# Papers ---------------------------------------------------------------------------------------------


class StatementList(ListPage):
    """What papers state, beside what the records give."""

    title = "Papers say"
    noun = ("statement", "statements")
    filterset_class = StatementFilters
    table_class = StatementTable
    default_sort = "as_at"
    shape = shapes.StatementItem
    csv_columns = {name: name for name in pages.STATEMENT_COLUMNS}
    template_name = "board/statements.html"

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> QuerySet[Statement]:
        return papers.readable(self.request.user, self.asat)

    def rows(self, ordered: QuerySet[Statement], start: int, stop: int) -> Sequence[papers.Comparison]:
        return papers.compare(ordered[start:stop], self.asat)

    def numbered(self, ordered: QuerySet[Statement]) -> Iterable[Sequence[Any]]:
        found = papers.compare(ordered, self.asat)
        return ((comparison.statement.pk, *pages.statement_line(comparison)) for comparison in found)


def _statement(request: HttpRequest, reference: str) -> Statement:
    return get_object_or_404(papers.readable(request.user, asat_of(request)), reference=reference)


@reads(shapes.statement)
def statement(request: HttpRequest, reference: str) -> HttpResponse:
    """What a paper says, what the records give, the difference, and how it was settled."""
    asat, found = asat_of(request), _statement(request, reference)
    may_settle = bool(can(request.user, Action.SETTLE_STATEMENT, found))
    context = pages.statement(found, asat, request.user, may_settle=may_settle)
    context["sections"] = sections(request, "statement", reference)
    return show(request, "board/statement.html", context)


@writes(SettleForm)
def statement_settle(request: HttpRequest, reference: str) -> HttpResponse:
    """Settle where a paper and the records disagree."""
    asat, found = asat_of(request), _statement(request, reference)
    require(request.user, Action.SETTLE_STATEMENT, found)
    to = link(asat, "board:statement", reference)
    return act(
        request,
        form=SettleForm(posted(request)),
        do=lambda typed: services.settle(by=request.user, statement=found, **typed),
        done=lambda settlement: f"Settled: {settlement.get_choice_display().lower()}.",
        to=to,
        heading="Settle what to go by",
        caption=found.says,
        lede=papers.compare([found], asat)[0].sentence,
        breadcrumbs=pages.paper_crumbs(found, asat),
        submit="Settle it",
    )


@writes(ReopenForm)
def statement_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a settlement back."""
    asat, found = asat_of(request), _statement(request, reference)
    require(request.user, Action.SETTLE_STATEMENT, found)
    settlement = get_object_or_404(papers.open_settlement(found))
    return act(
        request,
        form=ReopenForm(posted(request)),
        do=lambda typed: services.reopen(by=request.user, settlement=settlement, **typed),
        done=lambda _: "Reopened. The settlement stays on record.",
        to=link(asat, "board:statement", reference),
        heading="Reopen a settlement",
        caption=found.says,
        lede=f"Settled: {settlement.get_choice_display()}. {settlement.reason}",
        breadcrumbs=pages.paper_crumbs(found, asat),
        submit="Reopen it",
    )


# Board days -----------------------------------------------------------------------------------------


class BoardDayList(ListPage):
    """The days boards meet, the latest first."""

    title = "Board days"
    noun = ("board day", "board days")
    filterset_class = BoardDayFilters
    table_class = BoardDayTable
    default_sort = "-day"
    shape = shapes.BoardDayItem
    csv_columns = {"day": "day", "board": "title", "commissioner": "commissioner__ods_code"}
    template_name = "board/board_days.html"
    empty_title = "No board days"
    empty_text = "Where no board has met before, the dashboard counts changes from three months before."

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> QuerySet[BoardDay]:
        return queries.board_days(self.request.user, self.asat)

    def exclude(self, filterset: BoardDayFilters) -> Sequence[str]:
        several = "commissioner" in filterset.filters and not filterset.form.cleaned_data.get("commissioner")
        return [*(() if several else ("commissioner",)), *(() if self.keeps else ("change",))]

    def context(self) -> dict[str, Any]:
        history = queries.board_day_history(self.request.user) if self.keeps else []
        return {"may_add": self.keeps, "history": history}

    @property
    def keeps(self) -> bool:
        return bool(authority_of(self.request.user).commissioner_ids(Action.CHANGE_BOARD_DAYS))


@writes(BoardDayForm)
def board_day_add(request: HttpRequest) -> HttpResponse:
    """Put a day into the list."""
    require(request.user, Action.CHANGE_BOARD_DAYS)
    asat = asat_of(request)
    commissioners = commissioners_where(request.user, Action.CHANGE_BOARD_DAYS)
    return act(
        request,
        form=BoardDayForm(posted(request), commissioners=commissioners),
        do=lambda typed: services.add_board_day(by=request.user, **typed),
        done=lambda added: f"{added} is in the list.",
        to=link(asat, "board:board_days"),
        heading="Add a board day",
        breadcrumbs=[{"text": "Board days", "href": link(asat, "board:board_days")}],
        submit="Add the day",
    )


@writes(VoidForm)
def board_day_void(request: HttpRequest, pk: int) -> HttpResponse:
    """It was never a board day."""
    asat = asat_of(request)
    found = get_object_or_404(queries.board_days_seen(request.user), pk=pk)
    require(request.user, Action.CHANGE_BOARD_DAYS, found)
    return act(
        request,
        form=VoidForm(posted(request)),
        do=lambda typed: services.void_board_day(by=request.user, board_day=found, **typed),
        done=lambda _: f"{found} is voided: it was never a board day.",
        to=link(asat, "board:board_days"),
        heading="Void a board day",
        caption=str(found),
        lede=f"It will be recorded as never having been a board day of {found.commissioner.short_name}. "
        "“As known on” an earlier day still shows it.",
        breadcrumbs=[{"text": "Board days", "href": link(asat, "board:board_days")}],
        submit="Void the day",
        kind="warning",
    )


# Errors -------------------------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """With the reason where a view gave one; what Django suspects is no sentence for a person."""
    why = str(exception) if isinstance(exception, BadRequest) else ""
    if is_api(request):
        return problem(400, why)
    return render(request, "errors/400.html", {"why": why}, status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(403, str(exception))
    return render(request, "errors/403.html", {"why_not": str(exception)}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(404, "There is no such address. /api/schema/ lists them all.")
    said = exception.args[0] if exception.args else ""  # an address that leads nowhere has a dict there
    ours = isinstance(said, str) and not said.endswith("matches the given query.")
    return render(request, "errors/404.html", {"said": said if ours else ""}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without a query: the database may be what failed. The reference is that of the log's lines."""
    reference = structlog.contextvars.get_contextvars().get("request_id", "")
    if is_api(request):
        return problem(500, f"It is not your fault. Quote this to whoever runs the portal: {reference}")
    context = {"request": request, "reference": reference, "programme": last_programme()} | _being_sent(request)
    context["nonce_is_spent"] = _nonce_is_spent(request)
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


def _being_sent(request: HttpRequest) -> dict[str, Any]:
    """What a person was sending, so that it is not lost with the page: a browser does not keep what it may not store."""
    if request.method != "POST" or request.path.startswith("/account/"):
        return {}
    try:
        form, token = sessions.sent(request), request.POST.get(sessions.CSRF, "")
    except Exception:
        return {}
    if not (typed := sessions.words(form["fields"])):
        return {}
    return {"kept": form, "typed": typed, "token": token}


def _nonce_is_spent(request: HttpRequest) -> bool:
    """Whether a page had been made, and its header written, before something failed: no script can follow it."""
    try:
        str(getattr(request, "csp_nonce", ""))
    except CSPNonceError:
        return True
    return False


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if is_api(request):
        return problem(403, "A sign-in alone does not let a program write: send X-CSRFToken too, or use a token.")
    return render(request, "errors/csrf.html", status=403)
