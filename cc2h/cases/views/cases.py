"""The list of cases, the pipeline, one's own, a case's page, and the steps of its life that are its CHIN's."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, can, require
from cc2h.cases import drafting, figures, forms, hooks, proportion, queries, services, shapes, submitting
from cc2h.cases.excluded import area_of
from cc2h.cases.filters import CaseFilters
from cc2h.cases.models import Excluded
from cc2h.cases.sections import BY_KEY
from cc2h.cases.states import OVER, CaseState, Event, allowed
from cc2h.cases.tables import CaseTable
from cc2h.cases.views.finding import be_there, crumbs, find, may_write, on_case, page, record_of
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.shapes import history as shape_of_history
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import asat_of
from cc2h.kit.links import Addresses, link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import Section, sections

VIEW, WRITE, SHAPE = Action.VIEW_CASE, Action.WRITE_CASE, Action.SHAPE_CASE


class CaseList(ListPage):
    """Business cases as at the day, the newest first."""

    title = "Business cases"
    noun = ("case", "cases")
    filterset_class = CaseFilters
    table_class = CaseTable
    default_sort = "-number"
    shape = shapes.CaseItem
    template_name = "cases/list.html"
    csv_columns = {
        "number": "number",
        "title": "title",
        "chin": "chin__slug",
        "chin_name": "chin__name",
        "commissioner": "commissioner__ods_code",
        "topic": "topic",
        "outside": "excluded",
        "state": "state_on",
        "since": "since_on",
        "days": "days",
        "asked": "asked_on",
    }
    empty_title = "No business case"
    empty_text = (
        "A business case begins as an idea of a CHIN. Ideas and drafts are seen by their CHIN and who shapes them."
    )

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> QuerySet[Any]:
        return queries.cases(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {"may_add": bool(can(self.request.user, WRITE))}


@require_safe
@reads(shapes.pipeline)
def pipeline(request: HttpRequest) -> HttpResponse:
    """The pipeline: cases by stage, those that have been in their state longest first."""
    asat, user = asat_of(request), request.user
    require(user, VIEW)
    columns, over = queries.pipeline(user, asat)
    context = {
        "heading": "Pipeline",
        "columns": [(one, figures.of_column(one, asat)) for one in columns],
        "address": Addresses(asat).of,
        "over": [(state, figures.over(state, number, asat)) for state, number in over],
        "may_add": bool(can(user, WRITE)),
        "breadcrumbs": crumbs(asat),
    }
    return show(request, "cases/pipeline.html", context)


@require_safe
@reads(shapes.mine)
def mine(request: HttpRequest) -> HttpResponse:
    """One's own cases that are not over, what is asked of one, and what comes next."""
    asat, user = asat_of(request), request.user
    require(user, WRITE)
    found = queries.mine(user, asat)
    context = {
        "heading": "My business cases",
        "mine": found,
        "sections": sections(request, "own-cases", ""),
        "breadcrumbs": crumbs(asat),
    }
    return show(request, "cases/mine.html", context)


# A case -----------------------------------------------------------------------------------------------


