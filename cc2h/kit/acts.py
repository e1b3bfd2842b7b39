"""Doing one thing on a page of its own: a form, what it will change, yes, done. Works without JavaScript.

    def membership_leave(request, pk):
        membership = …                                   # found, visible, permitted
        return act(
            request,
            form=LeaveForm(posted(request), initial=…),
            do=lambda typed: services.leave_chin(by=request.user, membership=membership, **typed),
            done=lambda left: f"{name} leaves …",
            to=url,                                      # where to go afterwards, and on Cancel
            effect=lambda typed: Effect(…),              # asks to confirm; leave it out where nothing is to weigh
            heading="…", submit="Leave",
        )

The API does the same acts (cc2h.kit.api): a GET describes the form, a POST acts at once, or with `dry_run=1` says what
would change.

An act that asks for nothing but a yes says on its first page what it will change.

What a yes was said to is weighed once more: if it would now change something else, that is shown first. A refusal
(ValidationError) is shown with the form as typed. Where somebody else saved first, the page says who
changed what, keeps everything typed, and the form then goes to the version that now holds.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render

from cc2h.kit import words
from cc2h.kit.api.calls import Call, call_of
from cc2h.kit.asat import asat_of
from cc2h.kit.dated import Dated, DatedQuerySet, StaleRecord
from cc2h.kit.history import ChangedMeanwhile, changes_between
from cc2h.kit.links import link, with_query
from cc2h.kit.problems import errors_of

SHOWN = "effect_shown"  # the hidden field with the fingerprint of the effect that was said yes to
NAMING = (forms.IntegerField, forms.TypedMultipleChoiceField)  # the fields by which a form names versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an act will change: sentences, numbers before and after, and things to know first."""

    sentences: Sequence[str] = ()
    rows: Sequence[Mapping[str, str]] = ()  # what, before, after, change
    warnings: Sequence[str] = ()
    intro: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for two effects that say the same."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Who saved first, when, and what differs: rows of field, theirs, yours."""

    by: str
    at: datetime | None
    changes: Sequence[Mapping[str, str]]
    gone: str = ""  # why the record was voided, when there is nothing left to change


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form; None on a page just opened (also when nothing but a yes is asked)."""
    if call_of(request) is not None and request.method == "POST":
        return QueryDict()  # the API fills the form once it is known
    return request.POST if request.method == "POST" else None


def version_of(request: HttpRequest, versions: DatedQuerySet, pk: int) -> Any:
    """The version that an address names, of those the reader may see; to be read, the one that holds now.

    A POST keeps the version it was typed for, so that the service can tell that somebody else was first.
    Raises Http404 where there is none.
    """
    version = get_object_or_404(versions, pk=pk)
    if request.method == "POST" or version.held.upper_inf:
        return version
    return get_object_or_404(versions.held(), thread=version.thread)


def act(
    request: HttpRequest,
    *,
    form: forms.BaseForm,
    do: Callable[[dict[str, Any]], Any],
    done: Callable[[Any], str],
    to: str | Callable[[Any], str],
    heading: str,
    submit: str,
    confirm: str = "",
    effect: Callable[[dict[str, Any]], Effect] | None = None,
    cancel: str = "",
    kind: str = "",
    caption: str = "",
    lede: str = "",
    breadcrumbs: Sequence[Mapping[str, str]] = (),
    of: Dated | None = None,
    fields_of_refusals: Mapping[str, str] | None = None,
    nothing: str = "",
    template: str = "kit/act.html",
    **context: Any,
) -> HttpResponse:
    """The page of one act; see the module's text.

    do: given the form's cleaned data, calls the service. done: the result in a sentence, for the next page.
    to: an address, or a function of the result. fields_of_refusals: refusal code → the field it is about.
    nothing: why there is nothing to do it with, said instead of the form.
    of: the version of a dated record that the address names (as `pk`); a form may name versions in a hidden `seen`
    or in tick boxes.
    """
    if (call := call_of(request)) is not None:
        return _called(call, form, do, effect, fields_of_refusals or {}, done, to, heading, lede)
    weighed: Effect | None = None
    changed_since = False
    conflict: Conflict | None = None
    action = _address(request, of)
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        try:
            if effect is not None and ("confirm" not in request.POST or SHOWN in request.POST):
                weighed = effect(form.cleaned_data)
                shown = request.POST.get(SHOWN, weighed.fingerprint)
                changed_since = shown != weighed.fingerprint
            if weighed is None or ("confirm" in request.POST and not changed_since):
                result = do(form.cleaned_data)
                messages.success(request, done(result))
                return HttpResponseRedirect(to(result) if callable(to) else to)
        except ValidationError as refusal:
            weighed = None
            add_refusal(form, refusal, fields_of_refusals or {})
        except StaleRecord as stale:
            weighed = None
            conflict = _overtaken(form, stale)
            if of is not None and stale.found.pk == of.pk and stale.latest is not None:
                action = _address(request, stale.latest)
        except ChangedMeanwhile as changed:
            weighed = None
            conflict = _changed(form, changed)
    typed = _typed(request) if weighed else []
    if request.method != "POST" and effect is not None and not nothing and not form.visible_fields():
        weighed, typed = _at_once(form, effect)
    return render(
        request,
        template,
        {
            "form": form,
            "effect": weighed,
            "changed_since": changed_since,
            "conflict": conflict,
            "typed": typed,
            "action": action,
            "heading": heading,
            "caption": caption,
            "lede": lede,
            "breadcrumbs": breadcrumbs,
            "submit_text": submit if effect is None else "Continue",
            "confirm_text": confirm or submit,
            "kind": kind,
            "nothing": nothing,
            "cancel": cancel or (to if isinstance(to, str) else ""),
            **context,
        },
    )


def _called(
    call: Call,
    form: forms.BaseForm,
    do: Callable[[dict[str, Any]], Any],
    effect: Callable[[dict[str, Any]], Effect] | None,
    fields_of_refusals: Mapping[str, str],
    done: Callable[[Any], str],
    to: str | Callable[[Any], str],
    heading: str,
    lede: str,
) -> HttpResponse:
    """The act asked for by the API. Raises Problem where a page would be shown again."""
    if call.request.method != "POST":
        return call.described(form, heading, lede)
    call.fill(form)
    if not form.is_valid():
        raise call.refused(form)
    try:
        if call.dry_run:
            return call.foretold(effect(form.cleaned_data) if effect else None)
        result = do(form.cleaned_data)
        return call.done(done(result), result, to(result) if callable(to) else to)
    except ValidationError as refusal:
        add_refusal(form, refusal, fields_of_refusals)
        raise call.refused(form) from refusal
    except StaleRecord as stale:
        conflict = _overtaken(form, stale)
        latest = stale.latest.pk if stale.latest else None
        raise call.overtaken(conflict.by, conflict.at, conflict.changes, latest, conflict.gone) from stale
    except ChangedMeanwhile as changed:
        conflict = _changed(form, changed)
        raise call.overtaken(conflict.by, conflict.at, conflict.changes, changed.version, "") from changed


def _at_once(
    form: forms.BaseForm, effect: Callable[[dict[str, Any]], Effect]
) -> tuple[Effect | None, list[tuple[str, str]]]:
    """What an act changes that asks for nothing but a yes: said before anything is pressed. None where it is refused."""
    given = {one.name: one.initial for one in form}
    try:
        return effect(given), [(name, str(value)) for name, value in given.items() if value is not None]
    except ValidationError:
        return None, []


def add_refusal(form: forms.BaseForm, refusal: ValidationError, fields: Mapping[str, str]) -> None:
    """Show a refusal with the form: at the field of its code or its own field, or above the form."""
    for field, error in errors_of(refusal):
        name = fields.get(str(error.code)) or (error.params or {}).get("field", field)
        form.add_error(name if name in form.fields else None, error)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    ours = ("csrfmiddlewaretoken", "confirm", "change", SHOWN)
    return [(name, value) for name, values in request.POST.lists() if name not in ours for value in values]


def _said(form: forms.BaseForm) -> dict[str, str]:
    """What was typed, in words, by the name of the field and by its label."""
    said: dict[str, str] = {}
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        text = words.day(value) if isinstance(value, date) else str(value or "")
        if isinstance(value, list | tuple):
            text = ", ".join(map(str, value))
        if not bound.is_hidden:
            said[bound.name] = said[str(bound.label).lower()] = text
    return said


def _overtaken(form: forms.BaseForm, stale: StaleRecord) -> Conflict:
    found, latest, said = stale.found, stale.latest, _said(form)
    by, at = str(found.closed_by or "The portal"), found.closed_at
    days = ", ".join(f"{form[name].label}: {said[name]}" for name in ("first", "last", "day") if said.get(name))
    _refer_to(form, found.pk, latest)
    if latest is None:
        mine = [("Days", days), ("Reason", said.get("reason", ""))]
        rows = [{"field": name, "theirs": "", "yours": yours} for name, yours in mine if yours]
        return Conflict(by, at, rows, gone=found.closed_reason)
    rows = [
        {
            "field": change.field.capitalize(),
            "theirs": change.after,
            "yours": days if change.field == "from and to" else said.get(change.field, ""),
        }
        for change in changes_between(found, latest)
    ]
    if latest.reason:
        rows.append({"field": "Reason", "theirs": latest.reason, "yours": said.get("reason", "")})
    return Conflict(by, at, rows)


def _refer_to(form: forms.BaseForm, closed: int, latest: Dated | None) -> None:
    """Where the form names the version that was closed, it names the latest from now on."""
    data = cast(QueryDict, form.data).copy()
    for name in form.fields:
        values = data.getlist(name)
        if latest is not None and str(closed) in values and isinstance(form.fields[name], NAMING):
            data.setlist(name, [str(latest.pk) if value == str(closed) else value for value in values])
    form.data = data


def _address(request: HttpRequest, of: Dated | None) -> str:
    """Where the form goes: this page, for the version that now holds."""
    match = request.resolver_match
    if of is None or match is None:
        return with_query(request.path, {name: request.GET.getlist(name) for name in request.GET})
    return link(asat_of(request), match.view_name, **{**match.kwargs, "pk": of.pk})


def _changed(form: forms.BaseForm, changed: ChangedMeanwhile) -> Conflict:
    """For a record that is not dated: the form's hidden `seen` becomes the newest version."""
    said, newest = _said(form), changed.entries[0]
    data = cast(QueryDict, form.data).copy()
    data["seen"] = str(changed.version)
    form.data = data
    theirs = {change.field: change.after for entry in reversed(changed.entries) for change in entry.changes}
    rows = [
        {"field": name.capitalize(), "theirs": after, "yours": said.get(name, "")} for name, after in theirs.items()
    ]
    return Conflict(newest.who, newest.when, rows)
