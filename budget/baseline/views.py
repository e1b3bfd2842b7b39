"""Rounds, a practice's answers section by section, links and workbooks, and the numbers of what was sent in."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from budget.baseline import figures, forms, limits, queries, services, shapes, workbook
from budget.baseline.filters import ProgressFilters, RoundFilters, VacancyFilters
from budget.baseline.questions import ROLES, WORKFORCE, Section, section_of
from budget.baseline.tables import ProgressTable, RoundTable, VacancyTable
from cc2h.accounts.authority import Action, can, require
from cc2h.kit import exports, history, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, sends_bytes, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage

ENTER, VIEW = Action.ENTER_CLAIM, Action.VIEW_CLAIM
Crumbs = Sequence[Mapping[str, str]]


def _round_crumbs(asat: AsAt) -> list[Mapping[str, str]]:
    return [{"text": "Baseline assessment", "href": link(asat, "baseline:round_list")}]


def _crumbs(asat: AsAt, assessment: Any) -> list[Mapping[str, str]]:
    page = link(asat, "baseline:practice_list", query={"round": assessment.slug})
    return [*_round_crumbs(asat), {"text": assessment.name, "href": page}]


def _page(asat: AsAt, one: queries.Answering) -> str:
    return link(asat, "baseline:practice_detail", one.assessment.slug, one.practice.ods_code)


def _answering(request: HttpRequest, slug: str, ods_code: str) -> queries.Answering:
    """The practice in the round; 404 where its answers are not the reader's to see."""
    found = queries.answering(request.user, slug, ods_code, asat_of(request))
    if found is None:
        raise Http404
    return found


def _theirs(request: HttpRequest, slug: str, ods_code: str) -> queries.Answering:
    """The same, for somebody who may answer for it."""
    found = _answering(request, slug, ods_code)
    require(request.user, ENTER, found.subject)
    return found


def _behalf(user: Any, one: queries.Answering) -> bool:
    return not one.own(user)


# Rounds -----------------------------------------------------------------------------------------------