@require_safe
@reads(shapes.case)
def case_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A case: what is asked and what lacks while it is written, what was submitted, where it is, what happened."""
    asat, user = asat_of(request), request.user
    found = queries.whole(user, number, asat)
    if found is None:
        raise Http404
    case = found.case
    if not found.steps:
        be_there(request, case)
    state = case.state
    writes_it = may_write(user, case)
    writable = writes_it and state in drafting.WRITABLE and asat.is_today
    written = queries.written(found)
    record = record_of(case, submitted=bool(found.submissions))
    first, last = _in_order(sections(request, "case", case.number, record))
    flag = area_of(case.title, case.problem) if case.excluded else None
    context = {
        "case": case,
        "state": state,
        "written": written,
        "writable": writable,
        "flag": Excluded(case.excluded).label if case.excluded else "",
        "flag_words": flag.words if flag else "",
        "who_decides": hooks.who_decides(case, written.asked, asat.today) if writable else "",
        "reopened": state == CaseState.RETURNED and not all(task.open for task in written.tasks),
        "parts": [] if writable else queries.parts_of(written),
        "tried": queries.tried(user, case) if state in drafting.WRITABLE else [],
        "steps": found.steps,
        "submissions": found.submissions,
        "authors": found.authors,
        "acts": _acts(user, case) if asat.is_today else [],
        "can_submit": writable and state in submitting.SUBMITTABLE,
        "submit_text": "Send it in again" if state == CaseState.RETURNED else "Send to my CHIN for sponsorship",
        "may_see_history": bool(can(user, Action.VIEW_HISTORY, case)),
        "sections": first,
        "hanging": last,
        "breadcrumbs": crumbs(asat),
    }
    return show(request, "cases/case.html", context)


def _in_order(found: Sequence[Section]) -> tuple[list[Section], list[Section]]:
    """What other rooms show of the case itself; and last what hangs on any record, actions and comments."""
    hanging = [one for one in found if one.template.startswith(("delivery/", "comments/"))]
    return [one for one in found if one not in hanging], hanging


def _acts(user: Any, case: Any) -> list[Mapping[str, Any]]:
    """What this person may do with the case today, besides writing it."""
    writes_it, shapes_it = may_write(user, case), bool(can(user, SHAPE, case))
    ways: list[tuple[bool, str, str]] = [
        (shapes_it and allowed(Event.TAKEN_UP, case.state), "take_up", "Take the idea up"),
        ((writes_it or shapes_it) and case.state in drafting.WRITABLE, "case_edit", "Change title or topic"),
        (writes_it and case.state not in OVER, "author_add", "Name an author"),
        (writes_it and case.state not in OVER, "author_end", "An author leaves"),
        (writes_it and allowed(Event.WITHDRAWN, case.state), "withdraw", "Withdraw"),
        (writes_it and allowed(Event.REOPENED, case.state), "reopen", "Open it again"),
    ]
    return [{"name": name, "text": text} for may, name, text in ways if may]


@require_safe
@reads(shape_of_history)
def case_history(request: HttpRequest, number: str) -> HttpResponse:
    """Who changed what of the case itself; what was written has its versions."""
    asat = asat_of(request)
    case = find(request, number, Action.VIEW_HISTORY)
    context = {"name": str(case), "entries": queries.history_of(case), "breadcrumbs": crumbs(asat, case)}
    return show(request, "kit/history.html", context)


@require_safe
@reads(shapes.summary)
def summary(request: HttpRequest, number: str) -> HttpResponse:
    """The case on one page, as it was last submitted, for those who advise and decide."""
    asat = asat_of(request)
    case = find(request, number)
    context = {
        "case": case,
        "sections": sections(request, "case-summary", case.number, record_of(case)),
        "one_page": queries.one_page(case),
        "breadcrumbs": crumbs(asat, case),
    }
    return show(request, "cases/summary_page.html", context)


# The idea ---------------------------------------------------------------------------------------------


def add_choice(request: HttpRequest) -> HttpResponse:
    """For which CHIN an idea is put forward."""
    asat = asat_of(request)
    require(request.user, WRITE)
    chins = queries.chins_to_write_for(request.user)
    if len(chins) == 1 and call_of(request) is None:
        return HttpResponseRedirect(link(asat, "cases:case_add", chins[0].slug))
    return show(
        request, "cases/add.html", {"heading": "Put an idea forward", "chins": chins, "breadcrumbs": crumbs(asat)}
    )


@writes(forms.IdeaForm)
def case_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Put forward an idea of a CHIN."""
    asat = asat_of(request)
    chin = get_object_or_404(queries.find_chin(request.user, slug))
    require(request.user, WRITE, chin)

    def do(typed: dict[str, Any]) -> Any:
        flag = area_of(typed["title"], typed["problem"])
        return services.put_forward(
            by=request.user,
            chin=chin,
            **typed,
            today=asat.today,
            excluded=flag.area if flag else "",
            post=queries.post_of(request.user, WRITE, chin),
        )

    return act(
        request,
        form=forms.IdeaForm(posted(request)),
        do=do,
        done=lambda case: f"{case} is put forward. You can write it out at once.",
        to=lambda case: page(asat, case),
        cancel=link(asat, "cases:case_list"),
        heading="Put an idea forward",
        caption=chin.name,
        lede="The SPoC of the CHIN takes it up and shapes it with you.",
        submit="Put it forward",
        breadcrumbs=crumbs(asat),
    )


