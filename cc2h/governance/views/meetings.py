"""Meetings: the calendar of them, one meeting, its agenda, its papers, and who was there."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import named
from cc2h.governance import forms, queries, services, shapes, wording
from cc2h.governance.filters import MeetingFilters
from cc2h.governance.models import Meeting, Task
from cc2h.governance.papers import RULE, papers_due
from cc2h.governance.patterns import Every, days_of, in_words
from cc2h.governance.records import record_of_meeting
from cc2h.governance.tables import MeetingTable
from cc2h.governance.views import bodies
from cc2h.governance.views.bodies import KEEP, VIEW
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections


def page_of(asat: AsAt, meeting: Any) -> str:
    return link(asat, "governance:meeting_detail", meeting.pk)


def _crumbs(asat: AsAt, meeting: Any = None, body: Any = None) -> list[Mapping[str, str]]:
    found = bodies.crumbs(asat, meeting.body if meeting is not None else body)
    return [*found, {"text": words.day(meeting.day), "href": page_of(asat, meeting)}] if meeting is not None else found


def _meeting(request: HttpRequest, pk: int, action: Action = KEEP) -> Any:
    """The meeting, for somebody who may do this to it; 404 where it is not theirs to see."""
    return bodies.permitted(request, action, get_object_or_404(queries.find_meeting(request.user, pk)))


def _item(request: HttpRequest, pk: int, action: Action = KEEP) -> Any:
    return bodies.permitted(request, action, get_object_or_404(queries.find_item(request.user, pk)))


def _on_meeting(request: HttpRequest, meeting: Any, **parts: Any) -> HttpResponse:
    """An act on a meeting: where it stands, and back to its page."""
    asat = asat_of(request)
    given = {
        "to": page_of(asat, meeting),
        "caption": f"{meeting.body.name}, {words.day(meeting.day)}",
        "breadcrumbs": _crumbs(asat, meeting),
    }
    return act(request, **given | parts)


# Pages -------------------------------------------------------------------------------------------------


class MeetingList(ListPage):
    """Meetings to come of the bodies that the reader may see, or those that were."""

    title = "Meetings"
    noun = ("meeting", "meetings")
    filterset_class = MeetingFilters
    table_class = MeetingTable
    default_sort = "day"
    shape = shapes.MeetingItem
    template_name = "governance/meetings.html"
    csv_columns = {
        "body": "body__slug",
        "name": "body__name",
        "commissioner": "body__commissioner__ods_code",
        "day": "day",
        "begins": "begins",
        "place": "place",
        "papers_out_on": "papers_out_on",
        "items": "items_on",
        "state": "state",
    }
    empty_title = "No meeting is planned"
    empty_text = "Meetings are planned on the page of their body, one or several at once."

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> Any:
        return queries.meetings(self.request.user)

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": bodies.crumbs(self.asat)}


@require_safe
@reads(shapes.meeting)
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What the body asked last time, the agenda, the papers, and who was there."""
    asat, user = asat_of(request), request.user
    meeting = _meeting(request, pk, VIEW)
    before = queries.previous(meeting)
    items = queries.agenda(meeting)
    records = named(user, asat, [(one.kind, one.key) for one in items if one.kind])
    coming = meeting.state in services.COMING
    may_keep = bool(can(user, KEEP, meeting))
    to_send: list[queries.Place] = []
    sent: list[queries.Place] = []
    if coming and meeting.day >= asat.today:
        to_send, sent = queries.may_apologise(user, meeting, keeps=may_keep)
    context = {
        "meeting": meeting,
        "body": meeting.body,
        "coming": coming,
        "may_apologise": bool(to_send),
        "may_come": bool(sent),
        "before": before,
        "asked": sections(request, "meeting-before", str(before.pk)) if before else [],
        "agenda": items,
        "items": [(one, sections(request, "item", str(one.pk))) for one in items],
        "off": queries.agenda(meeting, taken_off=True),
        "said": queries.said_of(items),
        "pages": {key: one.page for key, one in records.items()},
        "papers": wording.papers_in_full(meeting, asat.today),
        "rule": RULE,
        "attendance": queries.attendance(meeting),
        "quorum": queries.quorum(meeting),
        "quorum_words": wording.quorum,
        "waiting": queries.waiting(meeting.body, asat.day) if coming and may_keep else [],
        "may_keep": may_keep,
        "may_hold": may_keep and coming and meeting.day <= asat.today,
        "sections": sections(request, "meeting", str(meeting.pk), record_of_meeting(meeting)),
        "history": queries.meeting_history(meeting) if can(user, Action.VIEW_HISTORY, meeting) else None,
        "breadcrumbs": _crumbs(asat, body=meeting.body),
    }
    return show(request, "governance/meeting.html", context)


