"""The pages of QISTs: the list against the population, a QIST with whom it serves and who differs, and the acts on it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from cc2h.accounts import records
from cc2h.accounts.authority import Action, can, require
from cc2h.kit import charts, history, words
from cc2h.kit.acts import act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.figures import Figure, Part
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage, ListTable
from cc2h.kit.sections import sections
from kpis import drawing as series_drawing
from kpis.models import Better
from kpis.qists import forms, queries, services, shapes
from kpis.qists.filters import QistFilters, SupportFilters
from kpis.qists.models import Qist
from kpis.qists.queries import RATIOS
from kpis.qists.tables import STATES, TAGS, QistTable, SupportTable
from kpis.statistics.attributes import run_chart
from kpis.tracking.pages import series_url
from kpis.variation.drawing import said, unit_of
from kpis.variation.judging import in_words
from kpis.whose import Whose

KEEP, LOG = Action.KEEP_QIST, Action.LOG_SUPPORT
LATEST = 8  # acts of support that a QIST's page shows


def _page(asat: AsAt, qist: Qist) -> str:
    return link(asat, "qists:qist_detail", qist.slug)


def _crumbs(asat: AsAt, qist: Qist | None = None) -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [{"text": "QISTs", "href": link(asat, "qists:qist_list")}]
    return [*crumbs, {"text": qist.name, "href": _page(asat, qist)}] if qist is not None else crumbs


def _qist(request: HttpRequest, slug: str, action: Action = KEEP) -> Any:
    """The QIST, for somebody who may do this to it; 404 where it is not theirs to see."""
    qist = get_object_or_404(queries.qists(request.user, asat_of(request)), slug=slug)
    require(request.user, action, qist)
    return qist


def _on(request: HttpRequest, qist: Any, **parts: Any) -> HttpResponse:
    """An act on a QIST: where it stands, and back to its page."""
    asat = asat_of(request)
    given = {"to": _page(asat, qist), "caption": qist.name, "breadcrumbs": _crumbs(asat, qist)}
    return act(request, **given | parts)


class QistList(ListPage):
    """Every QIST of the commissioners whose register the reader may see."""

    title = "QISTs"
    noun = ("QIST", "QISTs")
    filterset_class = QistFilters
    table_class = QistTable
    default_sort = "name"
    shape = shapes.QistItem
    template_name = "qists/qists.html"
    csv_columns = {
        "qist": "slug",
        "name": "name",
        "commissioner": "commissioner__ods_code",
        "host": "host",
        "opens_on": "opens_on",
        "ended_on": "ended_on",
        "prototype": "prototype",
        "funding": "funding",
    }
    empty_title = "No QIST is recorded"
    empty_text = (
        "A Quality Improvement Support Team helps the practices of its CHINs to find and manage long-term conditions."
    )

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> Any:
        return queries.qists(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {
            "keeps": queries.keeps(self.request.user),
            "against": queries.against_population(self.request.user, self.asat),
            "ratios": RATIOS,
        }


@require_safe
@reads(shapes.qist, measure="a target measure for before and after, by its code", chin="a CHIN served, by its slug")
def qist_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A QIST: staff, CHINs, who differs on its targets, what it did, and what changed since it began."""
    asat, user = asat_of(request), request.user
    qist = _qist(request, slug, Action.VIEW_REGISTER)
    serves = queries.serves_on([qist], asat)
    sizes = queries.sizes_of([one.chin for one in serves], asat)
    served = [(one, *sizes.get(one.chin_id, (0, 0))) for one in serves]
    targets = queries.targets_of(qist, asat)
    slugs = [one.chin.slug for one in serves]
    differing = queries.differing(qist, targets, slugs, user, asat)
    staff = queries.staff_of(qist, asat)
    state = queries.state_on(qist, asat.day)
    may_keep = bool(can(user, KEEP, qist))
    context = {
        "qist": qist,
        "state": state,
        "state_now": (TAGS[state], STATES[state]),
        "figures": [_population(served, asat)],
        "serves": served,
        "to_come": queries.serves_to_come(qist, asat),
        "staff": staff,
        "totals": queries.staff_totals(staff),
        "targets": differing,
        "differ_rows": {one.target.pk: _rows(one, asat) for one in differing},
        "before": _before(request, targets, serves, asat),
        "support": list(queries.support_of(qist, user, asat)[:LATEST]),
        "sees_support": user.authority.may(Action.VIEW_SUPPORT),  # type: ignore[union-attr]  # signed in
        "reviews": queries.reviews_of(qist, asat),
        "may_keep": may_keep,
        "may_log": bool(can(user, LOG, _record(qist, asat))),
        "history": queries.history_of(qist) if can(user, Action.VIEW_HISTORY, qist) else None,
        "sections": sections(request, "qist", qist.slug),
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "qists/qist.html", context)