@writes(forms.ChangeIdeaForm)
def case_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Another title, problem or topic, while the case is written."""
    case = find(request, number)
    shapes_it = bool(can(request.user, SHAPE, case))
    if not shapes_it:
        require(request.user, WRITE, case)
    initial = {name: getattr(case, name) for name in ("title", "problem", "topic", "excluded")}
    return on_case(
        request,
        case,
        form=forms.ChangeIdeaForm(posted(request), shapes=shapes_it, initial=initial | {"seen": history.version(case)}),
        do=lambda typed: drafting.change_idea(by=request.user, case=case, **typed),
        done=lambda changed: f"{changed} is saved.",
        heading="Change title, problem or topic",
        submit="Save",
    )


@writes(forms.AuthorForm)
def author_add(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody writes the case with its CHIN."""
    case = find(request, number, WRITE)
    today = asat_of(request).today
    people = {one.pk: one for one in queries.could_write(case, today)}
    over = case.state in OVER
    return on_case(
        request,
        case,
        form=forms.AuthorForm(posted(request), people=[(pk, one.name) for pk, one in people.items()]),
        do=lambda typed: drafting.name_author(by=request.user, case=case, person=people[typed["person"]], day=today),
        done=lambda author: f"{author.person} is an author of {case.number}.",
        heading="Name an author",
        lede="An author is told what happens to the case, and has a conflict of interest when it is decided on. "
        "Whoever saves a section is one without being named.",
        submit="Name them",
        nothing="Nobody writes the case any more." if over else "" if people else "Everybody who could is one already.",
    )


