"""Preparing, authorising, exporting and confirming runs; keeping payees and layouts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from budget.payments import confirming, exporting, forms, layouts, payees, queries, recoveries, runs
from budget.payments.states import LineState, RunState
from budget.payments.views.pages import crumbs
from cc2h.accounts.authority import Action, require
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import year_name
from cc2h.kit.links import link

PREPARE, AUTHORISE = Action.PREPARE_PAYMENT, Action.AUTHORISE_PAYMENT


def _commissioner(request: HttpRequest, ods_code: str) -> Any:
    """The commissioner, for somebody who may prepare its payments; 404 where they are not to be seen."""
    seen = {one.ods_code: one for one in queries.commissioners(request.user)}
    if ods_code.upper() not in seen:
        raise Http404
    require(request.user, PREPARE, seen[ods_code.upper()])
    return seen[ods_code.upper()]


def _run(request: HttpRequest, pk: int, action: Action = PREPARE) -> Any:
    asat = asat_of(request)
    run = get_object_or_404(queries.runs(request.user, AsAt(asat.today, None, asat.today)), pk=pk)
    require(request.user, action, run)
    return run


def _page(asat: AsAt, run: Any) -> str:
    return link(asat, "payments:run_detail", run.pk)


def _on_run(request: HttpRequest, run: Any, **parts: Any) -> HttpResponse:
    """An act on a run: where it stands, and back to its page."""
    asat = asat_of(request)
    given: dict[str, Any] = {"to": _page(asat, run), "caption": str(run)}
    return act(request, **given | parts, breadcrumbs=crumbs(asat, (str(run), _page(asat, run))))


@dataclass(frozen=True, slots=True)
class Row:
    """One of many that can be ticked: whose and how much, and what it is."""

    pk: int
    name: str
    about: str

    @property
    def choice(self) -> tuple[int, str]:
        return self.pk, f"{self.name}: {self.about}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a form ticks of many rows: those shown, which have the word in them, and how many more there are."""

    field: str
    word: str
    shown: Sequence[Row]
    more: int
    searches: bool
    kept: Sequence[tuple[str, str]]  # of the address, besides the word
    together: bool = False


MOST = 50  # rows that can be ticked one by one
FEW = 10  # so many need no search


def _payable_rows(payables: Iterable[Any]) -> list[Row]:
    return [
        Row(
            one.pk,
            f"{one.payee}, {words.pounds(one.amount, 2)}",
            f"{one.reason}. {one.line}, {year_name(one.year)}, owed since {words.day(one.day)}",
        )
        for one in payables
    ]


def _line_rows(lines: Iterable[Any]) -> list[Row]:
    return [
        Row(one.pk, f"{one.payable.payee}, {words.pounds(one.amount, 2)}", f"{one.reference}. {one.payable.reason}")
        for one in lines
    ]


def _chosen(request: HttpRequest, field: str, rows: Sequence[Row], *, together: bool = False) -> Chosen:
    """Those that the address asks for by a word, and whatever was ticked before."""
    word = " ".join(request.GET.get("q", "").split())[:100]
    ticked = set(request.POST.getlist(field))
    asked = word.casefold()
    found = [one for one in rows if asked in f"{one.name} {one.about}".casefold() or str(one.pk) in ticked]
    found.sort(key=lambda one: str(one.pk) not in ticked)
    shown = found[: max(MOST, len(ticked))]
    kept = [(name, value) for name in request.GET if name != "q" for value in request.GET.getlist(name)]
    return Chosen(field, word, shown, len(found) - len(shown), len(rows) > FEW, kept, together)


# Runs -------------------------------------------------------------------------------------------------


