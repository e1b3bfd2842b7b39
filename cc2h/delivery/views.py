"""Pages about actions: the list, one action, adding, changing, closing and reopening it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts import authority, records
from cc2h.accounts.authority import authority_of, can, require
from cc2h.delivery import forms, queries, services, shapes, wording
from cc2h.delivery.filters import ActionFilters
from cc2h.delivery.models import Action, State
from cc2h.delivery.tables import ActionTable
from cc2h.kit import history, words
from cc2h.kit.acts import act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListFilters, ListPage, Summary

VIEW, ADD, COMPLETE = (
    authority.Action.VIEW_ACTIONS,
    authority.Action.ADD_ACTION,
    authority.Action.COMPLETE_ACTION,
)


class ActionList(ListPage):
    """Every action the reader may see, the most overdue first; open ones unless asked otherwise."""

    title = "Actions"
    noun = ("action", "actions")
    filterset_class = ActionFilters
    table_class = ActionTable
    default_sort = "due"
    shape = shapes.ActionItem
    template_name = "delivery/actions.html"
    csv_columns = {name: name for name in shapes.HEADER}

    def permit(self) -> None:
        if not can(self.request.user, VIEW):
            require(self.request.user, COMPLETE)

    def queryset(self) -> QuerySet[Action]:
        return queries.visible(self.request.user, self.asat)

    def summarise(self, filterset: ListFilters) -> Summary:
        found = queries.counts(filterset.qs, self.asat.today)
        parts = [words.plural(found.number, *self.noun)]
        if found.overdue:
            parts.append(f"{words.number(found.overdue)} overdue")
        if found.without_a_day:
            parts.append(
                f"{words.number(found.without_a_day)} lost {'its' if found.without_a_day == 1 else 'their'} day"
            )
        return Summary(found.number, ", ".join(parts))

    def rows(self, ordered: QuerySet[Action], start: int, stop: int) -> Sequence[Action]:
        return queries.with_records(list(ordered[start:stop]), self.request.user, self.asat)

    def numbered(self, ordered: QuerySet[Action]) -> Iterable[Sequence[Any]]:
        found = queries.with_records(list(ordered), self.request.user, self.asat)
        return ((one.pk, *shapes.row(one, self.asat.today)) for one in found)

    def context(self) -> dict[str, Any]:
        return {"places": queries.places_to_add(self.request.user, self.asat)}


# Finding, and being allowed ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """An action, what it is about as far as the reader may see that, and what they may do with it."""

    action: Action
    record: records.Record | None
    may_change: bool
    may_close: bool


def _find(request: HttpRequest, pk: int) -> Found:
    """The action, or 404 for one this person may not see."""
    asat, user = asat_of(request), request.user
    action: Action = get_object_or_404(queries.visible(user, asat), pk=pk)
    record = records.find(user, asat, action.kind, action.key)
    action.record = record and records.Named(record.kind, record.key, record.name, record.page(asat))
    may_change = record is not None and bool(can(user, ADD, record))
    return Found(action, record, may_change, may_change or action.owner_id in authority_of(user).post_ids(COMPLETE))


def _changeable(request: HttpRequest, pk: int) -> tuple[Action, records.Record]:
    """The action with its record; 403 for whoever may not set actions on that."""
    found = _find(request, pk)
    if found.record is None:
        raise PermissionDenied("You can’t do this: the action is about a record that is not yours to see.")
    require(request.user, ADD, found.record)
    return found.action, found.record


def _closable(request: HttpRequest, pk: int) -> Action:
    found = _find(request, pk)
    if not found.may_close:
        raise PermissionDenied(
            "An action is closed by the holder of its post or their deputy, or by those who set actions on its record."
        )
    return found.action


def _crumbs(asat: AsAt, action: Action | None = None) -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [{"text": "Actions", "href": link(asat, "delivery:action_list")}]
    if action is not None:
        crumbs.append({"text": action.what, "href": _address(asat, action)})
    return crumbs


def _address(asat: AsAt, action: Action) -> str:
    return link(asat, "delivery:action_detail", action.pk)


def _of_action(request: HttpRequest, action: Action, **parts: Any) -> HttpResponse:
    """An act on an action: where it stands, and back to its page."""
    asat = asat_of(request)
    return act(
        request, **{"to": _address(asat, action), "caption": action.what, "breadcrumbs": _crumbs(asat, action)} | parts
    )


# Pages -------------------------------------------------------------------------------------------------


@require_safe
@reads(shapes.action)
def action_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, by whom, by when, what came of it, and every change of that."""
    asat = asat_of(request)
    found = _find(request, pk)
    action = found.action
    context = {
        "action": action,
        "record": action.record,
        "noun": records.noun_of(action.kind),
        "tag": wording.tag(action, asat.today),
        "stands": wording.stands(action, asat.today),
        "when": wording.when(action),
        "age": wording.age(action, asat.today),
        "lost": action.state == State.OPEN and action.due is None,
        "may_change": found.may_change,
        "may_close": found.may_close,
        "history": queries.history_of(action),
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "delivery/action.html", context)