def _record(qist: Qist, asat: AsAt) -> records.Record:
    """The QIST with the CHINs it serves today, which is what writing support down asks for."""
    return records.Record("qist", qist.slug, qist.name, records.kinds["qist"].target(qist.slug, asat.today))


def _population(served: Sequence[tuple[Any, int, int]], asat: AsAt) -> Figure:
    """The patients of the CHINs that it serves."""
    parts = [
        Part(
            name=serves.chin.name,
            value=patients,
            unit="patients",
            url=link(asat, "chins:chin_lists", serves.chin.slug),
            csv=link(asat, "chins:chin_lists", serves.chin.slug, query={"format": "csv"}),
            measure="sum:patients",
        )
        for serves, _, patients in served
    ]
    total = sum(patients for _, _, patients in served)
    wanted, least = RATIOS
    return Figure(
        key="served",
        label="Patients served",
        kind="sum",
        value=total if parts else None,
        unit="patients",
        as_at=asat.day,
        known=asat.known,
        formula="The registered patients of the active practices in the CHINs that it serves on the day.",
        parts=parts,
        note=(
            f"One QIST to {words.number(wanted)} patients was wanted, one to {words.number(least)} at least (stp-2017): "
            f"these take {_teams(total, wanted)} and {_teams(total, least)}."
        ),
    )