@require_safe
@reads(shapes.agenda)
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """The agenda alone, to be printed or sent out."""
    asat = asat_of(request)
    meeting = _meeting(request, pk, VIEW)
    items = queries.agenda(meeting)
    context = {
        "meeting": meeting,
        "agenda": items,
        "said": queries.said_of(items),
        "members": queries.members(meeting.body, meeting.day),
        "terms": queries.terms_on(meeting.body, meeting.day),
        "breadcrumbs": _crumbs(asat, meeting),
    }
    return show(request, "governance/agenda.html", context)


@require_safe
@reads(shapes.item)
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An item: what it is about in a page, the whole of it behind that, and what was said of it."""
    asat, user = asat_of(request), request.user
    item = _item(request, pk, VIEW)
    records = named(user, asat, [(item.kind, item.key)]) if item.kind else {}
    context = {
        "item": item,
        "meeting": item.meeting,
        "record": records.get((item.kind, item.key)),
        "summary": sections(request, f"{item.kind}-summary", item.key) if records else [],
        "sections": sections(request, "item", str(item.pk)),
        "may_keep": bool(can(user, KEEP, item)) and not item.taken_off,
        "coming": item.meeting.state in services.COMING,
        "breadcrumbs": _crumbs(asat, item.meeting),
    }
    return show(request, "governance/item.html", context)


# Planning ----------------------------------------------------------------------------------------------


@writes(forms.PlanForm)
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """One meeting, or several by a pattern."""
    asat, body = asat_of(request), bodies.find(request, slug)

    def days(typed: Mapping[str, Any]) -> list[Any]:
        return days_of(typed["day"], Every(typed["every"]), typed["number"])

    def weigh(typed: dict[str, Any]) -> Effect:
        every = Every(typed["every"])
        wanted = days(typed)
        pattern = f" ({in_words(typed['day'], every)})" if every != Every.ONCE else ""
        return Effect(
            sentences=[f"{words.plural(len(wanted), 'meeting')} of {body}{pattern}:", *map(_day_and_papers, wanted)],
            intro=f"{RULE} A day of a pattern that is a weekend or a bank holiday is put on the next working day.",
        )

    def do(typed: dict[str, Any]) -> list[Meeting]:
        facts = {"begins": typed["begins"], "place": typed["place"]}
        return services.plan_meetings(by=request.user, body=body, days=days(typed), **facts)

    return act(
        request,
        form=forms.PlanForm(posted(request), today=asat.today),
        do=do,
        effect=weigh,
        done=lambda made: f"{words.plural(len(made), 'meeting is', 'meetings are')} planned.",
        to=bodies.page_of(asat, body),
        heading="Plan meetings",
        caption=body.name,
        submit="Plan them",
        breadcrumbs=bodies.crumbs(asat, body),
        fields_of_refusals={"meets_already": "day"},
    )


def _day_and_papers(day: Any) -> str:
    return f"{day:%A} {words.day(day)}, papers due by {words.day(papers_due(day))}"


@writes(forms.MeetingForm)
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day, time or place."""
    meeting = _meeting(request, pk)
    initial = {name: getattr(meeting, name) for name in ("day", "begins", "place")}
    return _on_meeting(
        request,
        meeting,
        form=forms.MeetingForm(posted(request), initial=initial | {"seen": history.version(meeting)}),
        do=lambda typed: services.change_meeting(by=request.user, meeting=meeting, **typed),
        done=lambda changed: f"{changed} is saved. Its papers are due by {words.day(papers_due(changed.day))}.",
        heading="Change the meeting",
        submit="Save",
    )