@writes(forms.ActionForm, query={"what": "What the form opens with as what is to be done."})
def action_add(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Something is to be done about a record."""
    asat = asat_of(request)
    record = records.find(request.user, asat, kind, key)
    if record is None:
        raise Http404("There is no such record here.")
    require(request.user, ADD, record)
    page = record.page(asat)

    def add(typed: dict[str, Any]) -> Action:
        owner = queries.owner_by_number(typed["owner"])
        return services.add_action(by=request.user, record=record, raised_on=asat.today, **{**typed, "owner": owner})

    return act(
        request,
        form=forms.ActionForm(
            posted(request),
            owners=queries.names_of(queries.owners(record.target, asat.today)),
            events=queries.events_for(record.target, asat),
            initial={"what": " ".join(request.GET.get("what", "").replace("\0", "").split())[:300]},
        ),
        do=add,
        done=lambda action: f"The action is set: {action.owner} is to do it.",
        to=lambda action: _address(asat, action),
        cancel=page,
        heading="Add an action",
        caption=record.name,
        submit="Add the action",
        breadcrumbs=[{"text": record.name, "href": page}],
        fields_of_refusals={"one_end": "due_day"},
        template="delivery/act.html",
    )


@writes(forms.ChangeForm)
def action_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words, another owner, another day."""
    asat = asat_of(request)
    action, record = _changeable(request, pk)
    events = queries.events_for(record.target, asat, action)
    owners = queries.names_of(queries.owners(record.target, asat.today))
    if action.owner_id not in dict(owners):
        owners.append((action.owner_id, str(action.owner)))
    present = next((value for value, event in events.items() if event.thread == action.event), "")

    def change(typed: dict[str, Any]) -> Action:
        owner = queries.owner_by_number(typed["owner"])
        return services.change_action(by=request.user, action=action, **{**typed, "owner": owner})

    return _of_action(
        request,
        action,
        form=forms.ChangeForm(
            posted(request),
            owners=owners,
            events=events,
            initial={
                "what": action.what,
                "owner": action.owner_id,
                "due_day": action.due_day,
                "before": present,
                "seen": history.version(action),
            },
        ),
        do=change,
        done=lambda changed: "The action is saved.",
        heading="Change the action",
        caption=record.name,
        submit="Save",
        fields_of_refusals={"one_end": "due_day"},
        template="delivery/act.html",
    )


@writes(forms.DoneForm)
def action_done(request: HttpRequest, pk: int) -> HttpResponse:
    """It is done."""
    asat = asat_of(request)
    action = _closable(request, pk)
    return _of_action(
        request,
        action,
        form=forms.DoneForm(
            posted(request),
            today=asat.today,
            first=action.raised_on,
            initial={"day": asat.today, "seen": history.version(action)},
        ),
        do=lambda typed: services.complete(by=request.user, action=action, **typed),
        done=lambda closed: f"Done on {words.day(closed.closed_on)}.",
        heading="It is done",
        submit="Say it is done",
        fields_of_refusals={"too_early": "day"},
    )


@writes(forms.DropForm)
def action_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not to be done any more."""
    asat = asat_of(request)
    action, _ = _changeable(request, pk)
    return _of_action(
        request,
        action,
        form=forms.DropForm(posted(request), initial={"seen": history.version(action)}),
        do=lambda typed: services.drop(by=request.user, action=action, day=asat.today, **typed),
        done=lambda closed: "The action is dropped.",
        heading="Drop the action",
        lede="To drop says that it is not to be done any more. If it was done, say that instead.",
        submit="Drop it",
        kind="warning",
    )


@writes(forms.ReopenForm)
def action_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """It is to be done after all."""
    action = _closable(request, pk)
    return _of_action(
        request,
        action,
        form=forms.ReopenForm(posted(request), initial={"seen": history.version(action)}),
        do=lambda typed: services.reopen(by=request.user, action=action, **typed),
        done=lambda opened: "The action is open again.",
        heading="Reopen the action",
        lede=f"{wording.stands(action, asat_of(request).today)}. That stays in its history.",
        submit="Reopen it",
    )