@writes(forms.PrepareForm)
def prepare(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A run of what is owed."""
    asat, commissioner = asat_of(request), _commissioner(request, ods_code)
    free = queries.free_payables(commissioner)
    by_number = {one.pk: one for one in free}

    rows = _payable_rows(free)
    lines = {f"{one.line.slug}-{one.year}": f"{one.line}, {year_name(one.year)}" for one in free}
    of_line = {
        key: [one for one in free if f"{one.line.slug}-{one.year}" == key] for key in (lines if len(lines) > 1 else ())
    }
    named = {
        key: f"All of {lines[key]} ({words.plural(len(its), 'sum')}, {words.pounds(_sum(its), 2)})"
        for key, its in of_line.items()
    }

    def chosen(typed: Mapping[str, Any]) -> list[Any]:
        which = typed["which"]
        return free if which == "all" else of_line.get(which) or [by_number[pk] for pk in typed["payables"]]

    def effect(typed: dict[str, Any]) -> Effect:
        pays = chosen(typed)
        return _effect(pays, f"The run pays {words.plural(len(pays), 'sum')}, {words.pounds(_sum(pays), 2)} in all.")

    return act(
        request,
        form=forms.PrepareForm(
            posted(request), payables=[one.choice for one in rows], lines=named, initial={"which": "all"}
        ),
        do=lambda typed: runs.prepare(
            by=request.user, commissioner=commissioner, payables=[one.pk for one in chosen(typed)], today=asat.today
        ),
        done=lambda run: f"{run} is prepared. It waits for somebody else to authorise it.",
        to=lambda run: _page(asat, run),
        cancel=link(asat, "payments:home"),
        effect=effect,
        heading="Prepare a payment run",
        caption=commissioner.name,
        lede=f"{words.plural(len(free), 'sum is', 'sums are')} owed and in no run, {words.pounds(_sum(free), 2)} in all. "
        "Nothing is paid until somebody else has authorised the run."
        if free
        else "",
        nothing="" if free else "Nothing is owed that is not in a payment run already.",
        submit="Prepare it",
        breadcrumbs=crumbs(asat),
        template="payments/choose.html",
        chosen=_chosen(request, "payables", rows, together=bool(named)),
    )


def _sum(payables: Iterable[Any]) -> Any:
    return sum((one.amount for one in payables), runs.NOTHING)


def _effect(pays: list[Any], sentence: str) -> Effect:
    """What paying these leaves of what is committed, by line."""
    rooms = runs.rooms(pays)
    return Effect(
        sentences=[sentence],
        rows=[
            {
                "what": f"{one.line}, {year_name(one.year)}: committed, not paid, in no run",
                "before": words.pounds(one.unpaid - one.in_runs, 2),
                "after": words.pounds(one.left, 2),
                "change": words.pounds(-one.asked, 2),
            }
            for one in rooms
        ],
        warnings=[
            f"{one.line} has less committed for {year_name(one.year)} than is to be paid: the run will be refused."
            for one in rooms
            if one.short
        ],
    )


@writes(forms.AddForm)
def run_add(request: HttpRequest, pk: int) -> HttpResponse:
    """The run pays more."""
    asat, run = asat_of(request), _run(request, pk)
    free = queries.free_payables(run.commissioner)
    rows = _payable_rows(free)
    return _on_run(
        request,
        run,
        template="payments/choose.html",
        chosen=_chosen(request, "payables", rows),
        form=forms.AddForm(posted(request), payables=[one.choice for one in rows]),
        do=lambda typed: runs.add(by=request.user, run=run, today=asat.today, **typed),
        done=lambda changed: f"{changed} now pays {words.pounds(changed.total, 2)}. It needs a fresh authorisation.",
        heading="Add payments",
        lede="An authorisation that the run has is void then." if free else "",
        nothing="" if free else "Nothing else is owed.",
        submit="Add them",
    )


@writes(forms.TakeOutForm)
def run_take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """The run pays less; what is taken out is owed as before."""
    asat, run = asat_of(request), _run(request, pk)
    rows = _line_rows(queries.lines_in(run, LineState.WAITING))
    return _on_run(
        request,
        run,
        template="payments/choose.html",
        chosen=_chosen(request, "lines", rows),
        form=forms.TakeOutForm(posted(request), lines=[one.choice for one in rows]),
        do=lambda typed: runs.take_out(by=request.user, run=run, today=asat.today, **typed),
        done=lambda changed: f"{changed} now pays {words.pounds(changed.total, 2)}. It needs a fresh authorisation.",
        heading="Take payments out",
        lede="They are owed as before. An authorisation that the run has is void then.",
        submit="Take them out",
        kind="warning",
    )


@writes(forms.AuthoriseForm)
def run_authorise(request: HttpRequest, pk: int) -> HttpResponse:
    """The run may be paid, as it is shown."""
    asat, run = asat_of(request), _run(request, pk, AUTHORISE)
    return _on_run(
        request,
        run,
        form=forms.AuthoriseForm(posted(request), initial={"control": run.control}),
        do=lambda typed: runs.authorise(by=request.user, run=run, today=asat.today, **typed),
        done=lambda authorised: f"{authorised} is authorised. Its payment file can be made.",
        heading="Authorise the run",
        lede=f"{words.plural(run.count, 'payment')}, {words.pounds(run.total, 2)} in all, prepared by {run.prepared_by}. "
        f"Control hash {run.control[:16]}…",
        submit="Authorise it",
    )


@writes(forms.WhyForm)
def run_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing of the run is paid."""
    asat, run = asat_of(request), _run(request, pk)
    return _on_run(
        request,
        run,
        form=forms.WhyForm(posted(request)),
        do=lambda typed: runs.withdraw(by=request.user, run=run, today=asat.today, **typed),
        done=lambda withdrawn: f"{withdrawn} is withdrawn. What it held is owed as before.",
        heading="Withdraw the run",
        submit="Withdraw it",
        kind="warning",
    )


@writes(forms.ExportForm)
def run_export(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of the run is made, once."""
    asat, run = asat_of(request), _run(request, pk)
    offered = {one.name: one for one in queries.layout_choices(run.commissioner, run)}
    lede = (
        "The payment file is made once, and leaves the portal with whoever downloads it. The run can’t be changed after it."
        if run.state == RunState.AUTHORISED
        else "A file is made once: whoever downloads it again gets the same bytes."
    )
    return _on_run(
        request,
        run,
        form=forms.ExportForm(posted(request), layouts=list(offered)),
        do=lambda typed: exporting.export(by=request.user, run=run, layout=offered[typed["layout"]], today=asat.today),
        done=lambda made: f"“{made}” is made: {words.plural(made.rows, 'row')}. Download it below.",
        heading="Make a file",
        lede=lede if offered else "",
        nothing="" if offered else "Every file there is a layout for has been made. Download them on the run’s page.",
        submit="Make it",
    )


@writes(forms.ConfirmationForm, files=True)
def run_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The paying system’s file says what became of the payments."""
    asat, run = asat_of(request), _run(request, pk)
    too_large = getattr(request, "upload_too_large", False)
    form = forms.ConfirmationForm(posted(request), request.FILES or None)
    if too_large:
        form.fields["file"].error_messages["required"] = "The file is larger than 5 MB. A confirmation is a CSV file."

    def do(typed: dict[str, Any]) -> Any:
        file = typed["file"]
        data = file.read(confirming.LARGEST + 1)
        return confirming.confirm_file(
            by=request.user, run=run, data=data, file_name=words_of(file.name), today=asat.today
        )

    return _on_run(
        request,
        run,
        form=form,
        do=do,
        done=_confirmed,
        heading="Confirm from a file",
        lede="All of it is recorded or nothing: a line that is not as it was authorised refuses the file, and is named.",
        submit="Read and record it",
        fields_of_refusals=dict.fromkeys(
            ("confirmation", "empty", "large", "not_text", "not_utf8", "not_csv", "columns", "already"), "file"
        ),
    )


def words_of(name: str) -> str:
    """A file’s name without its folders and without what can’t be shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(mark for mark in last if mark.isprintable())[:200]


def _confirmed(made: Any) -> str:
    parts = [(made.paid, "paid"), (made.failed, "failed"), (made.reversed, "came back")]
    return f"Recorded: {words.listed(f'{words.number(n)} {what}' for n, what in parts if n)}."


@writes(forms.ByHandForm)
def run_confirm_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has read at the bank what became of some payments."""
    asat, run = asat_of(request), _run(request, pk)
    lines = queries.lines_in(run, LineState.WAITING, LineState.PAID)
    by_number, rows = {one.pk: one for one in lines}, _line_rows(lines)

    def do(typed: dict[str, Any]) -> Any:
        chosen = [by_number[pk] for pk in typed.pop("lines")]
        return confirming.by_hand(by=request.user, run=run, lines=chosen, today=asat.today, **typed)

    return _on_run(
        request,
        run,
        template="payments/choose.html",
        chosen=_chosen(request, "lines", rows),
        form=forms.ByHandForm(
            posted(request), lines=[one.choice for one in rows], today=asat.today, initial={"day": asat.today}
        ),
        do=do,
        done=_confirmed,
        heading="Confirm by hand",
        submit="Record it",
    )


@writes(forms.AccrualsForm)
def accruals(request: HttpRequest, ods_code: str) -> HttpResponse:
    """What is owed and not paid as at a day, as a file."""
    asat, commissioner = asat_of(request), _commissioner(request, ods_code)
    offered = {one.name: one for one in layouts.layouts_of(commissioner, "accruals")}
    return act(
        request,
        form=forms.AccrualsForm(
            posted(request),
            layouts=list(offered),
            today=asat.today,
            initial={"day": min(asat.day, asat.today), "layout": next(iter(offered))},
        ),
        do=lambda typed: exporting.accruals(
            by=request.user, commissioner=commissioner, layout=offered[typed["layout"]], day=typed["day"]
        ),
        done=lambda made: f"“{made}” as at {words.day(made.day)}: {words.plural(made.rows, 'row')}.",
        to=lambda made: link(asat, "payments:export_download", made.pk),
        cancel=link(asat, "payments:home"),
        heading="Accruals",
        caption=commissioner.name,
        lede="What is owed and not yet paid as at a day, for finance’s own ledger.",
        submit="Make the file",
        breadcrumbs=crumbs(asat),
    )


@writes(forms.DecideForm)
def payable_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What came back is owed again, or called off."""
    asat = asat_of(request)
    payable = get_object_or_404(queries.payable_seen(request.user), pk=pk)
    require(request.user, PREPARE, payable)
    page = link(asat, "payments:payable_list", query={"state": "back"})

    def do(typed: dict[str, Any]) -> Any:
        return runs.decide(
            by=request.user, payable=payable, pay_again=typed["again"], why=typed["why"], today=asat.today
        )

    return act(
        request,
        form=forms.DecideForm(posted(request)),
        do=do,
        done=lambda decided: f"{words.pounds(decided.amount, 2)} is {decided.get_state_display().lower()}.",
        to=page,
        heading="Decide on what came back",
        caption=f"{payable.payee}, {words.pounds(payable.amount, 2)}: {payable.reason}",
        submit="Decide it",
        breadcrumbs=crumbs(asat),
    )


@writes(forms.ReceiveForm)
def recovery_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked back has come."""
    asat = asat_of(request)
    recovery = get_object_or_404(queries.recovery_seen(request.user), pk=pk)
    require(request.user, PREPARE, recovery)
    payable = recovery.payable

    def do(typed: dict[str, Any]) -> Any:
        return recoveries.receive(by=request.user, recovery=recovery, today=asat.today, **typed)

    return act(
        request,
        form=forms.ReceiveForm(posted(request), first=recovery.asked_on, last=asat.today),
        do=do,
        effect=lambda typed: Effect(
            sentences=[
                f"{words.pounds(recovery.amount, 2)} is taken off what is paid and what is committed on {payable.line} "
                f"for {year_name(payable.year)}, on {words.day(typed['day'])}.",
                f"“{payable}” is closed: nothing is owed or paid for it any more.",
            ]
        ),
        done=lambda received: f"{words.pounds(received.amount, 2)} is received back from {payable.payee}.",
        to=link(asat, "payments:recovery_list"),
        heading="Record that the money came back",
        caption=f"{payable.payee}, {words.pounds(recovery.amount, 2)}: {payable.reason}",
        lede=f"Asked back on {words.day(recovery.asked_on)}: “{recovery.reason}”",
        submit="Record it",
        fields_of_refusals={"day": "day", "reason_required": "how", "reason_long": "how"},
        breadcrumbs=crumbs(asat, ("Asked back", link(asat, "payments:recovery_list"))),
    )


# Payees and layouts -----------------------------------------------------------------------------------


@writes(forms.PayeeForm)
def payee_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """An organisation that is no practice can be paid."""
    asat, commissioner = asat_of(request), _commissioner(request, ods_code)

    def do(typed: dict[str, Any]) -> Any:
        chosen = typed.pop("federation")
        federation = queries.federation_by_number(chosen) if chosen else None
        return payees.add_payee(by=request.user, commissioner=commissioner, federation=federation, **typed)

    return act(
        request,
        form=forms.PayeeForm(posted(request), federations=queries.federations_without_payee(commissioner)),
        do=do,
        done=lambda payee: f"{payee} is a payee.",
        to=lambda payee: link(asat, "payments:payee_detail", payee.pk),
        cancel=link(asat, "payments:payee_list"),
        heading="Add a payee",
        caption=commissioner.name,
        lede="A practice becomes a payee by itself when it is first owed something.",
        submit="Add the payee",
        fields_of_refusals={"federation": "federation", "name": "name"},
        breadcrumbs=crumbs(asat, ("Payees", link(asat, "payments:payee_list"))),
    )


@writes(forms.PayeeChangeForm)
def payee_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, reference or address."""
    asat = asat_of(request)
    payee = get_object_or_404(queries.payees_seen(request.user), pk=pk)
    require(request.user, PREPARE, payee)
    page = link(asat, "payments:payee_detail", payee.pk)
    initial = {"name": payee.name, "reference": payee.reference, "email": payee.email, "seen": history.version(payee)}
    return act(
        request,
        form=forms.PayeeChangeForm(posted(request), initial=initial),
        do=lambda typed: payees.change_payee(by=request.user, payee=payee, **typed),
        done=lambda changed: f"{changed} is saved.",
        to=page,
        heading="Change the payee",
        caption=payee.name,
        submit="Save",
        breadcrumbs=crumbs(asat, ("Payees", link(asat, "payments:payee_list")), (payee.name, page)),
    )


def _layout(request: HttpRequest, form: Any, save: Any, heading: str, caption: str) -> HttpResponse:
    asat = asat_of(request)
    page = link(asat, "payments:layout_list")
    return act(
        request,
        form=form,
        do=save,
        done=lambda layout: f"“{layout}” is saved. Files that were made before stay as they are.",
        to=page,
        heading=heading,
        caption=caption,
        submit="Save",
        fields_of_refusals={"columns": "columns", "name": "name"},
        breadcrumbs=crumbs(asat, ("Layouts", page)),
    )


@writes(forms.LayoutForm)
def layout_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A layout of the commissioner's own."""
    commissioner = _commissioner(request, ods_code)
    return _layout(
        request,
        forms.LayoutForm(posted(request)),
        lambda typed: payees.save_layout(by=request.user, commissioner=commissioner, **typed),
        "Add a layout",
        commissioner.name,
    )


@writes(forms.LayoutForm)
def layout_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other columns, from the next file on."""
    layout = get_object_or_404(queries.layouts_seen(request.user), pk=pk)
    require(request.user, PREPARE, layout)
    initial = {name: getattr(layout, name) for name in ("name", "kind", "delimiter", "heading")}
    return _layout(
        request,
        forms.LayoutForm(posted(request), initial=initial | {"columns": "\n".join(layout.columns)}),
        lambda typed: payees.save_layout(by=request.user, commissioner=layout.commissioner, layout=layout, **typed),
        "Change the layout",
        layout.name,
    )