@writes(forms.PapersForm)
def papers_out(request: HttpRequest, pk: int) -> HttpResponse:
    """The papers went out."""
    meeting, asat = _meeting(request, pk), asat_of(request)
    last = min(asat.today, meeting.day)
    return _on_meeting(
        request,
        meeting,
        form=forms.PapersForm(posted(request), last=last, initial={"day": last}),
        do=lambda typed: services.papers_out(by=request.user, meeting=meeting, **typed),
        done=lambda out: f"The papers went out on {words.day(out.papers_out_on)}.",
        heading="Papers are out",
        lede=f"They were to go out by {words.day(papers_due(meeting.day))}. {RULE}",
        submit="Record it",
    )


@writes(forms.CancelForm)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting does not take place."""
    meeting = _meeting(request, pk)
    return _on_meeting(
        request,
        meeting,
        form=forms.CancelForm(posted(request)),
        do=lambda typed: services.cancel(by=request.user, meeting=meeting, **typed),
        effect=lambda typed: Effect(sentences=[f"{meeting} does not take place. This can’t be undone."]),
        done=lambda cancelled: f"{cancelled} is cancelled. Move what was on its agenda to another meeting.",
        heading="Cancel the meeting",
        submit="Cancel it",
        kind="warning",
    )


@writes(forms.HoldForm)
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting was held: who was there. Once more, to put the list right."""
    meeting, asat = _meeting(request, pk), asat_of(request)
    table = queries.table(meeting)
    return _on_meeting(
        request,
        meeting,
        form=forms.HoldForm(
            posted(request),
            places=[(place.value, place.label) for place in table],
            initial=queries.as_listed(meeting, table),
        ),
        do=lambda typed: services.hold(
            by=request.user, meeting=meeting, today=asat.today, attendance=queries.listed(table, typed)
        ),
        done=lambda held: f"{held} was held.",
        heading="Who was there",
        lede="Whoever held the post of a seat on the day may sit in it, or a deputy. A vacant seat is nobody’s.",
        submit="Record it",
        nothing=""
        if table
        else "No seat of this body had somebody in it on the day of the meeting. Fill its seats first.",
    )


def _own_places(request: HttpRequest, pk: int) -> tuple[Any, list[queries.Place], list[queries.Place], str]:
    """The meeting, for whom the reader may still send apologies, for whom they were sent, and why none may be."""
    meeting, asat = _meeting(request, pk, VIEW), asat_of(request)
    keeps = bool(can(request.user, KEEP, meeting))
    to_send, sent = queries.may_apologise(request.user, meeting, keeps=keeps)
    nothing = ""
    if meeting.state not in services.COMING or meeting.day < asat.today:
        nothing = "The meeting is over. Whoever was there is put on its list by its secretary."
    elif not to_send and not sent:
        nothing = "You have no seat at this meeting, nor deputise for somebody who has."
    return meeting, to_send, sent, nothing


