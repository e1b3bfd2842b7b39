"""A practice's page and its history."""

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cc2h.accounts.authority import Action, can
from cc2h.accounts.records import Record
from cc2h.kit import charts, words
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.shapes import history
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import day_before, year_before
from cc2h.kit.sections import sections
from practices import figures, forms, queries, shapes
from practices.models import ListSize, Practice, PracticeDetail, Status, Succession
from practices.networks import Stay, networks
from practices.views.finding import Found, NotThen, crumbs, find

GP_PRACTICE = "4"  # the prescribing setting of a GP practice
SHORT = 10  # what a practice's own page shows of its history


@reads(shapes.practice)
def practice_detail(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Everything held of a practice as at the day."""
    asat, user = asat_of(request), request.user
    try:
        found = find(request, ods_code)
    except NotThen:
        if call_of(request):
            raise
        return _not_then(request, ods_code.upper())
    facts, practice = found.facts, found.practice
    may = {action.value: bool(can(user, action, found.subject)) for action in Action}
    sizes = queries.list_sizes(practice, asat)
    (drawn,) = charts.keep([_chart(facts, asat, sizes)])
    successions = queries.successions(practice, user, asat)
    mergers = [one for one in successions if one[0].kind == Succession.Kind.MERGER]
    life = queries.life(practice, asat)
    closing = next((s for s in life if s.status == Status.CLOSED), None)
    context = {
        "facts": facts,
        "of_status": queries.stretch(life, facts.standing, "status"),
        "of_commissioner": queries.stretch(life, facts.standing, "commissioner_id"),
        "practice": practice,
        "figures": figures.practice_figures(
            facts,
            asat,
            sizes,
            link_files=may["view_imports"],
            named_before=bool(queries.visible_practices(user, replace(asat, day=year_before(asat.day)), [practice.pk])),
        ),
        "position": _position(facts.detail),
        "prescribing": _prescribing(facts.detail),
        "closing": closing,
        "merged": any(merger.predecessor_id == practice.pk for merger, *_ in mergers),
        "last_day": closing and day_before(closing.first_day),
        "stays": _stays(practice, asat, all_of_them=may["view_unplaced"] or may["view_history"]),
        "mergers": mergers,
        "splits": [one for one in successions if one[0].kind == Succession.Kind.SPLIT],
        "life": life,
        "peers": queries.peers(user, asat, facts),
        "sizes": [(size, queries.counts(size, asat)) for size in sizes],
        "chart": drawn,
        "contacts": queries.contacts(practice, asat) if may["view_contacts"] else None,
        "contact_form": forms.ContactForm(today=asat.today, initial={"day": asat.today})
        if may["add_contact"]
        else None,
        "history": queries.practice_history(practice, user, asat, contacts=may["view_contacts"], limit=SHORT)
        if may["view_history"]
        else None,
        "may": may,
        "sections": sections(request, "practice", practice.ods_code, _record(found)),
        # what is done is done to what is held now, so not while looking at what was known
        "may_change": may["change_practice"] and asat.known is None,
        "breadcrumbs": crumbs(asat),
    }
    return show(request, "practices/detail.html", context)


@reads(history)
def practice_history(request: HttpRequest, ods_code: str) -> HttpResponse:
    """All that was done to a practice, newest first."""
    asat = asat_of(request)
    found = find(request, ods_code, Action.VIEW_HISTORY)
    contacts = bool(can(request.user, Action.VIEW_CONTACTS, found.subject))
    context = {
        "name": found.name,
        "entries": queries.practice_history(found.practice, request.user, asat, contacts=contacts),
        "breadcrumbs": crumbs(asat, found),
    }
    return show(request, "kit/history.html", context)


def _record(found: Found) -> Record:
    return Record("practice", found.practice.ods_code, found.name, found.subject.target)


def _not_then(request: HttpRequest, code: str) -> HttpResponse:
    context = {
        "heading": f"{code} on {words.day(asat_of(request).day)}",
        "code": code,
        "first": queries.first_seen(code),
        "breadcrumbs": crumbs(asat_of(request)),
    }
    return render(request, "practices/not_then.html", context, status=404)


def _stays(practice: Practice, asat: AsAt, *, all_of_them: bool) -> list[Stay]:
    """Networks it was in; what comes after the day only for those who may know who is in none."""
    stays = networks().stays(practice, asat.known_at)
    if all_of_them:
        return stays
    begun = [stay for stay in stays if stay.first <= asat.day]
    return [
        replace(stay, last=None, left_because="") if stay.last and stay.last >= asat.day else stay for stay in begun
    ]


def _position(detail: PracticeDetail | None) -> str | None:
    if detail is None or detail.latitude is None or detail.longitude is None:
        return None
    return f"{detail.latitude:.4f} north, {abs(detail.longitude):.4f} {'east' if detail.longitude >= 0 else 'west'}"


def _prescribing(detail: PracticeDetail | None) -> str | None:
    if detail is None:
        return None
    return "4, a GP practice" if detail.prescribing_setting == GP_PRACTICE else detail.prescribing_setting


def _chart(facts: queries.Facts, asat: AsAt, sizes: Sequence[ListSize]) -> charts.Chart | None:
    """Registered patients over time, from two values on."""
    points = [(size.day, size.patients) for size in reversed(sizes) if queries.counts(size, asat)]
    if len(points) < 2:
        return None
    (first, start), (last, end) = points[0], points[-1]
    return charts.lines(
        title=f"Registered patients, {facts.name}, as at {words.day(asat.day)}",
        alt=f"Line chart: {words.number(start)} patients in {words.month(first)}, "
        f"{words.number(end)} in {words.month(last)}.",
        rows=queries.with_gaps(points),
        x="day",
        series=[charts.Series(column="patients", label="")],
    )
