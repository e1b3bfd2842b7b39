"""Reading payments: what is owed and waits, runs, payees, files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from budget import queries as budget_queries
from budget.filters import RefusalFilters
from budget.payments import exporting, figures, owing, queries, remittances, shapes
from budget.payments.filters import PayableFilters, PayeeFilters, PaymentFilters, RecoveryFilters, RunFilters
from budget.payments.layouts import layouts_of
from budget.payments.states import CHANGEABLE, LineState, RunState
from budget.payments.tables import STATE_TAGS, PayableTable, PayeeTable, PaymentTable, RecoveryTable, RunTable
from budget.shapes import RefusalItem
from budget.tables import RefusalTable
from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.kit import history
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, sends_bytes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import year_name
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections

MOST = 10  # payees on the first page
LINES = 50  # payments on the page of a run


def crumbs(asat: AsAt, *more: tuple[str, str]) -> list[Mapping[str, str]]:
    first = [{"text": "Payments", "href": link(asat, "payments:home")}]
    return [*first, *({"text": text, "href": href} for text, href in more)]


def wide(user: Any) -> None:
    """Raise PermissionDenied unless the person sees the payments of a whole commissioner."""
    require(user, Action.VIEW_CLAIM)
    if not queries.commissioners(user):
        raise PermissionDenied("Payments are seen by those who see the claims of a whole commissioner.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run, what it waits for and for whom."""

    run: Any
    what: str
    people: Sequence[str]


@require_safe
@reads(shapes.home)
def home(request: HttpRequest) -> HttpResponse:
    """What is owed, and what waits for whom."""
    wide(request.user)
    asat, user = asat_of(request), request.user
    runs = list(queries.waiting_runs(user))
    who = queries.authorisers([run for run in runs if run.state == RunState.PREPARED], asat.today)
    preparing = queries.commissioners(user, Action.PREPARE_PAYMENT)
    context = {
        "figures": figures.of_home(user, asat),
        "by_line": queries.owed_by_line(user, asat),
        "by_payee": queries.owed_by_payee(user, asat, MOST),
        "waiting": [_waiting(run, who.get(run.pk, [])) for run in runs],
        "came_back": queries.to_decide(user),
        "failed": queries.to_pay_again(user),
        "asked_back": queries.recoveries_asked(user),
        "preparing": preparing,
        "state_tags": STATE_TAGS,
    }
    return show(request, "payments/home.html", context)


def _waiting(run: Any, who: Sequence[queries.Authoriser]) -> Waiting:
    if run.state == RunState.PREPARED:
        return Waiting(run, "to be authorised", [one.name for one in who if not one.why_not])
    if run.state == RunState.AUTHORISED:
        return Waiting(run, "for its payment file to be made", [run.prepared_by.name])
    return Waiting(run, "for the bank’s word", [])


class PayableList(ListPage):
    """Everything that was owed by the day."""

    title = "What is owed"
    noun = ("sum", "sums")
    filterset_class = PayableFilters
    table_class = PayableTable
    default_sort = "day"
    shape = shapes.PayableItem
    csv_columns = {
        "payee": "payee__name",
        "payee_reference": "payee__reference",
        "line": "line__slug",
        "financial_year": "year",
        "chin": "chin__slug",
        "amount": "amount",
        "what_for": "reason",
        "about": "about",
        "owed_since": "day",
        "state": "state_on",
        "run": "run_number",
    }
    told = {"payee": queries.FACTS}
    empty_title = "Nothing is owed"
    empty_text = "What is accepted and payable, like a practice’s claim, is owed from that day and stands here."

    def permit(self) -> None:
        wide(self.request.user)

    def queryset(self) -> Any:
        return queries.payables(self.request.user, self.asat)

    def numbered(self, ordered: Any) -> Iterable[Sequence[Any]]:
        return _with_year(self.csv_columns, super().numbered(ordered))

    def table(self, filterset: Any, rows: Sequence[Any]) -> Any:
        table: Any = super().table(filterset, rows)
        table.about = owing.described([one.about for one in rows])
        return table

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": crumbs(self.asat)}


