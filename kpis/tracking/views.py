"""The pages of series: one of them with its chart, many as icons, and what truly changed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, can, require
from cc2h.kit import exports, history, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import NotADay, parse_day
from cc2h.kit.handing import hand_out
from cc2h.kit.links import link, this_page
from kpis.models import Definition, Initiative, Level, Measure
from kpis.rollup import Way
from kpis.series import series_of
from kpis.tracking import documents, forms, pages, queries, services, shapes
from kpis.tracking.judging import judge
from kpis.tracking.models import RebaseState, TrajectoryWay
from kpis.tracking.queries import Subject
from kpis.tracking.services import At
from kpis.whose import PRACTICE, PROGRAMME, Whose

VIEW, WRITE, DECIDE, SET = (
    Action.VIEW_REGISTER,
    Action.JUDGE_SERIES,
    Action.APPROVE_BASELINE,
    Action.SET_TARGETS,
)
MONTH = timedelta(days=31)


def _find(request: HttpRequest, code: str, kind: str, key: str, action: Action = VIEW) -> tuple[Measure, Subject]:
    """The measure and the organisation, for somebody who may do this there; 404 where either is not theirs to see."""
    measure = get_object_or_404(queries.measures(request.user), code=code)
    subject = queries.find_subject(request.user, asat_of(request), kind, key)
    if subject is None:
        raise Http404
    if action is not VIEW:
        require(request.user, action, subject)
    return measure, subject


def _of_row(request: HttpRequest, row: Any, action: Action) -> Subject:
    """Whose series something is of."""
    model = queries.MODELS.get(row.kind)
    key = (
        PROGRAMME
        if model is None
        else str(getattr(get_object_or_404(model, pk=row.organisation), queries.KEYS[row.kind]))
    )
    return _find(request, row.measure.code, row.kind, key, action)[1]


def _crumbs(asat: AsAt, measure: Measure, whose: Whose, name: str = "") -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [
        {"text": "Measures", "href": link(asat, "kpis:measure_list")},
        {"text": measure.code, "href": link(asat, "kpis:measure_detail", measure.code)},
    ]
    return [*crumbs, {"text": name, "href": pages.series_url(asat, measure.code, whose)}] if name else crumbs


def _way(request: HttpRequest) -> Way:
    asked = request.GET.get("way", "") or Way.LAST_DAY
    if asked not in list(Way):
        raise BadRequest(f"“way” can be {words.listed([way.value for way in Way], 'or')}.")
    return Way(asked)


@require_safe
@reads(shapes.series, way="how a group’s values are added up: last_day (as ever), person_months or today")
def series(request: HttpRequest, code: str, kind: str, key: str) -> HttpResponseBase:
    """A measure of one organisation on its chart. way=last_day|person_months|today, format=csv|xlsx|pdf."""
    asat, user, way = asat_of(request), request.user, _way(request)
    measure, subject = _find(request, code, kind, key)
    try:
        tracked = queries.tracked(measure, subject.whose, asat, user)
    except Definition.DoesNotExist:
        raise Http404 from None
    tracked = pages.by_way(tracked, way, asat.today, user)
    if exports.wanted(request) and call_of(request) is None:
        return exports.table_response(
            request, f"{measure.code} {subject.whose.key}", asat.day, pages.COLUMNS, pages.lines(tracked)
        )
    context = pages.series(tracked, asat, way)
    if request.GET.get("format") == "pdf" and call_of(request) is None:
        pdf = documents.as_pdf(context, asat)
        name = f"{measure.code}-{subject.whose.key}-{asat.day.isoformat()}.pdf"
        return hand_out([pdf], name, "application/pdf", len(pdf))
    may = {
        "write": bool(can(user, WRITE, subject)),
        "decide": bool(can(user, DECIDE, subject)),
        "set": bool(can(user, SET, subject)),
    }
    further = {
        "may": may,
        "csv": this_page(request, format="csv"),
        "pdf": this_page(request, format="pdf"),
        "breadcrumbs": _crumbs(asat, measure, subject.whose),
    }
    return show(request, "tracking/series.html", {**context, **further})


def _on_series(request: HttpRequest, measure: Measure, whose: Whose, **parts: Any) -> HttpResponse:
    """An act on a series: where it stands, and back to its page."""
    asat = asat_of(request)
    name = f"{measure.code}, {whose.name}"
    given = {
        "to": pages.series_url(asat, measure.code, whose),
        "caption": name,
        "breadcrumbs": _crumbs(asat, measure, whose, name),
    }
    return act(request, **given | parts)


@writes(forms.SettingsForm)
def settings_set(request: HttpRequest, code: str, kind: str, key: str) -> HttpResponse:
    measure, subject = _find(request, code, kind, key, DECIDE)
    at = At(measure, subject.whose)
    found = queries.settings_row(measure, str(subject.whose.kind), subject.whose.pk)
    how = queries.hows([measure], [subject.whose], asat_of(request))[measure.pk, subject.whose]
    initial = {"fixed": how.fixed, "run": how.run, "screened": how.screened, "kinder": how.kinder}
    seen = history.version(found) if found else 0
    return _on_series(
        request,
        measure,
        subject.whose,
        form=forms.SettingsForm(posted(request), initial={**initial, "seen": seen}),
        do=lambda typed: services.set_settings(by=request.user, at=at, **typed),
        done=lambda _: f"{subject} is judged by these settings from now on.",
        heading="How the series is judged",
        lede="What is shown of earlier days is judged anew as well. The history keeps how it was judged before.",
        submit="Judge it so",
    )


@writes(forms.RebaseForm)
def rebase_propose(request: HttpRequest, code: str, kind: str, key: str) -> HttpResponse:
    measure, subject = _find(request, code, kind, key, WRITE)
    asat = asat_of(request)
    today = AsAt(asat.today, None, asat.today)
    ends = [point.ends for point in series_of(measure, subject.whose, today, request.user).told]
    return _on_series(
        request,
        measure,
        subject.whose,
        form=forms.RebaseForm(posted(request)),
        do=lambda typed: services.propose_rebase(
            by=request.user, at=At(measure, subject.whose), ends=ends, today=asat.today, **typed
        ),
        done=lambda new: f"{new} is proposed. Somebody else decides on it.",
        heading="Propose a new baseline",
        lede="Its points are judged against limits of their own. Somebody else has to approve it.",
        submit="Propose it",
        fields_of_refusals={"day_outside": "day"},
    )


@writes(forms.DecideForm)
def rebase_decide(request: HttpRequest, pk: int) -> HttpResponse:
    rebase = get_object_or_404(queries.rebases(), pk=pk)
    subject = _of_row(request, rebase, DECIDE)
    asat, own = asat_of(request), rebase.proposed_by_id == request.user.pk
    by = str(rebase.proposed_by or "the portal")
    nothing = "You proposed it yourself: somebody else decides on it." if own else ""
    if rebase.state != RebaseState.PROPOSED:
        nothing = (
            f"It was {rebase.get_state_display().lower()} on {words.day(rebase.decided_on)} by {rebase.decided_by}."
        )

    def effect(typed: dict[str, Any]) -> Effect:
        if not typed["approve"]:
            return Effect(sentences=["The series stays judged as it is."])
        return _effect_of(request, rebase, subject)

    return _on_series(
        request,
        rebase.measure,
        subject.whose,
        form=forms.DecideForm(posted(request)),
        do=lambda typed: services.decide_rebase(by=request.user, rebase=rebase, today=asat.today, **typed),
        done=lambda one: f"{one} is {one.get_state_display().lower()}.",
        effect=effect,
        heading=str(rebase),
        lede=f"Proposed by {by} on {words.day(rebase.proposed_on)}: {rebase.reason}",
        submit="Decide",
        nothing=nothing,
    )


def _effect_of(request: HttpRequest, rebase: Any, subject: Subject) -> Effect:
    """What the latest limits would be."""
    asat = asat_of(request)
    today = AsAt(asat.today, None, asat.today)
    series = series_of(rebase.measure, subject.whose, today, request.user)
    how = queries.hows([rebase.measure], [subject.whose], today)[rebase.measure_id, subject.whose]
    before = judge(series, how)
    after = judge(series, queries.with_baseline(how, rebase))
    if not before.judged.segments:
        return Effect(sentences=["The series has no values yet."])
    rows = []
    for what, column in (("Mean", "mean"), ("Lower limit", "lower"), ("Upper limit", "upper")):
        old, new = (getattr(one.judged.segments[-1], column) for one in (before, after))
        said = [pages.shown(value, series.definition) for value in (old, new)]
        rows.append({"what": what, "before": said[0], "after": said[1], "change": ""})
    length = after.judged.segments[-1].last - after.judged.segments[-1].first + 1
    warnings = (
        [f"The new baseline has {words.plural(length, 'point')} yet: its limits are trial limits."]
        if after.trial
        else []
    )
    return Effect(sentences=["The latest points are judged against limits of their own."], rows=rows, warnings=warnings)


@writes(forms.WhyForm)
def rebase_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    rebase = get_object_or_404(queries.rebases(), pk=pk)
    subject = _of_row(request, rebase, DECIDE)
    asat, own = asat_of(request), rebase.proposed_by_id == request.user.pk
    nothing = "You proposed it yourself: somebody else takes it back." if own else ""
    if rebase.state != RebaseState.APPROVED:
        nothing = "Only a baseline that holds is taken back."
    return _on_series(
        request,
        rebase.measure,
        subject.whose,
        form=forms.WhyForm(posted(request)),
        do=lambda typed: services.take_back_rebase(by=request.user, rebase=rebase, today=asat.today, **typed),
        done=lambda one: f"{one} holds no more.",
        heading=f"Take it back: {rebase}",
        submit="Take it back",
        kind="warning",
        nothing=nothing,
    )


@writes(forms.NoteForm)
def note_add(request: HttpRequest, code: str, kind: str, key: str) -> HttpResponse:
    measure, subject = _find(request, code, kind, key, WRITE)
    today = asat_of(request).today
    return _on_series(
        request,
        measure,
        subject.whose,
        form=forms.NoteForm(posted(request), today=today),
        do=lambda typed: services.write_note(by=request.user, at=At(measure, subject.whose), today=today, **typed),
        done=lambda new: f"The note of {words.day(new.day)} is on the chart.",
        heading="Write a note on the chart",
        lede="Whoever sees the series reads it.",
        submit="Write it",
    )


@writes(forms.NothingForm)
def note_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    note = get_object_or_404(queries.notes(), pk=pk)
    subject = _of_row(request, note, WRITE)
    today = asat_of(request).today
    return _on_series(
        request,
        note.measure,
        subject.whose,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: services.withdraw_note(by=request.user, note=note, today=today),
        done=lambda one: "The note is off the chart.",
        heading="Withdraw the note",
        lede=f"{words.day(note.day)}: {note.text}",
        submit="Withdraw it",
        kind="warning",
        nothing="It was withdrawn already." if note.withdrawn_on else "",
    )


@writes(forms.TargetForm)
def target_set(request: HttpRequest, code: str, kind: str, key: str) -> HttpResponse:
    measure, subject = _find(request, code, kind, key, SET)
    asat = asat_of(request)
    found = queries.target_of(measure, subject.whose, AsAt(asat.today, None, asat.today))
    return _on_series(
        request,
        measure,
        subject.whose,
        form=forms.TargetForm(posted(request), initial={"value": found.value.normalize() if found else None}),
        do=lambda typed: services.set_target(by=request.user, at=At(measure, subject.whose), **typed),
        done=lambda new: f"From {words.day(new.first_day)} on the target is {new}.",
        heading="Set the target",
        lede="The target before it ends the day before.",
        submit="Set it",
        fields_of_refusals={"later_target": "first"},
    )


@writes(forms.TrajectoryForm)
def trajectory_set(request: HttpRequest, code: str, kind: str, key: str) -> HttpResponse:
    measure, subject = _find(request, code, kind, key, SET)

    def do(typed: dict[str, Any]) -> Any:
        points, way = typed["points"], TrajectoryWay.DRAWN
        if typed["first"]:
            line = (typed["first"], float(typed["baseline"]), typed["last"], float(typed["target"]))
            points, way = services.linear(*line), TrajectoryWay.LINEAR
        at, now = At(measure, subject.whose), timezone.now()
        return services.set_trajectory(by=request.user, at=at, way=way, points=points, reason=typed["reason"], now=now)

    return _on_series(
        request,
        measure,
        subject.whose,
        form=forms.TrajectoryForm(posted(request)),
        do=do,
        done=lambda new: "The trajectory is set.",
        heading="Set the trajectory",
        lede="The way to a target, month by month. What is delivered is held against it; assurance is not.",
        submit="Set it",
        fields_of_refusals={"months_out_of_order": "last"},
    )


# Many of them -------------------------------------------------------------------------------------------


def _scope(request: HttpRequest) -> tuple[str, list[Whose], list[str], dict[str, Any]]:
    """Whose series a grid or a list of changes has: practices of one CHIN, or CHINs with their commissioners."""
    asat, user = asat_of(request), request.user
    require(user, VIEW)
    commissioners = queries.commissioners_seen(user, asat)
    asked = request.GET.get("commissioner", "")
    chosen = [one for one in commissioners if one.ods_code == asked] if asked else commissioners
    if asked and not chosen:
        raise Http404
    chins = queries.chins_on(user, commissioners, asat)
    offered: dict[str, Any] = {"commissioners": commissioners, "chins": chins, "commissioner": asked, "chin": ""}
    if slug := request.GET.get("chin", ""):
        chin = next((one for one in chins if one.slug == slug), None)
        if chin is None:
            raise Http404
        whose = queries.practices_of(user, chin, asat)
        urls = [link(asat, "practices:practice_detail", one.key) for one in whose]
        return PRACTICE, whose, urls, {**offered, "chin": slug, "of": chin.name}
    ids = {one.pk for one in chosen}
    whose = pages.of_chins([one for one in chins if one.commissioner_id in ids], chosen)
    urls = [this_page(request, chin=one.key, page=None) if one.kind == Level.CHIN else "" for one in whose]
    return Level.CHIN, whose, urls, offered


def _measures(request: HttpRequest, whose: list[Whose]) -> tuple[list[Measure], dict[str, Any]]:
    """The measures asked for: of an initiative, so many at once, of those that have values."""
    initiative = request.GET.get("initiative", "")
    if initiative and initiative not in Initiative.values:
        raise BadRequest(f"“initiative” can be {words.listed(Initiative.values, 'or')}.")
    found = queries.with_values(request.user, whose)
    if initiative:
        found = found.filter(initiative=initiative)
    if codes := request.GET.getlist("measure"):
        found = found.filter(code__in=codes)
    measures = list(found)
    return measures, {"initiative": initiative, "initiatives": Initiative.choices}


@require_safe
@reads(
    shapes.grid,
    commissioner="a commissioner’s ODS code",
    chin="the slug of a CHIN: the grid has its practices",
    initiative="of which initiative measures are shown",
    measure="the code of a measure; may be repeated",
    page="ten measures at a time",
)
def grid(request: HttpRequest) -> HttpResponse:
    """Measures across, CHINs (or the practices of one) down: what varies, and what will meet its target."""
    kind, whose, urls, offered = _scope(request)
    measures, about = _measures(request, whose)
    count = len(measures)
    last = max(1, -(-count // pages.AT_ONCE))
    asked = request.GET.get("page", "")
    number = min(int(asked), last) if asked.isascii() and asked.isdecimal() and int(asked[:6]) > 0 else 1
    shown = measures[(number - 1) * pages.AT_ONCE : number * pages.AT_ONCE]
    asat, user = asat_of(request), request.user
    caption = f"Practices of {offered['of']}" if "of" in offered else "Board’s grid"
    made = (
        pages.grid(shown, whose, asat, user, kind, urls)
        if call_of(request)
        else pages.table(shown, whose, asat, user, kind, caption=caption, urls=urls)
    )
    context = {
        **offered,
        **about,
        "grid": made,
        "count": count,
        "first": (number - 1) * pages.AT_ONCE + 1,
        "before": this_page(request, page=number - 1) if number > 1 else "",
        "after": this_page(request, page=number + 1) if number < last else "",
    }
    return show(request, "tracking/grid.html", context)


def _since(request: HttpRequest, asat: AsAt) -> date:
    asked = request.GET.get("since", "").strip()
    if not asked:
        return asat.day - 3 * MONTH
    try:
        day = parse_day(asked)
    except NotADay as wrong:
        raise BadRequest(str(wrong)) from None
    if day >= asat.day:
        raise BadRequest("Changes are counted from a day before the one you are looking at.")
    return day


@require_safe
@reads(
    shapes.changed,
    since="the day that changes are counted from; three months before if left out",
    commissioner="a commissioner’s ODS code",
    chin="the slug of a CHIN: changes of its practices",
    initiative="of which initiative’s measures",
    measure="the code of a measure; may be repeated",
)
def changed(request: HttpRequest) -> HttpResponse:
    """Special causes since a day, in sentences."""
    asat = asat_of(request)
    since = _since(request, asat)
    _, whose, _, offered = _scope(request)
    measures, about = _measures(request, whose)
    found = pages.changed(measures, whose, asat, request.user, since)
    return show(request, "tracking/changed.html", {**offered, **about, "since": since, "found": found})