@writes(forms.ApologiesForm)
def apologise(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody will not be at a meeting to come: oneself, or anybody of the body for who keeps it."""
    meeting, places, _, nothing = _own_places(request, pk)
    by_value = {place.value: place for place in places}

    def do(typed: dict[str, Any]) -> Any:
        place = by_value[typed["place"]]
        return services.apologise(
            by=request.user, meeting=meeting, person=place.person, seat=place.seat, as_deputy=place.as_deputy
        )

    return _on_meeting(
        request,
        meeting,
        form=forms.ApologiesForm(posted(request), places=[(place.value, place.label) for place in places]),
        do=do,
        done=lambda row: f"Apologies of {row.person} are on the list.",
        heading="Send apologies",
        submit="Send apologies",
        nothing=nothing or ("" if places else "Apologies were sent already."),
    )


@writes(forms.ApologiesForm)
def come(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who sent apologies will be there after all."""
    meeting, _, places, nothing = _own_places(request, pk)
    by_value = {place.value: place for place in places}
    return _on_meeting(
        request,
        meeting,
        form=forms.ApologiesForm(posted(request), places=[(place.value, place.label) for place in places]),
        do=lambda typed: services.come_after_all(
            by=request.user, meeting=meeting, person=by_value[typed["place"]].person
        ),
        done=lambda _: "The apologies are taken back.",
        heading="Come after all",
        submit="Take the apologies back",
        nothing=nothing or ("" if places else "No apologies were sent."),
    )


@writes(forms.MinutesForm)
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said at the meeting."""
    meeting = _meeting(request, pk)
    return _on_meeting(
        request,
        meeting,
        form=forms.MinutesForm(posted(request), initial={"text": meeting.minutes, "seen": history.version(meeting)}),
        do=lambda typed: services.minute(by=request.user, meeting=meeting, **typed),
        done=lambda minuted: "The minutes are saved.",
        heading="Minutes",
        submit="Save",
    )


# The agenda --------------------------------------------------------------------------------------------


def _items(items: Any, but: Any = None) -> list[tuple[int, str]]:
    return [(one.pk, f"{n}. {one.title}") for n, one in enumerate(items, 1) if but is None or one.pk != but.pk]


@writes(forms.ItemForm)
def item_add(request: HttpRequest, pk: int) -> HttpResponse:
    """An item of its own words."""
    meeting = _meeting(request, pk)
    items = queries.agenda(meeting)
    return _on_meeting(
        request,
        meeting,
        form=forms.ItemForm(posted(request), items=_items(items), initial={"after": items[-1].pk if items else None}),
        do=lambda typed: services.add_item(by=request.user, meeting=meeting, **typed),
        done=lambda item: f"“{item}” is on the agenda.",
        heading="Add an item",
        submit="Add the item",
    )


@writes(forms.WaitingForm)
def from_waiting(request: HttpRequest, pk: int) -> HttpResponse:
    """An agenda of what waits for the body, with ticks."""
    meeting, asat = _meeting(request, pk), asat_of(request)
    waiting = {f"{one.kind}:{one.key}:{one.task}": one for one in queries.waiting(meeting.body, asat.day)}
    choices = [
        (value, f"{one.title} ({Task(one.task).label.lower()}), since {words.short_day(one.since)}")
        for value, one in waiting.items()
    ]
    return _on_meeting(
        request,
        meeting,
        form=forms.WaitingForm(posted(request), waiting=choices),
        do=lambda typed: services.add_waiting(
            by=request.user, meeting=meeting, waiting=[waiting[value] for value in typed["waiting"]]
        ),
        done=lambda items: f"{words.plural(len(items), 'item is', 'items are')} on the agenda.",
        heading="Agenda from what waits",
        submit="Put them on the agenda",
        nothing="" if waiting else "Nothing waits for this body that is not on an agenda already.",
    )


@writes(forms.ItemChangeForm)
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words, or another place on the agenda."""
    item = _item(request, pk)
    items = queries.agenda(item.meeting)
    before = [one.pk for one in items if one.position < item.position]
    initial = {name: getattr(item, name) for name in ("title", "task", "text")}
    initial |= {"seen": history.version(item), "after": before[-1] if before else None}
    return _on_meeting(
        request,
        item.meeting,
        form=(forms.RecordItemForm if item.kind else forms.ItemChangeForm)(
            posted(request), items=_items(items, but=item), initial=initial
        ),
        do=lambda typed: services.change_item(by=request.user, item=item, **typed),
        done=lambda changed: f"“{changed}” is saved.",
        heading="Change the item",
        caption=item.title,
        submit="Save",
    )


@writes(forms.MoveForm)
def item_move(request: HttpRequest, pk: int) -> HttpResponse:
    """It comes before another meeting of the body."""
    item = _item(request, pk)
    others = {one.pk: one for one in queries.following(item.meeting)}
    return _on_meeting(
        request,
        item.meeting,
        form=forms.MoveForm(posted(request), meetings=[(pk, words.day(one.day)) for pk, one in others.items()]),
        do=lambda typed: services.move_item(by=request.user, item=item, to=others[typed["to"]], reason=typed["reason"]),
        done=lambda moved: f"“{moved}” comes before the meeting of {words.day(moved.meeting.day)}.",
        heading="Move the item to another meeting",
        caption=item.title,
        submit="Move it",
        nothing="" if others else "No other meeting of this body is planned.",
    )


@writes(forms.TakeOffForm)
def item_take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """It is on this agenda no more."""
    item = _item(request, pk)
    return _on_meeting(
        request,
        item.meeting,
        form=forms.TakeOffForm(posted(request)),
        do=lambda typed: services.take_off(by=request.user, item=item, **typed),
        done=lambda off: f"“{off}” is off the agenda.",
        heading="Take the item off the agenda",
        caption=item.title,
        lede="What waits for the body goes on waiting, and can come on another agenda.",
        submit="Take it off",
        kind="warning",
    )