def _teams(patients: int, ratio: int) -> str:
    return words.plural(-(-patients // ratio), "QIST")


def _rows(one: queries.Differing, asat: AsAt) -> list[list[Any]]:
    better = Better(one.definition.better)
    return [
        [
            {"text": row.own.name, "href": link(asat, "practices:practice_detail", row.own.code)},
            row.own.chin_name,
            said(one.definition, row.own.value),
            in_words(row.verdict, better),
            in_words(row.wide_verdict, better),
        ]
        for row in one.differ
    ]


def _before(
    request: HttpRequest, targets: Sequence[Any], serves: Sequence[Any], asat: AsAt
) -> Mapping[str, Any] | None:
    """A target’s series of a CHIN, before and after it was served: the ones asked for, or the first of each."""
    if not targets or not serves:
        return None
    code, slug = request.GET.get("measure", ""), request.GET.get("chin", "")
    target = next((one for one in targets if one.measure.code == code), None if code else targets[0])
    place = next((one for one in serves if one.chin.slug == slug), None if slug else serves[0])
    if target is None or place is None:
        raise Http404
    found = queries.before_and_after(target.measure, place, request.user, asat)
    names = queries.names_of([one.measure for one in targets], asat)
    return {
        "found": found,
        "chart": _chart(found),
        "before": said(found.definition, found.before),
        "after": said(found.definition, found.after),
        "series": series_url(asat, target.measure.code, Whose.of(place.chin)),
        "measure": target.measure.code,
        "chin": place.chin.slug,
        "measures": [(one.measure.code, names[one.measure_id]) for one in targets],
        "chins": [(one.chin.slug, one.chin.name) for one in serves],
    }


def _chart(found: queries.Before) -> charts.Chart | None:
    if len(found.values) < 2:
        return None
    definition = found.definition
    unit, places = unit_of(definition), definition.places
    title, name = f"{found.chin.name}: {definition.name}", "Value"
    began = charts.Band(first=found.since, last=found.since, label="Served from")
    bands = [began] if found.days[0] <= found.since <= found.days[-1] else []
    if found.judged is not None:
        drawn = series_drawing.control_chart(
            found.judged, found.days, title=title, name=name, unit=unit, places=places, bands=bands
        )
    else:
        run = run_chart(found.values)
        if run is None:
            return None
        drawn = series_drawing.run_chart(
            run, found.values, found.days, title=title, name=name, unit=unit, places=places, bands=bands
        )
    return charts.keep([drawn])[0]


# Acts --------------------------------------------------------------------------------------------------


@writes(forms.QistForm)
def qist_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A QIST of a commissioner."""
    asat, user = asat_of(request), request.user
    commissioner = next((one for one in queries.keeps(user) if one.ods_code == ods_code), None)
    if commissioner is None:
        require(user, KEEP, get_object_or_404(queries.commissioners_seen(user), ods_code=ods_code))
        raise Http404
    return act(
        request,
        form=forms.QistForm(posted(request), initial={"opens_on": asat.day}),
        do=lambda typed: services.add_qist(by=user, commissioner=commissioner, **typed),
        done=lambda qist: f"{qist.name} is recorded.",
        to=lambda qist: _page(asat, qist),
        heading="Add a QIST",
        caption=commissioner.short_name,
        submit="Add",
        cancel=link(asat, "qists:qist_list"),
        breadcrumbs=_crumbs(asat),
    )


@writes(forms.ChangeForm)
def qist_edit(request: HttpRequest, slug: str) -> HttpResponse:
    qist = _qist(request, slug)
    names = ("name", "host", "opens_on", "conditions", "prototype", "funding", "funding_remark")
    initial = {name: getattr(qist, name) for name in names} | {"seen": history.version(qist)}
    return _on(
        request,
        qist,
        form=forms.ChangeForm(posted(request), initial=initial),
        do=lambda typed: services.change_qist(by=request.user, qist=qist, **typed),
        done=lambda changed: f"{changed.name} is changed.",
        heading="Change a QIST",
        submit="Save",
    )


@writes(forms.LastDayForm)
def qist_end(request: HttpRequest, slug: str) -> HttpResponse:
    qist = _qist(request, slug)
    return _on(
        request,
        qist,
        form=forms.LastDayForm(posted(request), initial={"last": asat_of(request).day}),
        do=lambda typed: services.end_qist(by=request.user, qist=qist, **typed),
        done=lambda ended: f"{ended.name} ends on {words.day(ended.ended_on)}.",
        heading="End a QIST",
        submit="End it",
        lede="Whom it serves, its staff and its targets end with it.",
    )


@writes(forms.ServeForm)
def serve(request: HttpRequest, slug: str) -> HttpResponse:
    qist, asat = _qist(request, slug), asat_of(request)
    chins = queries.chin_choices(qist)
    called = dict(chins)
    return _on(
        request,
        qist,
        form=forms.ServeForm(posted(request), initial={"first": asat.day}, chins=chins),
        do=lambda typed: services.serve(
            by=request.user, qist=qist, **{**typed, "chin": queries.chin_of(qist, typed["chin"])}
        ),
        done=lambda made: f"It serves {called[made.chin_id]} from {words.day(made.first_day)}.",
        heading="Serve a CHIN",
        submit="Serve it",
    )


@writes(forms.EndForm)
def stop_serving(request: HttpRequest, pk: int) -> HttpResponse:
    serves = get_object_or_404(queries.all_serving(request.user), pk=pk)
    require(request.user, KEEP, serves.qist)
    return _on(
        request,
        serves.qist,
        form=forms.EndForm(posted(request), initial={"last": asat_of(request).day}),
        do=lambda typed: services.stop_serving(by=request.user, serves=serves, **typed),
        done=lambda ended: f"It serves {serves.chin.name} until {words.day(ended.last_day)}.",
        heading=f"Stop serving {serves.chin.name}",
        submit="Save",
        of=serves,
    )


@writes(forms.StaffForm)
def set_staff(request: HttpRequest, slug: str) -> HttpResponse:
    qist = _qist(request, slug)
    return _on(
        request,
        qist,
        form=forms.StaffForm(posted(request), initial={"first": asat_of(request).day}),
        do=lambda typed: services.set_staff(by=request.user, qist=qist, **typed),
        done=lambda made: f"{made}: {words.number(made.wte, 2)} WTE from {words.day(made.first_day)}.",
        heading="Set staff",
        submit="Save",
        lede="Whole time equivalents (WTE) from a day. What was before ends with the day before.",
    )


@writes(forms.TargetForm)
def add_target(request: HttpRequest, slug: str) -> HttpResponse:
    qist, asat = _qist(request, slug), asat_of(request)
    measures = queries.measure_choices(asat)
    called = dict(measures)
    return _on(
        request,
        qist,
        form=forms.TargetForm(posted(request), initial={"first": asat.day}, measures=measures),
        do=lambda typed: services.add_target(
            by=request.user, qist=qist, **{**typed, "measure": queries.measure_of(typed["measure"])}
        ),
        done=lambda made: f"“{called[made.measure_id]}” is a target from {words.day(made.first_day)}.",
        heading="Add a target measure",
        submit="Add",
    )


@writes(forms.EndForm)
def end_target(request: HttpRequest, pk: int) -> HttpResponse:
    target = get_object_or_404(queries.targeting(request.user), pk=pk)
    require(request.user, KEEP, target.qist)
    return _on(
        request,
        target.qist,
        form=forms.EndForm(posted(request), initial={"last": asat_of(request).day}),
        do=lambda typed: services.end_target(by=request.user, target=target, **typed),
        done=lambda ended: f"It is a target until {words.day(ended.last_day)}.",
        heading="End a target measure",
        submit="Save",
        of=target,
    )


@writes(forms.ReviewForm)
def review_add(request: HttpRequest, slug: str) -> HttpResponse:
    qist, today = _qist(request, slug), asat_of(request).today
    return _on(
        request,
        qist,
        form=forms.ReviewForm(posted(request), today=today, initial={"day": today}),
        do=lambda typed: services.review(by=request.user, qist=qist, today=today, **typed),
        done=lambda made: f"The review of {words.day(made.day)} is recorded: {made.get_decision_display().lower()}.",
        heading="Record a review",
        submit="Record it",
        lede="A review stays as it was recorded; another says otherwise.",
    )


# Support -----------------------------------------------------------------------------------------------


class SupportList(ListPage):
    """What a QIST did, for those practices of which the reader may see it."""

    title = "Support"
    noun = ("entry", "entries")
    filterset_class = SupportFilters
    table_class = SupportTable
    default_sort = "-day"
    shape = shapes.SupportItem
    template_name = "qists/support.html"
    csv_columns = {
        "day": "day",
        "practice": "code",
        "name": "name",
        "kind": "kind",
        "what": "what",
        "agreed": "agreed",
        "result": "result",
    }
    empty_title = "Nothing is written down"
    empty_text = (
        "What a QIST does for a practice is seen by the practice, its CHIN, the QIST and the commissioner’s managers."
    )

    @cached_property
    def qist(self) -> Any:
        return _qist(self.request, self.kwargs["slug"], Action.VIEW_REGISTER)

    @cached_property
    def may_write(self) -> frozenset[int]:
        if not can(self.request.user, LOG, _record(self.qist, self.asat)):
            return frozenset()
        return frozenset(pk for pk, _ in queries.practices_served(self.qist, self.request.user, self.asat))

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER, self.qist)

    def queryset(self) -> Any:
        return queries.support_of(self.qist, self.request.user, self.asat)

    def table(self, filterset: Any, rows: Iterable[Any]) -> ListTable:
        table = super().table(filterset, list(rows))
        table.may_write = self.may_write
        return table

    def context(self) -> dict[str, Any]:
        return {
            "qist": self.qist,
            "caption": self.qist.name,
            "may_log": bool(self.may_write),
            "breadcrumbs": _crumbs(self.asat, self.qist),
        }


@writes(forms.SupportForm)
def log_support(request: HttpRequest, slug: str) -> HttpResponse:
    asat, user = asat_of(request), request.user
    qist = get_object_or_404(queries.qists(user, asat), slug=slug)
    require(user, LOG, _record(qist, asat))
    practices = queries.practices_served(qist, user, asat)
    called = dict(practices)
    return _on(
        request,
        qist,
        form=forms.SupportForm(
            posted(request), practices=practices, today=asat.today, initial={"day": min(asat.day, asat.today)}
        ),
        do=lambda typed: services.log_support(
            by=user,
            qist=qist,
            today=asat.today,
            **{**typed, "practice": queries.practice_of(typed["practice"])},
        ),
        done=lambda made: f"Written down: {made.get_kind_display().lower()} at {called[made.practice_id]}.",
        heading="Write support down",
        submit="Write it down",
        nothing="" if practices else "It serves no practice for which you write support down.",
    )


@writes(forms.ResultForm)
def add_result(request: HttpRequest, pk: int) -> HttpResponse:
    asat, user = asat_of(request), request.user
    support = get_object_or_404(queries.supported(user, pk, asat))
    record = records.find(user, asat, "practice", support.practice.ods_code)
    if record is None:
        raise Http404
    require(user, LOG, record)
    return _on(
        request,
        support.qist,
        form=forms.ResultForm(posted(request), initial={"result": support.result, "seen": history.version(support)}),
        do=lambda typed: services.add_result(by=user, support=support, **typed),
        done=lambda _: "What came of it is written down.",
        heading="What came of it",
        caption=f"{support}, {record.name}",
        submit="Save",
        lede=f"{support.what} {f'Agreed: {support.agreed}' if support.agreed else ''}",
        to=link(asat, "qists:support_list", support.qist.slug),
    )