class RoundList(ListPage):
    """The rounds of the assessment, the newest first."""

    title = "Baseline assessment"
    noun = ("round", "rounds")
    filterset_class = RoundFilters
    table_class = RoundTable
    default_sort = "-opens"
    shape = shapes.RoundItem
    template_name = "baseline/rounds.html"
    empty_title = "No round has been opened"
    empty_text = "A round asks practices about their workforce, estates and digital. Payment never waits for it."
    csv_columns = {
        "round": "slug",
        "name": "name",
        "commissioner": "commissioner__ods_code",
        "opens": "opens",
        "due": "due",
        "questions": "questions",
        "sent": "sent",
    }

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> Any:
        return queries.rounds(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {"may_add": queries.commissioners_that_ask(self.request.user)}


@writes(forms.RoundForm)
def round_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """The commissioner asks its practices."""
    asat = asat_of(request)
    commissioner = get_object_or_404(queries.find_commissioner(request.user, ods_code))
    require(request.user, Action.CHANGE_SERVICE, commissioner)
    return act(
        request,
        form=forms.RoundForm(posted(request)),
        do=lambda typed: services.add_round(by=request.user, commissioner=commissioner, **typed),
        done=lambda made: f"{made} is there, from {words.day(made.opens)} to {words.day(made.due)}.",
        to=link(asat, "baseline:round_list"),
        heading="Open a round of the assessment",
        caption=commissioner.name,
        lede="Every active practice of the commissioner is asked.",
        submit="Open the round",
        breadcrumbs=_round_crumbs(asat),
    )


@writes(forms.RoundChangeForm)
def round_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Another name, or other days."""
    asat = asat_of(request)
    assessment = get_object_or_404(queries.find_round(request.user, slug))
    require(request.user, Action.CHANGE_SERVICE, assessment)
    initial = {name: getattr(assessment, name) for name in ("name", "opens", "due")}
    return act(
        request,
        form=forms.RoundChangeForm(posted(request), initial=initial | {"seen": history.version(assessment)}),
        do=lambda typed: services.change_round(by=request.user, assessment=assessment, **typed),
        done=lambda changed: f"{changed} is saved.",
        to=link(asat, "baseline:practice_list", query={"round": assessment.slug}),
        heading="Change the round",
        caption=assessment.name,
        submit="Save",
        breadcrumbs=_crumbs(asat, assessment),
    )


class PracticeList(ListPage):
    """The practices that a round asks, and how far they are."""

    title = "Answers of practices"
    noun = ("practice", "practices")
    filterset_class = ProgressFilters
    table_class = ProgressTable
    default_sort = "name"
    shape = shapes.ProgressItem
    template_name = "baseline/practices.html"
    csv_columns = {
        "ods_code": "ods_code",
        "name": "name",
        "chin": "chin_slug",
        "chin_name": "chin_name",
        "state": "state",
        "sections_saved": "saved",
        "sections_done": "done",
        "sent_on": "sent_on",
        "late": "late",
    }

    def permit(self) -> None:
        require(self.request.user, VIEW)
        self.assessment = queries.round_asked(self.request.user, self.request.GET.get("round", ""), self.asat)

    def queryset(self) -> Any:
        return queries.progress(self.request.user, self.assessment, self.asat)

    def table(self, filterset: Any, rows: Sequence[Any]) -> Any:
        table: Any = super().table(filterset, rows)
        table.round = self.assessment.slug if self.assessment else ""
        return table

    def context(self) -> dict[str, Any]:
        one, user = self.assessment, self.request.user
        return {
            "assessment": one,
            "chins": queries.chin_choices(user, one, self.asat) if one and can(user, VIEW) else [],
            "may_change": bool(one and can(user, Action.CHANGE_SERVICE, one)),
            "sums": bool(one and can(user, VIEW, one)),
            "sums_of": self._chin() if one else None,
            "breadcrumbs": _round_crumbs(self.asat),
        }

    def _chin(self) -> Any:
        """The CHIN whose numbers the reader may see: the one filtered by, or their only one."""
        user: Any = self.request.user
        choices = queries.chin_choices(user, self.assessment, self.asat)
        asked = self.request.GET.get("chin", "") or (choices[0][0] if len(choices) == 1 else "")
        found = queries.find_chin(user, self.assessment, asked).first() if asked and self.assessment else None
        return found if found is not None and can(user, VIEW, found) else None


class VacancyList(ListPage):
    """Vacant posts of practices, as they were sent in."""

    title = "Vacant posts"
    noun = ("role with vacant posts", "roles with vacant posts")
    filterset_class = VacancyFilters
    table_class = VacancyTable
    default_sort = "-vacancies"
    shape = shapes.VacancyItem
    template_name = "baseline/vacancies.html"
    csv_columns = {
        "ods_code": "practice",
        "practice": "practice_name",
        "chin": "chin",
        "chin_name": "chin_name",
        "role": "role",
        "vacancies": "vacancies",
        "vacant_wte": "vacant_wte",
        "sent_on": "sent_on",
    }

    def permit(self) -> None:
        require(self.request.user, VIEW)
        self.assessment = queries.round_asked(self.request.user, self.request.GET.get("round", ""), self.asat)

    def queryset(self) -> Any:
        return queries.vacancies(self.request.user, self.assessment, self.asat)

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": _crumbs(self.asat, self.assessment) if self.assessment else _round_crumbs(self.asat)}


# One practice -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """A section as the list of tasks has it."""

    section: Section
    saved: Any
    state: str
    filled_from: str
    shown: bool  # whether the reader is shown its answers
    rows: Sequence[tuple[str, str]]  # question and answer, of those that are stated


def _task(one: queries.Answering, section: Section, saved: Any, asat: AsAt, *, may: bool, exact: bool) -> Task:
    shown = exact or section.key != WORKFORCE
    told = saved.answers if saved and shown else {}
    filled = queries.filled(one, section, asat).source if may and saved is None else ""
    return Task(
        section,
        saved,
        "not-started" if saved is None else "done" if saved.done else "in-progress",
        filled,
        shown,
        [
            (question.label, question.written(told[question.key]))
            for question in section.questions
            if question.key in told
        ],
    )


def _state(tasks: Sequence[Task], submissions: Sequence[Any]) -> str:
    saved = [task.saved for task in tasks if task.saved is not None]
    if submissions:
        return "sent" if {one.pk for one in saved} == {*submissions[0].versions} else "changed"
    if all(task.state == "done" for task in tasks):
        return "ready"
    return "in-progress" if saved else "not-started"


def _hushed(entries: Iterable[history.Entry], *, exact: bool) -> list[history.Entry]:
    """Without what was changed, for a reader who is not shown small counts."""
    return [one if exact else history.Entry(one.when, one.who, one.what, (), one.request) for one in entries]


@require_safe
@reads(shapes.answers)
def practice_detail(request: HttpRequest, slug: str, ods_code: str) -> HttpResponse:
    """A practice's answers: the sections and their states, what it answered, links, and every version."""
    asat, user = asat_of(request), request.user
    one = _answering(request, slug, ods_code)
    may, exact = bool(can(user, ENTER, one.subject)), queries.exact(one, user)
    newest = queries.newest_saved(one, asat)
    tasks = [
        _task(one, section, newest.get(section.key), asat, may=may, exact=exact) for section in queries.sections_of(one)
    ]
    submissions = queries.submissions_of(one, asat)
    entries = queries.entries_of(one, queries.versions_of(one, asat), submissions)
    opened = one.assessment.opens <= asat.today
    context = {
        "one": one,
        "tasks": tasks,
        "done": sum(task.state == "done" for task in tasks),
        "state": _state(tasks, submissions),
        "states": queries.STATES,
        "submissions": submissions,
        "may": may and opened,
        "exact": exact,
        "differs": _differs(one, newest.get("practice")),
        "links": [(made, _link_address(request, made), _open(made, asat)) for made in queries.links_of(one)]
        if may
        else [],
        "history": _hushed(entries, exact=exact),
        "breadcrumbs": _crumbs(asat, one.assessment),
    }
    return show(request, "baseline/practice.html", context)


def _differs(one: queries.Answering, saved: Any) -> list[tuple[str, str, str]]:
    """What the practice says of itself otherwise than the register: what, theirs, the register's."""
    said, held = saved.answers if saved else {}, queries.registered(one)
    section = section_of(one.assessment.questions, "practice")
    assert section is not None
    return [
        (section.question(key).label, section.question(key).written(said[key]), section.question(key).written(value))
        for key, value in held.items()
        if key in said and said[key] != value
    ]


def _open(made: Any, asat: AsAt) -> bool:
    return made.withdrawn_on is None and made.expires_on >= asat.today


def _link_address(request: HttpRequest, made: Any) -> str:
    return request.build_absolute_uri(reverse("baseline:linked", args=[services.token_of(made)]))


def _section(one: queries.Answering, key: str) -> Section:
    found = section_of(one.assessment.questions, key)
    if found is None:
        raise Http404
    return found


def _opening(one: queries.Answering, section: Section, asat: AsAt) -> tuple[dict[str, Any], str, Any]:
    """What the section's form opens with, from where that is if it is not saved, and the version that holds."""
    saved = queries.newest_saved(one, asat).get(section.key)
    filled = queries.Filled() if saved else queries.filled(one, section, asat)
    answers = saved.answers if saved else filled.answers
    return {**answers, "done": bool(saved and saved.done), "seen": saved.number if saved else 0}, filled.source, saved


def _now(asat: AsAt) -> AsAt:
    """What is typed is typed today, whatever day the page before was of."""
    return AsAt(asat.today, None, asat.today)


def _answer(key: str) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest, slug: str, ods_code: str) -> HttpResponse:
        asat, user = asat_of(request), request.user
        one = _theirs(request, slug, ods_code)
        section = _section(one, key)
        initial, source, _ = _opening(one, section, _now(asat))

        def save(typed: dict[str, Any]) -> Any:
            answers, said = forms.answers_of(section, typed)
            return services.save_section(
                by=user,
                assessment=one.assessment,
                practice=one.practice,
                section=section,
                answers=answers,
                today=asat.today,
                on_behalf=_behalf(user, one),
                **said,
            )

        return act(
            request,
            form=forms.FORMS[one.assessment.questions][key](
                posted(request), initial=initial, on_behalf=_behalf(user, one)
            ),
            do=save,
            done=lambda made: f"{section.name} is saved{' and done' if made.done else ''}.",
            to=_page(asat, one),
            heading=section.name,
            caption=str(one),
            lede=section.about,
            submit="Save",
            breadcrumbs=[*_crumbs(asat, one.assessment), {"text": str(one), "href": _page(asat, one)}],
            template="baseline/answer.html",
            source=source,
            section=section,
        )

    answer.__doc__ = f"{forms.NEWEST_FORMS[key].section.name}: saved as a new version; what was saved before stays."
    answer.__name__ = f"answer_{key}"
    return writes(forms.NEWEST_FORMS[key])(answer)


