"""Pages of the register of interests, of an item of an agenda and its conflicts, and of what bodies decided."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts import second_factor
from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.models import User
from cc2h.accounts.records import Record, named
from cc2h.governance import queries as governance
from cc2h.governance.decisions import deciding, forms, outcomes, queries, services, shapes, wording
from cc2h.governance.decisions.deciding import Handled
from cc2h.governance.decisions.filters import DecisionFilters, InterestFilters, PeopleFilters
from cc2h.governance.decisions.models import Decision, Handling, How, Interest
from cc2h.governance.decisions.records import KIND
from cc2h.governance.decisions.tables import DecisionTable, InterestTable, PeopleTable
from cc2h.governance.models import Item, MeetingState
from cc2h.kit import words
from cc2h.kit.acts import Effect, act, posted, version_of
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections

SEE = Action.VIEW_GOVERNANCE
Crumb = Mapping[str, str]


def _crumb(asat: AsAt, text: str, name: str, *args: Any) -> Crumb:
    return {"text": text, "href": link(asat, name, *args)}


# The register --------------------------------------------------------------------------------------------


class InterestList(ListPage):
    """The published register of interests: those true as at the day, or ended in the six months before it."""

    title = "Register of interests"
    noun = ("interest", "interests")
    filterset_class = InterestFilters
    table_class = InterestTable
    default_sort = "person"
    shape = shapes.InterestItem
    template_name = "decisions/interests.html"
    csv_columns = {
        "person": "person__name",
        "kind": "kind",
        "organisation": "organisation",
        "interest": "what",
        "practice": "practice__ods_code",
        "chin": "chin__slug",
        "first": "period__startswith",
        "last": "last",
    }
    empty_title = "No interest is on the register"
    empty_text = "Members of bodies declare theirs under “My interests”; the secretary enters those of others."

    def permit(self) -> None:
        require(self.request.user, SEE)

    def queryset(self) -> QuerySet[Any]:
        return queries.register(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {"own": bool(can(self.request.user, Action.DECLARE_INTEREST))}


class PeopleList(ListPage):
    """Whoever sits on a body or is on the register, and when they last said that it has all their interests."""

    title = "Who has confirmed their interests"
    noun = ("person", "people")
    filterset_class = PeopleFilters
    table_class = PeopleTable
    default_sort = "name"
    shape = shapes.PersonItem
    csv_columns = {
        "name": "name",
        "interests": "interests_true",
        "confirmed": "confirmed",
        "nothing_to_declare": "said_nothing",
    }
    empty_title = "Nobody sits on a body on this day"

    def permit(self) -> None:
        require(self.request.user, SEE)

    def queryset(self) -> QuerySet[Any]:
        return queries.people(self.request.user, self.asat)


@require_safe
@reads(shapes.person)
def mine(request: HttpRequest) -> HttpResponse:
    """One’s own interests."""
    require(request.user, Action.DECLARE_INTEREST)
    return _person_page(request, _self(request))


@require_safe
@reads(shapes.person)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody’s interests as at the day: those published, or all that are kept for whoever keeps them."""
    return _person_page(request, _seen_person(request, pk))