@writes(forms.AuthorForm)
def author_end(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody does not write the case any more."""
    case = find(request, number, WRITE)
    authors = queries.authors_now(case)
    return on_case(
        request,
        case,
        form=forms.AuthorForm(posted(request), people=[(pk, one.person.name) for pk, one in authors.items()]),
        do=lambda typed: drafting.end_author(
            by=request.user, author=authors[typed["person"]], day=asat_of(request).today
        ),
        done=lambda author: f"{author.person} does not write {case.number} any more.",
        heading="An author leaves",
        lede="They hear no more of the case. That they wrote it stays on record: conflicts of interest are judged by it.",
        submit="They leave",
        nothing="" if authors else "The case has no author.",
    )


@writes(forms.TakeUpForm)
def take_up(request: HttpRequest, number: str) -> HttpResponse:
    """The idea is taken up, to be shaped with its CHIN."""
    case = find(request, number, SHAPE)
    flag = area_of(case.title, case.problem)
    said = f"“{flag.words}” stands in it, which may fall in: {flag.area.label.lower()}." if flag else ""
    return on_case(
        request,
        case,
        form=forms.TakeUpForm(posted(request), initial={"excluded": case.excluded}),
        do=lambda typed: drafting.take_up(
            by=request.user,
            case=case,
            day=asat_of(request).today,
            post=queries.post_of(request.user, SHAPE, case),
            **typed,
        ),
        done=lambda taken: f"{taken} is taken up.",
        heading="Take the idea up",
        lede=f"{case.title}. {said}".strip(),
        submit="Take it up",
    )


# Sending it in, and back ------------------------------------------------------------------------------


@writes(forms.NothingForm)
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Send the case into governance; refused with all that lacks."""
    asat = asat_of(request)
    case = find(request, number, WRITE)
    found = queries.whole(request.user, number, asat)
    if found is None:
        raise Http404
    written = queries.written(found)
    decides = hooks.who_decides(case, written.asked, asat.today)

    def effect(typed: Mapping[str, Any]) -> Effect:
        said = [f"It asks for {words.pounds(written.asked, 2)}, on the {written.length} form."] if written.asked else []
        said += [f"{decides[:1].upper()}{decides[1:]}."] if decides else []
        warnings = [
            f"{one.person.name} has typed in “{BY_KEY[one.section].title}” and not saved it. It would not be submitted."
            for one in written.unsaved
        ]
        return Effect(
            sentences=[*said, "It is frozen as it is written now, and a PDF is made of it."], warnings=warnings
        )

    return on_case(
        request,
        case,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: submitting.submit(
            by=request.user, case=case, day=asat.today, post=queries.post_of(request.user, WRITE, case)
        ),
        done=lambda submission: f"{case} is submitted.",
        effect=None if written.lacks else effect,
        heading="Send it in again" if case.state == CaseState.RETURNED else "Send the case in",
        nothing="It can be sent in once nothing lacks." if written.lacks else "",
        lacks=[(one, BY_KEY[one.section].title) for one in written.lacks],
        template="cases/submit.html",
        submit="Send it in",
    )


@writes(forms.WhyForm)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """The CHIN takes the case back."""
    case = find(request, number, WRITE)
    return on_case(
        request,
        case,
        form=forms.WhyForm(posted(request)),
        do=lambda typed: submitting.withdraw(
            by=request.user,
            case=case,
            day=asat_of(request).today,
            post=queries.post_of(request.user, WRITE, case),
            **typed,
        ),
        done=lambda _: f"{case} is withdrawn.",
        heading="Withdraw the case",
        lede="Nobody decides on it any more. What was written and submitted stays, and it can be opened again as a draft.",
        submit="Withdraw it",
        kind="warning",
    )


@writes(forms.WhyForm)
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """A case that was withdrawn or declined is written again."""
    case = find(request, number, WRITE)
    return on_case(
        request,
        case,
        form=forms.WhyForm(posted(request)),
        do=lambda typed: submitting.reopen(
            by=request.user,
            case=case,
            day=asat_of(request).today,
            post=queries.post_of(request.user, WRITE, case),
            **typed,
        ),
        done=lambda _: f"{case} is open again.",
        heading="Open the case again",
        lede="It is a draft again, with all that was written; an idea that nobody had taken up is an idea again. What was "
        "submitted before stays as it was.",
        submit="Open it again",
    )


# How long the form is ---------------------------------------------------------------------------------


@require_safe
@reads(shapes.limits)
def form_length(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Up to which sum the short form is enough, and which sections each form asks."""
    asat = asat_of(request)
    commissioner = get_object_or_404(queries.find_commissioner(request.user, ods_code))
    context = {
        "commissioner": commissioner,
        "limit": proportion.limit_on(commissioner.pk, asat.day),
        "rules": queries.limits_of(commissioner),
        "shipped": proportion.SHIPPED,
        "asked": BY_KEY.values(),
        "may_change": bool(can(request.user, Action.KEEP_ROUTE, commissioner)),
        "breadcrumbs": crumbs(asat),
    }
    return show(request, "cases/form_length.html", context)


@writes(forms.LimitForm)
def form_length_set(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Another sum up to which the short form is enough, from a day."""
    asat = asat_of(request)
    commissioner = get_object_or_404(queries.find_commissioner(request.user, ods_code))
    require(request.user, Action.KEEP_ROUTE, commissioner)
    return act(
        request,
        form=forms.LimitForm(posted(request), today=asat.today, initial={"from_day": asat.today}),
        do=lambda typed: proportion.set_limit(by=request.user, commissioner=commissioner, today=asat.today, **typed),
        done=lambda rule: (
            f"From {words.day(rule.from_day)} the short form is enough up to {words.pounds(rule.limit, 2)}. "
            "What is submitted before keeps its form."
        ),
        to=link(asat, "cases:form_length", commissioner.ods_code),
        heading="Set how long the form is",
        caption=commissioner.name,
        submit="Set it",
        breadcrumbs=[*crumbs(asat), {"text": "Length of the form", "href": link(asat, "cases:form_length", ods_code)}],
    )