ANSWERS: Mapping[str, Callable[..., HttpResponse]] = {key: _answer(key) for key in forms.NEWEST_FORMS}


@writes(forms.BehalfForm)
def send(request: HttpRequest, slug: str, ods_code: str) -> HttpResponse:
    """The practice's answers are sent in, whole."""
    asat, user = asat_of(request), request.user
    one = _theirs(request, slug, ods_code)
    return act(
        request,
        form=forms.BehalfForm(posted(request), on_behalf=_behalf(user, one)),
        do=lambda typed: services.send(
            by=user,
            assessment=one.assessment,
            practice=one.practice,
            today=asat.today,
            on_behalf=_behalf(user, one),
            **typed,
        ),
        done=lambda sent: "The assessment is sent in. You can still change a section, and send it in again.",
        to=_page(asat, one),
        heading="Send in the assessment",
        caption=str(one),
        lede="It counts in the numbers of its CHIN from now on. What you change later counts once it is sent in again.",
        submit="Send it in",
        breadcrumbs=[*_crumbs(asat, one.assessment), {"text": str(one), "href": _page(asat, one)}],
    )


# Links ------------------------------------------------------------------------------------------------


@writes(forms.DelegateForm)
def delegate(request: HttpRequest, slug: str, ods_code: str, section: str) -> HttpResponse:
    """A link to one section, for somebody without an account."""
    asat = asat_of(request)
    one = _theirs(request, slug, ods_code)
    found = _section(one, section)
    return act(
        request,
        form=forms.DelegateForm(posted(request), today=asat.today),
        do=lambda typed: services.delegate(
            by=request.user,
            assessment=one.assessment,
            practice=one.practice,
            section=found,
            today=asat.today,
            **typed,
        ),
        done=lambda made: f"The link for {made.recipient} stands under “Links”: copy it and send it.",
        to=f"{_page(asat, one)}#links",
        cancel=_page(asat, one),
        heading=f"Let somebody else answer: {found.name}",
        caption=str(one),
        lede="Whoever has the link sees and saves this section, and nothing else. They need no account; their name is kept.",
        submit="Make a link",
        breadcrumbs=[*_crumbs(asat, one.assessment), {"text": str(one), "href": _page(asat, one)}],
    )