def _with_year(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """The financial year as it is written."""
    at = 1 + [*columns].index("financial_year")
    return ((*row[:at], year_name(row[at]), *row[at + 1 :]) for row in rows)


class RunList(ListPage):
    """Every run, the newest first."""

    title = "Payment runs"
    noun = ("payment run", "payment runs")
    filterset_class = RunFilters
    table_class = RunTable
    default_sort = "-number"
    shape = shapes.RunItem
    csv_columns = {
        "number": "number",
        "commissioner": "commissioner__ods_code",
        "state": "state_on",
        "payments": "count",
        "total": "total",
        "control": "control",
        "prepared_by": "prepared_by__name",
        "prepared_on": "prepared_on",
        "authorised_by": "authorised_by__name",
        "authorised_on": "authorised_on",
        "exported_on": "exported_on",
        "confirmed_on": "confirmed_on",
        "withdrawn_on": "withdrawn_on",
    }
    empty_title = "No payment run has been prepared"
    empty_text = "A finance officer prepares one of what is owed."

    def permit(self) -> None:
        wide(self.request.user)

    def queryset(self) -> Any:
        return queries.runs(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": crumbs(self.asat)}


class PaymentList(ListPage):
    """Every payment of every run; `state=exceptions`: those that failed or came back."""

    title = "Single payments"
    noun = ("payment", "payments")
    filterset_class = PaymentFilters
    table_class = PaymentTable
    default_sort = "-reference"
    shape = shapes.PaymentItem
    csv_columns = {
        "reference": "reference",
        "run": "run__number",
        "payee": "payable__payee__name",
        "payee_reference": "payee_reference",
        "line": "payable__line__slug",
        "financial_year": "payable__year",
        "amount": "amount",
        "what_for": "payable__reason",
        "state": "state_on",
        "day": "day_on",
        "reason": "reason",
    }
    told = {"payable__payee": queries.FACTS}
    empty_title = "No payment"
    empty_text = "Payments stand here once they are in a payment run."

    def permit(self) -> None:
        wide(self.request.user)

    def queryset(self) -> Any:
        return queries.payments(self.request.user, self.asat)

    def numbered(self, ordered: Any) -> Iterable[Sequence[Any]]:
        return _with_year(self.csv_columns, super().numbered(ordered))

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": crumbs(self.asat)}


@require_safe
@reads(shapes.run)
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A run: where it stands, who may authorise it, what it pays and what became of that."""
    asat, user = asat_of(request), request.user
    run = get_object_or_404(queries.runs(user, asat), pk=pk)
    now = asat.day >= asat.today
    waiting = run.state == RunState.PREPARED
    authorisers = queries.authorisers([run], asat.today)[run.pk] if waiting else []
    prepares, counted = bool(can(user, Action.PREPARE_PAYMENT, run)), queries.counted(run, asat)
    states = {one.state for one in counted}
    own = next((one for one in authorisers if one.pk == user.pk), None)
    context = {
        "run": run,
        "counted": counted,
        "figures": figures.of_run(run, counted, asat) if counted else [],
        "authorisers": authorisers,
        "own_hindrance": own.why_not if own else "",
        "lines": queries.lines_of(run, asat, LINES),
        "new_references": queries.new_references(run) if run.state in CHANGEABLE else [],
        "more": max(run.count - LINES, 0),
        "steps": queries.steps_of(run, asat),
        "exports": queries.exports_of(run, asat),
        "confirmations": queries.confirmations_of(run, asat),
        "payees": queries.paid_payees(run, asat),
        "may_authorise": now and own is not None and not own.why_not and bool(can(user, Action.AUTHORISE_PAYMENT, run)),
        "may_change": now and prepares and run.state in CHANGEABLE,
        "may_export": now and prepares and run.state == RunState.AUTHORISED,
        "may_journal": now
        and prepares
        and run.state in (RunState.EXPORTED, RunState.CONFIRMED)
        and [one.name for one in queries.layout_choices(run.commissioner, run)],
        "may_confirm": now and prepares and bool(states & {LineState.WAITING, LineState.PAID})
        and run.state in (RunState.EXPORTED, RunState.CONFIRMED),
        "state_tags": STATE_TAGS,
        "sections": sections(request, "payment-run", str(run.pk), _record(run)),
        "all_url": link(
            asat, "payments:payment_list", query={"commissioner": run.commissioner.ods_code, "run": run.number}
        ),
        "breadcrumbs": crumbs(asat, ("Payment runs", link(asat, "payments:run_list"))),
    }  # fmt: skip
    return show(request, "payments/run.html", context)


def _record(run: Any) -> Record:
    return Record("payment-run", str(run.pk), str(run), run.authority_target())


class RecoveryList(ListPage):
    """Everything that was asked back by the day."""

    title = "Asked back"
    noun = ("payment asked back", "payments asked back")
    filterset_class = RecoveryFilters
    table_class = RecoveryTable
    default_sort = "-asked_on"
    shape = shapes.RecoveryItem
    csv_columns = {
        "payee": "payable__payee__name",
        "payee_reference": "payable__payee__reference",
        "line": "payable__line__slug",
        "financial_year": "payable__year",
        "amount": "amount",
        "what_for": "payable__reason",
        "about": "payable__about",
        "reason": "reason",
        "asked_back": "asked_on",
        "state": "state_on",
        "settled": "settled_then",
        "how": "how_then",
    }
    empty_title = "Nothing has been asked back"
    empty_text = "Whoever verifies claims can ask back what was paid for one, on its page, and says why."

    def permit(self) -> None:
        wide(self.request.user)

    def queryset(self) -> Any:
        return queries.recoveries(self.request.user, self.asat)

    def numbered(self, ordered: Any) -> Iterable[Sequence[Any]]:
        return _with_year(self.csv_columns, super().numbered(ordered))

    def table(self, filterset: Any, rows: Sequence[Any]) -> Any:
        table: Any = super().table(filterset, rows)
        table.about = owing.described([one.payable.about for one in rows])
        return table

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": crumbs(self.asat)}


class RefusalList(ListPage):
    """Everything about money that was tried and refused by the day: entries, evidence, claims, runs, confirmations."""

    title = "What was refused"
    noun = ("refusal", "refusals")
    filterset_class = RefusalFilters
    table_class = RefusalTable
    default_sort = "-at"
    shape = RefusalItem
    csv_columns = {
        "at": "at",
        "commissioner": "commissioner__ods_code",
        "what": "what",
        "about": "about",
        "of": "name",
        "why": "said",
        "by": "by__name",
    }
    empty_title = "Nothing has been refused"
    empty_text = "What somebody tried with money and was not let do stands here, with what they were told."

    def permit(self) -> None:
        wide(self.request.user)

    def queryset(self) -> Any:
        return budget_queries.refusals(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": crumbs(self.asat)}


class PayeeList(ListPage):
    """Every payee the reader may see."""

    title = "Payees"
    noun = ("payee", "payees")
    filterset_class = PayeeFilters
    table_class = PayeeTable
    default_sort = "name"
    shape = shapes.PayeeItem
    template_name = "payments/payees.html"
    csv_columns = {
        "commissioner": "commissioner__ods_code",
        "kind": "kind",
        "name": "name",
        "reference": "reference",
        "practice": "practice__ods_code",
        "federation": "federation__slug",
        "owed": "owed",
        "paid": "paid",
    }
    told = {"": queries.FACTS}
    empty_title = "Nobody has been owed anything"
    empty_text = "A practice becomes a payee when it is first owed something."

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_CLAIM)

    def queryset(self) -> Any:
        return queries.payees(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "breadcrumbs": crumbs(self.asat) if queries.commissioners(user) else [],
            "preparing": queries.commissioners(user, Action.PREPARE_PAYMENT),
        }


@require_safe
@reads(shapes.payee)
def payee_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A payee: what it is owed, and every payment to it with its remittance."""
    asat, user = asat_of(request), request.user
    payee = get_object_or_404(queries.payees_seen(user), pk=pk)
    history.tell([payee], asat, *queries.FACTS)
    payments, owed = queries.payments_to(payee, asat), queries.owed_to(payee, asat)
    sees_runs = bool(queries.commissioners(user))
    context = {
        "payee": payee,
        "payments": payments,
        "owed": owed,
        "owed_sum": sum(one.amount for one in owed),
        "paid_sum": sum(one.amount for one in payments if one.state_on == LineState.PAID),
        "sees_runs": sees_runs,
        "about": owing.described([one.about for one in owed]),
        "to": remittances.recipients(payee, asat.day),
        "may_change": bool(can(user, Action.PREPARE_PAYMENT, payee)),
        "history": queries.payee_history(payee) if can(user, Action.VIEW_HISTORY, payee) else None,
        "state_tags": STATE_TAGS,
        "breadcrumbs": crumbs(asat, ("Payees", link(asat, "payments:payee_list"))) if sees_runs else [],
    }
    return show(request, "payments/payee.html", context)


@require_safe
@reads(shapes.layouts)
def layout_list(request: HttpRequest) -> HttpResponse:
    """What the files that leave look like."""
    wide(request.user)
    asat, user = asat_of(request), request.user
    preparing = {one.pk for one in queries.commissioners(user, Action.PREPARE_PAYMENT)}
    context = {
        "layouts": [(one, layouts_of(one)) for one in queries.commissioners(user)],
        "preparing": preparing,
        "breadcrumbs": crumbs(asat),
    }
    return show(request, "payments/layouts.html", context)


@require_safe
@sends_bytes
def export_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, the same bytes for everybody; that it was fetched is recorded."""
    export = get_object_or_404(queries.exports(request.user), pk=pk)
    of = export.run.number if export.run else export.day.isoformat()
    name = f"{export.layout} {of}.csv".lower().replace(" ", "-")
    return _file(exporting.download(by=request.user, export=export), name, "text/csv; charset=utf-8")


@require_safe
@sends_bytes
def remittance(request: HttpRequest, pk: int, payee_pk: int) -> HttpResponse:
    """What the run paid the payee, as a PDF."""
    payee = get_object_or_404(queries.payees_seen(request.user), pk=payee_pk)
    told = remittances.of_number(pk, payee)
    if told is None:
        raise Http404
    return _file(remittances.as_pdf(told), told.file_name, "application/pdf")


def _file(data: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