def _self(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user


def _seen_person(request: HttpRequest, pk: int) -> User:
    require(request.user, SEE)
    found = queries.person(request.user, asat_of(request), pk)
    if found is None:
        raise Http404
    return found


def _person_page(request: HttpRequest, whose: User) -> HttpResponse:
    asat = asat_of(request)
    may_write = queries.may_write(request.user, whose, asat)
    found = queries.of_person(request.user, whose, asat)
    confirmations = queries.confirmations(whose, asat.day)
    last = confirmations[0] if confirmations else None
    context = {
        "whose": whose,
        "own": whose.pk == request.user.pk,
        "interests": [(one, wording.interest_state(one, asat)) for one in found],
        "confirmations": confirmations,
        "confirmed": wording.confirmed(last),
        "overdue": last is None or last.day < queries.overdue_since(asat.day),
        "on_items": queries.declared_on_items(request.user, whose, asat),
        "may_write": may_write and asat.is_today,
        "history": queries.history_of(whose, asat) if may_write else None,
        "breadcrumbs": [_crumb(asat, "Register of interests", "decisions:interest_list")],
    }
    return show(request, "decisions/person.html", context)


def _written_person(request: HttpRequest, pk: int) -> User:
    """Somebody whose register the reader writes: their own, or one they keep."""
    whose = _seen_person(request, pk)
    if not queries.may_write(request.user, whose, asat_of(request)):
        require(request.user, Action.KEEP_INTERESTS)
        raise PermissionDenied("You keep the register of interests for people of your own commissioner.")
    return whose


def _on_the_register(request: HttpRequest, whose: User, **parts: Any) -> HttpResponse:
    """An act on somebody’s register, and back to it."""
    asat = asat_of(request)
    crumbs = [
        _crumb(asat, "Register of interests", "decisions:interest_list"),
        _crumb(asat, whose.name, "decisions:person", whose.pk),
    ]
    given = {"to": link(asat, "decisions:person", whose.pk), "caption": whose.name, "breadcrumbs": crumbs}
    return act(request, **given | parts)


def _facts(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What an interest says, from the form. Raises ValidationError for a practice that nobody knows."""
    facts = dict(typed)
    code, slug = facts.pop("practice"), facts.pop("chin")
    facts["practice"], facts["chin"] = queries.practice_by_code(code), queries.chin_by_slug(slug)
    if code and facts["practice"] is None:
        raise ValidationError(
            f"No practice has the code “{code}”. Write it like E83003, or leave it out.", code="practice"
        )
    return facts


@writes(forms.InterestForm)
def interest_declare(request: HttpRequest, pk: int) -> HttpResponse:
    """An interest is put on the register."""
    asat, whose = asat_of(request), _written_person(request, pk)
    own = whose.pk == request.user.pk
    return _on_the_register(
        request,
        whose,
        form=forms.InterestForm(posted(request), chins=queries.chins(), initial={"first": asat.today}),
        do=lambda typed: services.declare_interest(by=request.user, person=whose, **_facts(typed)),
        done=lambda interest: f"It is on the register: {interest}.",
        heading="Declare an interest" if own else "Enter an interest",
        submit="Declare it" if own else "Enter it",
        fields_of_refusals={"practice": "practice", "dates_out_of_order": "last"},
    )


def _interest(request: HttpRequest, pk: int) -> tuple[Interest, User]:
    """The version that an address names, and whose it is, for somebody who may write it."""
    require(request.user, SEE)
    interest: Interest = version_of(request, queries.versions_kept(request.user, asat_of(request)), pk)
    if not queries.may_write(request.user, interest.person, asat_of(request)):
        require(request.user, Action.KEEP_INTERESTS)
        raise PermissionDenied("You keep the register of interests for people of your own commissioner.")
    return interest, interest.person


@writes(forms.EndForm)
def interest_end(request: HttpRequest, pk: int) -> HttpResponse:
    """It is true no more."""
    interest, whose = _interest(request, pk)
    return _on_the_register(
        request,
        whose,
        form=forms.EndForm(posted(request), first=interest.first_day, initial={"last": asat_of(request).today}),
        do=lambda typed: services.end_interest(by=request.user, interest=interest, last=typed["last"]),
        done=lambda ended: f"It was true until {words.day(ended.last_day)}.",
        heading="End an interest",
        lede=f"{interest}. It stays on the published register for six months, and on record for six years.",
        submit="End it",
        of=interest,
    )


@writes(forms.CorrectForm)
def interest_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What the register says of it is wrong."""
    interest, whose = _interest(request, pk)
    initial = {
        "kind": interest.kind,
        "organisation": interest.organisation,
        "what": interest.what,
        "practice": interest.practice.ods_code if interest.practice else "",
        "chin": interest.chin.slug if interest.chin else "",
        "first": interest.first_day,
        "last": interest.last_day,
    }
    return _on_the_register(
        request,
        whose,
        form=forms.CorrectForm(posted(request), chins=queries.chins(), initial=initial),
        do=lambda typed: services.correct_interest(by=request.user, interest=interest, **_facts(typed)),
        done=lambda corrected: f"The register says now: {corrected}.",
        heading="Correct an interest",
        submit="Correct it",
        of=interest,
        fields_of_refusals={"practice": "practice", "dates_out_of_order": "last"},
    )


@writes(forms.VoidForm)
def interest_void(request: HttpRequest, pk: int) -> HttpResponse:
    """It was never true."""
    interest, whose = _interest(request, pk)
    return _on_the_register(
        request,
        whose,
        form=forms.VoidForm(posted(request)),
        do=lambda typed: services.void_interest(by=request.user, interest=interest, **typed),
        done=lambda _: "It is off the register.",
        heading="It was never true",
        lede=f"{interest}. It comes off the register; what the register said before stays readable as known then.",
        submit="Take it off",
        kind="warning",
        of=interest,
    )


@writes(forms.ConfirmForm)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The register has all of somebody’s interests today, or they have nothing to declare."""
    asat, whose = asat_of(request), _written_person(request, pk)
    found = queries.of_person(request.user, whose, AsAt(asat.today, None, asat.today))
    true = [one for one in found if one.first_day <= asat.today and not (one.last_day and one.last_day < asat.today)]
    return _on_the_register(
        request,
        whose,
        form=forms.ConfirmForm(posted(request), initial={"says": forms.ALL_MY if true else forms.NOTHING}),
        do=lambda typed: services.confirm(
            by=request.user, person=whose, nothing=typed["says"] == forms.NOTHING, today=asat.today
        ),
        done=lambda said: wording.confirmed(said),
        heading="Confirm your interests" if whose.pk == request.user.pk else "Confirm their interests",
        submit="Confirm",
        template="decisions/confirm.html",
        interests=true,
    )


# An item of an agenda ------------------------------------------------------------------------------------


def _seen_item(request: HttpRequest, pk: int) -> Item:
    found: Item = get_object_or_404(queries.items(request.user), pk=pk)
    return found


def _recorded(request: HttpRequest, pk: int) -> Item:
    """An item, for whoever records what was decided of it. What a body beyond a CHIN decides takes a second factor."""
    item = _seen_item(request, pk)
    if not queries.may_record(request.user, item):
        require(request.user, Action.KEEP_GOVERNANCE, item)
    if item.meeting.body.chin_id is None:
        second_factor.require(request.user, "Recording what this body decides")
    return item


def _page(asat: AsAt, one: Item) -> str:
    return link(asat, "decisions:item", one.pk)


def _on_the_item(request: HttpRequest, of: Item, **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    page = _page(asat, of)
    given = {
        "to": page,
        "caption": f"{of.meeting.body}, {words.day(of.meeting.day)}",
        "breadcrumbs": [{"text": of.title, "href": page}],
    }
    return act(request, **given | parts)


def _over(request: HttpRequest, item: Item) -> str:
    """Why nothing more is recorded of an item; blank where something may be."""
    decision = queries.decision_of(item)
    if decision is not None:
        return f"{decision.by or 'The portal'} recorded “{decision.label}” for it. A decision stays as it was taken."
    return "It was moved or taken off the agenda." if item.taken_off else ""


@require_safe
@reads(shapes.item)
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """An item as a member sees it: what it is about in a page, who has a conflict on it, and what was decided."""
    asat, user = asat_of(request), request.user
    one = _seen_item(request, pk)
    decision = queries.decision_of(one)
    found = named(user, asat, [("meeting", str(one.meeting_id)), *([(one.kind, one.key)] if one.kind else [])])
    meeting = found.get(("meeting", str(one.meeting_id)))
    still = decision is None and not one.taken_off
    about = Record(KIND, str(one.pk), one.title, one.authority_target())
    context = {
        "item": one,
        "meeting": one.meeting,
        "decision": decision,
        "counted": wording.counted(decision) if decision else "",
        "conflicts": queries.conflicts(one),
        "voters": governance.voters(one.meeting),
        "possible": outcomes.possible(one) if still else [],
        "record": found.get((one.kind, one.key)),
        "summary": sections(request, f"{one.kind}-summary", one.key) if (one.kind, one.key) in found else [],
        "sections": sections(request, KIND, str(one.pk), about),
        "held": one.meeting.state == MeetingState.HELD,
        "may_declare": still and bool(can(user, Action.DECLARE_INTEREST)),
        "may_record": still and queries.may_record(user, one),
        "breadcrumbs": [{"text": meeting.name, "href": meeting.page}] if meeting else [],
    }
    return show(request, "decisions/item.html", context)


@writes(forms.DeclareForm)
def declare(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody says that they are conflicted on an item; the secretary enters it for others."""
    one = _seen_item(request, pk)
    require(request.user, Action.DECLARE_INTEREST)
    asat = asat_of(request)
    people = {str(request.user.pk): _self(request)}
    if queries.may_record(request.user, one):
        people |= {str(who.pk): who for who in queries.people_for(one)}
    on_the_register = {
        str(interest.pk): interest
        for interest in queries.of_person(request.user, _self(request), AsAt(asat.today, None, asat.today))
        if wording.interest_state(interest, asat) == "true"
    }

    def do(typed: dict[str, Any]) -> Any:
        who = people[typed["person"]]
        interest = on_the_register.get(typed.get("interest", "")) if who.pk == request.user.pk else None
        return deciding.declare(by=request.user, item=one, person=who, said=typed["said"], interest=interest)

    return _on_the_item(
        request,
        one,
        form=forms.DeclareForm(
            posted(request),
            people=[(key, who.name) for key, who in people.items()],
            interests=[(key, str(interest)) for key, interest in on_the_register.items()] if len(people) == 1 else [],
        ),
        do=do,
        done=lambda declared: (
            f"On record: {declared.person} has a conflict on this item. The chair says how it is handled."
        ),
        heading="Declare a conflict of interest" if len(people) == 1 else "Enter a conflict of interest",
        lede=one.title,
        submit="Declare it" if len(people) == 1 else "Enter it",
        nothing=_over(request, one),
    )


@writes(forms.HandleForm)
def handle(request: HttpRequest, pk: int) -> HttpResponse:
    """How somebody’s conflict is handled, before the meeting or at it."""
    one = _recorded(request, pk)
    people = {str(who.person.pk): who.person for who in queries.conflicts(one) if who.there}
    chairs = {str(who.pk): who for who in queries.chairs(one)}
    meetings = {str(later.pk): later for later in queries.meetings_to_come(one)}
    nothing = _over(request, one)
    if not nothing and not people:
        nothing = "Nobody has a conflict on this item."
    if not nothing and not chairs:
        nothing = "Nobody is known who could be in the chair: enter who was at the meeting, or fill the chair’s seat."

    def do(typed: dict[str, Any]) -> Handling:
        moved_to = meetings.get(typed.get("moved_to", "")) if typed["how"] == How.MOVED else None
        handled = Handled(int(typed["person"]), typed["how"], typed["reason"], moved_to)
        return deciding.handle(by=request.user, item=one, chair=chairs[typed["chair"]], handled=[handled])[0]

    return _on_the_item(
        request,
        one,
        form=forms.HandleForm(
            posted(request),
            people=[(key, who.name) for key, who in people.items()],
            chairs=[(key, who.name) for key, who in chairs.items()],
            meetings=[(key, words.day(later.day)) for key, later in meetings.items()],
            initial={"person": request.GET.get("person", ""), "chair": next(iter(chairs), "")},
        ),
        do=do,
        done=lambda row: f"{row.person}: {row.get_how_display().lower()}.",
        heading="How a conflict is handled",
        lede=one.title,
        submit="Record it",
        nothing=nothing,
    )


@writes(forms.RecordForm)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """All of an item on one screen: conflicts and how they are handled, votes, what was decided and why."""
    one = _recorded(request, pk)
    asat, still_open = asat_of(request), [who for who in queries.conflicts(one) if who.there]
    chairs = {str(who.pk): who for who in queries.chairs(one)}
    possible = outcomes.possible(one)
    nothing = _over(request, one)
    if not nothing and one.meeting.state != MeetingState.HELD:
        nothing = "The meeting has not been held yet, or nobody has entered who was there. That comes first."
    elif not nothing and not possible:
        nothing = "Nothing is asked of the body about this any more, so there is nothing to record."
    form = forms.RecordForm(
        posted(request),
        chairs=[(key, who.name) for key, who in chairs.items()],
        conflicts=still_open,
        voters=governance.voters(one.meeting),
        possible=possible,
        parts=outcomes.parts(one),
        meetings=queries.meetings_to_come(one),
        after=one.meeting.day,
        initial={"chair": next(iter(chairs), "")},
    )

    def given() -> dict[str, Any]:
        return {
            "by": request.user,
            "item": one,
            "chair": chairs[form.cleaned_data["chair"]],
            "handled": form.handled,
            "cast": form.cast,
            "resolution": form.resolution,
            "post": queries.post_of(request.user, one),
        }

    return _on_the_item(
        request,
        one,
        form=form,
        do=lambda typed: deciding.record(**given()),
        done=lambda made: f"Recorded: {made}." if isinstance(made, Decision) else _handled(made),
        to=lambda made: (
            link(asat, "decisions:decision_detail", made.pk) if isinstance(made, Decision) else _page(asat, one)
        ),
        cancel=_page(asat, one),
        effect=lambda typed: _effect(one, deciding.rehearse(**given()), form),
        heading=one.title,
        lede=one.get_task_display(),
        submit="Record it",
        nothing=nothing,
        template="decisions/record.html",
        of_item=one,
        fields_of_refusals={
            "reasons": "reasons",
            "conditions": "conditions",
            "sections": "sections",
            "outcome": "outcome",
            "no_until": "until",
        },
    )


def _handled(made: list[Handling]) -> str:
    return " ".join(f"{one.person}: {one.get_how_display().lower()}." for one in made)


def _effect(one: Item, made: Decision | list[Handling], form: forms.RecordForm) -> Effect:
    """What is about to be on record for good."""
    handled = made if isinstance(made, list) else []
    names = {who.person.pk: who.person.name for who in form.conflicts}
    sentences = [f"{names.get(row.person, row.person)}: {How(row.how).label.lower()}." for row in form.handled]
    warnings = []
    if isinstance(made, Decision):
        sentences.append(f"{one.meeting.body}: {made.label}. {wording.counted(made)}".strip())
        if made.conditions:
            sentences += [
                f"Condition: {text}{', by ' + words.day(due) if due else ''}." for text, due in wording.conditions(made)
            ]
        cast = (made.votes_for or 0) + (made.votes_against or 0) + (made.abstained or 0)
        if made.voted and made.could_vote is not None and cast < made.could_vote:
            missing = made.could_vote - cast
            who = words.plural(missing, "person who could vote has", "people who could vote have")
            warnings.append(f"{who} no vote.")
        kept = made.document
        limit, asked = (kept["terms"] or {}).get("limit"), kept["asked"]
        if limit and asked and Decimal(asked) > Decimal(limit):
            sums = f"{words.pounds(asked, 2)}, more than the {words.pounds(limit, 2)}"
            warnings.append(f"It asks for {sums} this body decides on alone.")
        warnings.append("A decision stays as it was taken: it can’t be changed afterwards, or taken back.")
    elif any(row.how == How.MOVED for row in handled):
        warnings.append("It comes off this agenda, and conflicts that were declared go with it.")
    return Effect(sentences=sentences, warnings=warnings)


# Decisions -----------------------------------------------------------------------------------------------


class DecisionList(ListPage):
    """What bodies decided, the latest first, up to the day."""

    title = "Decisions"
    noun = ("decision", "decisions")
    filterset_class = DecisionFilters
    table_class = DecisionTable
    default_sort = "-day"
    shape = shapes.DecisionItem
    csv_columns = {
        "item": "item__title",
        "kind": "item__kind",
        "key": "item__key",
        "body": "body",
        "asked": "item__task",
        "day": "day",
        "outcome": "outcome",
        "label": "label",
        "reasons": "reasons",
        "votes_for": "votes_for",
        "votes_against": "votes_against",
        "abstained": "abstained",
        "could_vote": "could_vote",
        "quorum": "quorum",
        "conflicted": "conflicted",
    }
    empty_title = "No decision is there"
    empty_text = "What a body decides is recorded on its meeting’s page, item by item."

    def permit(self) -> None:
        require(self.request.user, SEE)

    def queryset(self) -> QuerySet[Any]:
        return queries.listed_decisions(self.request.user, self.asat)


@require_safe
@reads(shapes.decision)
def decision_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A decision as it was taken: who was there, conflicts and how they were handled, the votes, the reasons."""
    decision: Decision = get_object_or_404(queries.decisions(request.user), pk=pk)
    one = decision.item
    found = named(request.user, asat_of(request), [(one.kind, one.key)]).get((one.kind, one.key)) if one.kind else None
    context = {
        "decision": decision,
        "kept": decision.document,
        "counted": wording.counted(decision),
        "record": found,
        "sections": sections(request, "decision", str(decision.pk)),
        "conditions": wording.conditions(decision),
        "parts": wording.parts(decision),
        "breadcrumbs": [_crumb(asat_of(request), "Decisions", "decisions:decision_list")],
    }
    return show(request, "decisions/decision.html", context)