@writes(forms.NothingForm)
def link_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A link opens nothing any more."""
    asat = asat_of(request)
    made = get_object_or_404(queries.find_link(pk))
    one = _theirs(request, made.assessment.slug, made.practice.ods_code)
    sentences = [f"The link for {made.recipient} opens nothing any more, at once. What was saved with it stays."]
    return act(
        request,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: services.withdraw(by=request.user, link=made, today=asat.today),
        done=lambda gone: f"The link for {gone.recipient} is withdrawn.",
        to=_page(asat, one),
        effect=lambda typed: Effect(sentences=sentences),
        confirm="Withdraw it",
        heading="Withdraw a link",
        caption=str(one),
        submit="Withdraw it",
        kind="warning",
        breadcrumbs=[*_crumbs(asat, one.assessment), {"text": str(one), "href": _page(asat, one)}],
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def linked(request: HttpRequest, token: str) -> HttpResponse:
    """One section of one practice, for whoever was sent the link: nothing else of the portal opens with it."""
    asat = _now(asat_of(request))
    if limits.too_many(request):
        return render(request, "429.html", status=429)
    made = services.opened_by(token, asat.today)
    one = queries.answering_by(made, asat) if made else None
    if made is None or one is None:
        raise Http404
    response = _by_link(request, token, made, one, asat)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _by_link(request: HttpRequest, token: str, made: Any, one: queries.Answering, asat: AsAt) -> HttpResponse:
    section = _section(one, made.section)
    initial, source, saved = _opening(one, section, asat)

    def save(typed: dict[str, Any]) -> Any:
        answers, said = forms.answers_of(section, typed)
        return services.save_section(
            by=None,
            assessment=one.assessment,
            practice=one.practice,
            section=section,
            answers=answers,
            today=asat.today,
            link=made,
            **said,
        )

    return act(
        request,
        form=forms.FORMS[one.assessment.questions][section.key](
            posted(request),
            initial=initial | {"typed_name": saved.typed_name if saved and saved.link_id == made.pk else ""},
            on_behalf=False,
            by_link=True,
        ),
        do=save,
        done=lambda kept: f"Thank you: it is saved as of {kept.typed_name}. You can come back by the same link.",
        to=lambda kept: request.path,  # nowhere else is theirs to cancel to
        heading=section.name,
        caption=f"{one}, {one.assessment.name}",
        lede=section.about,
        submit="Save",
        template="baseline/answer.html",
        source=source,
        section=section,
        until=made.expires_on,
    )


# Workbooks --------------------------------------------------------------------------------------------


@require_safe
@sends_bytes
def workbook_take_away(request: HttpRequest, slug: str, ods_code: str) -> HttpResponseBase:
    """The practice's assessment as a workbook, filled in as far as it is known."""
    asat = _now(asat_of(request))
    one = _theirs(request, slug, ods_code)
    sheets = []
    for section in queries.sections_of(one):
        initial, source, saved = _opening(one, section, asat)
        told = f"saved on {words.day(saved.day)} by {saved.who}" if saved else f"filled in from {source}: please check"
        sheets.append(workbook.Sheet(section, initial, initial["done"], told))
    titles = {"Name": str(one), "Assessment": one.assessment.name, "Due": words.day(one.assessment.due)}
    file = workbook.write(one.practice.ods_code, one.assessment.slug, titles, sheets)
    name = f"{one.assessment.slug}-{one.practice.ods_code}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=exports.XLSX)


@writes(forms.WorkbookForm, files=True)
def workbook_bring(request: HttpRequest, slug: str, ods_code: str) -> HttpResponse:
    """A practice's workbook comes back; what it would change is shown before anything is."""
    asat, user = asat_of(request), request.user
    one = _theirs(request, slug, ods_code)

    def bring(typed: dict[str, Any]) -> Any:
        file = typed["file"]
        data = file.read()
        found, problems = workbook.read(
            data, file.name, one.practice.ods_code, one.assessment.slug, queries.sections_of(one)
        )
        if not problems:
            problems = _refusals(one, found, asat)
        if problems:
            told = problems[: workbook.MOST_PROBLEMS]
            more = len(problems) - len(told)
            told += [f"And {words.plural(more, 'more problem')}."] if more else []
            raise ValidationError([ValidationError("%(said)s", code="file", params={"said": said}) for said in told])
        return services.bring(
            by=user,
            assessment=one.assessment,
            practice=one.practice,
            file_name=file.name,
            sha256=hashlib.sha256(data).hexdigest(),
            sections=found,
            today=asat.today,
        )

    return act(
        request,
        form=forms.WorkbookForm(posted(request), request.FILES or None),
        do=bring,
        done=lambda made: f"{made.file_name} is read. Nothing is changed until you say yes.",
        to=lambda made: link(asat, "baseline:workbook_take", slug, ods_code, made.pk),
        cancel=_page(asat, one),
        heading="Bring back the workbook",
        caption=str(one),
        lede="It is read, and what it would change is shown before anything is changed.",
        submit="Read it",
        fields_of_refusals={"file": "file"},
        breadcrumbs=[*_crumbs(asat, one.assessment), {"text": str(one), "href": _page(asat, one)}],
    )


def _refusals(one: queries.Answering, found: Mapping[str, Any], asat: AsAt) -> list[str]:
    """What the answers of a workbook, laid over those held, say that can't be; by sheet and question."""
    problems = []
    held = queries.newest_saved(one, _now(asat))
    for section in queries.sections_of(one):
        if section.key not in found:
            continue
        try:
            services.merged(section, held.get(section.key), found[section.key])
        except ValidationError as refusal:
            lines = {question.key: line for line, question in enumerate(section.questions, 2)}
            for error in refusal.error_list:
                key = (error.params or {})["field"]
                label = section.question(key).label
                said = " ".join(error.messages).removeprefix(f"{label}: ")
                problems.append(f"{section.name}, row {lines[key]}, column C (Answer), {label}: {said}")
    return problems


@writes(forms.BehalfForm)
def workbook_take(request: HttpRequest, slug: str, ods_code: str, pk: int) -> HttpResponse:
    """What a workbook says holds from now on."""
    asat, user = asat_of(request), request.user
    one = _theirs(request, slug, ods_code)
    brought = get_object_or_404(queries.waiting_workbook(one, pk))

    def effect(typed: Any) -> Effect:
        held = queries.newest_saved(one, _now(asat))
        rows, sentences = list[Mapping[str, str]](), list[str]()
        for section in queries.sections_of(one):
            if section.key not in brought.sections:
                continue
            saved = held.get(section.key)
            answers, done = services.merged(section, saved, brought.sections[section.key])
            changes = services.differences(section, saved.answers if saved else {}, answers)
            questions = {question.label.lower(): question.label for question in section.questions}
            rows += [
                {
                    "what": f"{section.name}: {questions[one.field]}",
                    "before": one.before,
                    "after": one.after,
                    "change": "",
                }
                for one in changes
            ]
            if done != bool(saved and saved.done):
                sentences.append(f"{section.name} is {'done' if done else 'open again'}.")
        if not rows and not sentences:
            sentences = ["The workbook says what the portal holds: nothing changes."]
        return Effect(sentences=sentences, rows=rows)

    return act(
        request,
        form=forms.BehalfForm(posted(request), on_behalf=_behalf(user, one)),
        do=lambda typed: services.take(
            by=user, workbook=brought, today=asat.today, on_behalf=_behalf(user, one), **typed
        ),
        done=lambda changed: (
            f"{words.plural(len(changed), 'section')} saved from {brought.file_name}."
            if changed
            else f"{brought.file_name} says what the portal holds: nothing changed."
        ),
        to=_page(asat, one),
        effect=effect,
        confirm="Save it",
        heading="What the workbook says",
        caption=str(one),
        lede=f"{brought.file_name}, brought on {words.day(brought.brought_on)}.",
        submit="Save it",
        breadcrumbs=[*_crumbs(asat, one.assessment), {"text": str(one), "href": _page(asat, one)}],
    )


# Numbers ----------------------------------------------------------------------------------------------


@require_safe
@reads(shapes.roll_up, format="csv or xlsx: the rows as a file")
def chin_roll_up(request: HttpRequest, slug: str, chin: str) -> HttpResponseBase:
    """The numbers of a CHIN's practices, by practice and together."""
    asat, user = asat_of(request), request.user
    assessment = get_object_or_404(queries.find_round(user, slug))
    found = get_object_or_404(queries.find_chin(user, assessment, chin))
    require(user, VIEW, found)
    address = link(asat, "baseline:chin_roll_up", slug, found.slug)
    pages = {"unit": "baseline:practice_detail", "head": "Practice", "name": found.name}
    return _roll_up(request, assessment, queries.of_chin(user, assessment, found, asat), address, pages)


@require_safe
@reads(shapes.roll_up, format="csv or xlsx: the rows as a file")
def commissioner_roll_up(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The numbers of a commissioner's CHINs, by CHIN and together."""
    asat, user = asat_of(request), request.user
    assessment = get_object_or_404(queries.find_round(user, slug))
    require(user, VIEW, assessment)
    address = link(asat, "baseline:commissioner_roll_up", slug)
    local = assessment.commissioner.local_word
    pages = {"unit": "baseline:chin_roll_up", "head": local, "name": assessment.commissioner.name}
    return _roll_up(request, assessment, queries.of_commissioner(user, assessment, asat), address, pages)


def _roll_up(
    request: HttpRequest, assessment: Any, found: queries.RollUp, address: str, pages: Mapping[str, str]
) -> HttpResponseBase:
    asat = asat_of(request)
    if exports.wanted(request):
        title = f"{assessment.name} {pages['name']}"
        return exports.table_response(request, title, asat.day, figures.HEADER, figures.lines(found))
    cards = figures.cards(found, asat, address)
    context = {
        "assessment": assessment,
        "found": found,
        "cards": cards,
        "shown": [figures.shown_as(card, found) for card in cards],
        "rows": figures.rows(found.units),
        "total": figures.row(found.total),
        "of_how_many": figures.of_how_many(found.total),
        "addresses": [_unit_page(asat, assessment, unit, pages["unit"]) for unit in found.units],
        "roles": [*ROLES.values()],
        "address": address,
        "head": pages["head"],
        "heading": f"Workforce of {pages['name']}",
        "breadcrumbs": _crumbs(asat, assessment),
    }
    return show(request, "baseline/roll_up.html", context)


def _unit_page(asat: AsAt, assessment: Any, unit: queries.Unit, page: str) -> str:
    return "" if unit.key == queries.NO_CHIN else link(asat, page, assessment.slug, unit.key)
