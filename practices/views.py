"""Pages about practices and commissioners."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from cc2h.accounts.authority import Action, can, require
from cc2h.kit import charts, history, words
from cc2h.kit.acts import Effect, act, posted, version_of
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import day_after, day_before, year_before
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage, Summary
from practices import figures, forms, queries, services
from practices.filters import CommissionerFilters, PracticeFilters
from practices.models import (
    Commissioner,
    FederationMembership,
    ListSize,
    NamesRelease,
    Practice,
    PracticeDetail,
    PracticeStanding,
    Status,
    Succession,
)
from practices.networks import Stay, networks
from practices.querysets import PracticeQuerySet
from practices.tables import CommissionerTable, PracticeTable

GP_PRACTICE = "4"  # the prescribing setting of a GP practice
SHORT = 10  # what a practice's own page shows of its history


class PracticeList(ListPage):
    """Every practice the reader may see, as at a day."""

    title = "Practices"
    noun = ("practice", "practices")
    filterset_class = PracticeFilters
    table_class = PracticeTable
    default_sort = "name"
    csv_columns = queries.CSV_COLUMNS
    template_name = "practices/list.html"

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> PracticeQuerySet:
        return queries.practices_seen(self.request.user, self.asat)

    def fetch(self, filterset: PracticeFilters) -> tuple[Summary, Sequence[queries.PracticeRow]]:
        """One statement for the sums and the page: over thousands of practices they cost more than all the rest."""
        ((key, falling),) = self.terms
        found = queries.practice_page(
            queries.with_columns(filterset.any_status, self.asat, [self.sort.removeprefix("-")]),
            self.asat,
            statuses=filterset.statuses,
            key=key,
            falling=falling,
            page=self.page_number,
            size=self.page_size,
        )
        count = sum(found.sums[status][0] for status in filterset.statuses)
        return Summary(count, self._sentence(found.sums, filterset.statuses)), found.rows

    def _sentence(self, sums: Mapping[str, tuple[int, int]], shown: Sequence[str]) -> str:
        """What is shown, what else there is, and the patients: a closed practice's are another's by now."""
        counted = [f"{words.number(n)} {status}" for status, (n, _) in sums.items() if n and status in shown]
        others = [f"{words.number(n)} {status}" for status, (n, _) in sums.items() if n and status not in shown]
        text = words.listed(counted) or f"0 {shown[0]}"
        if others:
            text += f" (plus {words.listed(others)})"
        open_ones = [status for status in shown if status != Status.CLOSED]
        patients = sum(sums[status][1] for status in open_ones)
        return f"{text} · {words.plural(patients, 'patient')}" if open_ones else text

    def ordered(self, queryset: Any) -> QuerySet[Practice]:
        return super().ordered(queries.with_columns(queryset, self.asat, [self.sort.removeprefix("-")]))

    def export(self, ordered: Any) -> Iterator[tuple[Any, ...]]:
        return queries.export_rows(ordered, self.asat)

    def exclude(self, filterset: PracticeFilters) -> Sequence[str]:
        several = "commissioner" in filterset.filters and not filterset.form.cleaned_data.get("commissioner")
        return () if several else ("commissioner",)

    def context(self) -> dict[str, Any]:
        return {
            "may_open": bool(can(self.request.user, Action.CHANGE_PRACTICE)),
            "may_import": bool(can(self.request.user, Action.IMPORT_FILES)),
        }


# Finding, and being allowed --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A practice on the page's day, and whose it is today, which is what authority asks."""

    facts: queries.Facts
    subject: queries.Subject
    address: str

    @property
    def practice(self) -> Practice:
        return self.facts.practice

    @property
    def name(self) -> str:
        return self.facts.name


class NotThen(Exception):
    """The practice is in the register, only not on the page's day."""


def _find(request: HttpRequest, ods_code: str, action: Action = Action.VIEW_REGISTER) -> Found:
    """The practice, or 404 for one this person may not see; 403 for what they may not do with it."""
    asat, code = asat_of(request), ods_code.upper()
    facts = queries.practice_facts(request.user, asat, code)
    if facts is None:
        if queries.practice_facts(request.user, AsAt(asat.today, None, asat.today), code) is not None:
            raise NotThen
        raise Http404(f"There is no practice {code} here.")
    subject = queries.subject(facts.practice, facts.name, asat.today)
    if action is not Action.VIEW_REGISTER:
        require(request.user, action, subject)
    return Found(facts, subject, link(asat, "practices:practice_detail", code))


def _standing(request: HttpRequest, found: Found, pk: int) -> PracticeStanding:
    standing: PracticeStanding = version_of(request, queries.standings_of(found.practice), pk)
    return standing


def _crumbs(asat: AsAt, found: Found | None = None) -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [{"text": "Practices", "href": link(asat, "practices:practice_list")}]
    if found is not None:
        crumbs.append({"text": found.name, "href": found.address})
    return crumbs


def _act(request: HttpRequest, found: Found, **parts: Any) -> HttpResponse:
    """An act on a practice: where it stands, and back to its page."""
    asat = asat_of(request)
    return act(request, **{"to": found.address, "caption": found.name, "breadcrumbs": _crumbs(asat, found)} | parts)


# A practice's page -----------------------------------------------------------------------------------


def practice_detail(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Everything held of a practice as at the day."""
    asat, user = asat_of(request), request.user
    try:
        found = _find(request, ods_code)
    except NotThen:
        return _not_then(request, ods_code.upper())
    facts, practice = found.facts, found.practice
    may = {action.value: bool(can(user, action, found.subject)) for action in Action}
    sizes = queries.list_sizes(practice, asat)
    (drawn,) = charts.keep([_chart(facts, asat, sizes)])
    mergers = queries.mergers(practice, user, asat)
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
        # what is done is done to what is held now, so not while looking at what was known
        "may_change": may["change_practice"] and asat.known is None,
        "breadcrumbs": _crumbs(asat),
    }
    return render(request, "practices/detail.html", context)


def practice_history(request: HttpRequest, ods_code: str) -> HttpResponse:
    """All that was done to a practice, newest first."""
    asat = asat_of(request)
    found = _find(request, ods_code, Action.VIEW_HISTORY)
    contacts = bool(can(request.user, Action.VIEW_CONTACTS, found.subject))
    context = {
        "name": found.name,
        "entries": queries.practice_history(found.practice, request.user, asat, contacts=contacts),
        "breadcrumbs": _crumbs(asat, found),
    }
    return render(request, "kit/history.html", context)


def _not_then(request: HttpRequest, code: str) -> HttpResponse:
    context = {
        "heading": f"{code} on {words.day(asat_of(request).day)}",
        "code": code,
        "first": queries.first_seen(code),
        "breadcrumbs": _crumbs(asat_of(request)),
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


# Opening, closing, merging ---------------------------------------------------------------------------


def practice_open(request: HttpRequest) -> HttpResponse:
    """A practice enters the register."""
    asat = asat_of(request)
    require(request.user, Action.CHANGE_PRACTICE)
    mine = queries.commissioners_where(request.user, Action.CHANGE_PRACTICE)

    def do(typed: dict[str, Any]) -> Practice:
        return services.open_practice(by=request.user, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        return networks().effect(
            commissioner=typed["commissioner"],
            day=typed["day"],
            do=lambda: do(typed),
            sentences=lambda practice: [
                f"{practice}, {typed['name']}, is {typed['status']} for {typed['commissioner'].short_name} "
                f"from {words.day(typed['day'])}."
            ],
            warnings=["It has no list size until one is imported: it counts as a practice with no patients."],
        )

    return act(
        request,
        form=forms.OpenForm(posted(request), commissioners=mine, initial={"day": asat.day}),
        do=do,
        effect=weigh,
        done=lambda practice: f"{practice} is in the register.",
        to=lambda practice: link(asat, "practices:practice_detail", practice.ods_code),
        cancel=link(asat, "practices:practice_list"),
        heading="Open a practice",
        submit="Open the practice",
        breadcrumbs=_crumbs(asat),
        fields_of_refusals={"already_open": "ods_code", "mixed": "ods_code"},
    )


def practice_close(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practice's last day."""
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = _standing(request, found, pk)

    def do(typed: dict[str, Any]) -> PracticeStanding:
        return services.close_practice(by=request.user, standing=standing, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        leaving = _leaving(found, typed["last"])
        return networks().effect(
            commissioner=standing.commissioner,
            day=day_after(typed["last"]),
            do=lambda: do(typed),
            sentences=lambda closed: [
                f"{found.name} is open until {words.day(typed['last'])} and closed from {words.day(closed.first_day)}.",
                *leaving,
            ],
        )

    return _act(
        request,
        found,
        of=standing,
        form=forms.CloseForm(posted(request), opened=standing.first_day, initial={"last": asat_of(request).day}),
        do=do,
        effect=weigh,
        done=lambda closed: f"{found.name} is closed from {words.day(closed.first_day)}.",
        heading="Close the practice",
        submit="Close the practice",
        kind="warning",
        fields_of_refusals={"not_open": "last", "dates_out_of_order": "last"},
    )


def _leaving(found: Found, last: date) -> list[str]:
    """What will end with a practice, in sentences: to be asked before it is done."""
    said, federation = _leaving_networks(found, last), found.facts.federation
    if federation is not None and federation.first_day > last:
        said.append(f"Its membership in {federation.federation} is void.")
    elif federation is not None and (federation.last_day is None or federation.last_day > last):
        said.append(f"It leaves {federation.federation}: its last day there is {words.day(last)}.")
    return said + networks().posts_ending(found.practice, last)


def _leaving_networks(found: Found, last: date) -> list[str]:
    said = []
    for stay in networks().stays(found.practice, None):
        if stay.first > last:
            said.append(f"Its join to {stay.name} on {words.day(stay.first)} is void.")
        elif stay.last is None or stay.last > last:
            said.append(f"It leaves {stay.name}: its last day there is {words.day(last)}.")
    return said


def practice_merge(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practice's patients go to another."""
    asat = asat_of(request)
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = _standing(request, found, pk)
    visible = queries.practices_seen(request.user, asat)

    def do(typed: dict[str, Any]) -> Succession:
        successor = visible.filter(ods_code=typed["successor"]).first()
        if successor is None:
            raise ValidationError(f"There is no practice {typed['successor']} in the register.", code="no_successor")
        return services.merge_practices(
            by=request.user, standing=standing, successor=successor, day=typed["day"], reason=typed["reason"]
        )

    def weigh(typed: dict[str, Any]) -> Effect:
        leaving = _leaving(found, day_before(typed["day"]))

        def said(merger: Succession) -> list[str]:
            into = services.name_of(merger.successor, merger.first_day)
            return [
                f"{found.name} merges into {into} ({merger.successor}) on {words.day(merger.first_day)}. "
                f"Its last day is {words.day(day_before(merger.first_day))}.",
                f"From then on only the list of {into} counts. It is not the sum of the two: "
                "it is right once a list size of that day or later is imported.",
                *leaving,
            ]

        return networks().effect(
            commissioner=standing.commissioner, day=typed["day"], do=lambda: do(typed), sentences=said
        )

    return _act(
        request,
        found,
        of=standing,
        form=forms.MergeForm(
            posted(request),
            standing=standing,
            initial={"day": standing.first_day if standing.status == Status.CLOSED else asat.day},
        ),
        do=do,
        effect=weigh,
        done=lambda merger: f"{found.name} merges into {merger.successor} on {words.day(merger.first_day)}.",
        heading="Merge into another practice",
        submit="Merge",
        kind="warning",
        template="practices/merge.html",
        successors=queries.successors(request.user, asat, found.facts),
        fields_of_refusals={
            "itself": "successor",
            "circle": "successor",
            "successor_not_open": "successor",
            "no_successor": "successor",
            "merger_day": "day",
            "not_open": "day",
        },
    )


def standing_correct(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """What was recorded of the practice's standing was wrong: since when, which status, or whose."""
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = _standing(request, found, pk)
    initial = {name: getattr(standing, name) for name in ("status", "commissioner")} | {"first": standing.first_day}

    def do(typed: dict[str, Any]) -> PracticeStanding:
        return services.correct_standing(by=request.user, standing=standing, **(initial | typed))

    def weigh(typed: dict[str, Any]) -> Effect:
        earlier = min(typed["first"], standing.first_day)
        moved = typed["first"] != standing.first_day
        closing = standing.status == Status.CLOSED
        leaving = _leaving(found, day_before(typed["first"])) if closing else []
        return networks().effect(
            commissioner=standing.commissioner,
            day=earlier if moved else _day_within(standing, asat_of(request)),
            do=lambda: do(typed),
            sentences=lambda now: [
                f"{found.name} is {_stands(now)}, instead of {_stands(standing)}.",
                *leaving,
            ],
            warnings=_stays_ended(closing and typed["first"] > standing.first_day),
            also=[(initial | typed)["commissioner"]],
        )

    return _act(
        request,
        found,
        of=standing,
        form=forms.StandingForm(posted(request), standing=standing, initial=initial),
        do=do,
        effect=weigh,
        done=lambda now: f"Corrected: {found.name} is {_stands(now)}.",
        heading="Correct what was recorded",
        lede=f"Recorded as {_stands(standing)}. A change on a day of its own is no correction: "
        "it has its own form, beside the status or the commissioner.",
        submit="Correct it",
        fields_of_refusals={"dates_out_of_order": "first", "no_change": "first"},
    )


def standing_void(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """A closing, a change or the opening itself never came about."""
    asat = asat_of(request)
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = _standing(request, found, pk)
    closing = standing.status == Status.CLOSED
    opening = queries.first_seen(found.practice.ods_code) == standing.first_day
    mergers = queries.mergers(found.practice, request.user, asat)
    leaving = _leaving(found, day_before(standing.first_day)) if opening else []

    def do(typed: dict[str, Any]) -> PracticeStanding | None:
        return services.void_standing(by=request.user, standing=standing, **typed)

    def said(before: PracticeStanding | None) -> list[str]:
        if before is None:
            return [
                f"{found.name} ({found.practice}) was never in the register: its name, its status and all that "
                "followed are void.",
                *leaving,
                *(f"Its merger with {name} is void as well." for *_, name in mergers if name),
            ]
        if closing:
            into = [name for m, _, name in mergers if m.predecessor_id == found.practice.pk]
            return [
                f"{found.name} did not close on {words.day(day_before(standing.first_day))}: it is {before.status} still.",
                *(f"Its merger into {name} is void as well." for name in into if name),
                "Its posts that ended with it are held again.",
            ]
        return [f"{found.name} was not {_stands(standing)}: it is {_stands(before)}."]

    def weigh(typed: dict[str, Any]) -> Effect:
        before = services.standing_before(standing)
        return networks().effect(
            commissioner=standing.commissioner,
            day=_day_within(standing, asat),
            do=lambda: do(typed),
            sentences=said,
            warnings=[_NOT_LOST] if opening else _stays_ended(closing),
            also=[before.commissioner] if before else [],
        )

    heading, submit = "This never came about", "Void the change"
    if opening:
        heading, submit = "It was never in the register", "Void the opening"
    elif closing:
        heading, submit = "It never closed", "Void the closing"
    return _act(
        request,
        found,
        of=standing,
        form=forms.VoidForm(posted(request)),
        do=do,
        effect=weigh,
        done=lambda before: (
            f"{heading}: {found.name} is {_stands(before)}."
            if before
            else f"{found.practice} was never in the register: its opening is voided."
        ),
        to=lambda before: found.address if before else link(asat, "practices:practice_list"),
        cancel=found.address,
        heading=heading,
        lede=f"Recorded as {_stands(standing)}.",
        submit=submit,
        kind="warning",
    )


_NOT_LOST = (
    "List sizes imported for it stay with their files and count nowhere. Its code can be opened again; "
    "as known on an earlier day, the practice still shows."
)


def _stays_ended(so: bool) -> list[str]:
    return ["Memberships that ended with it stay ended. Where that is wrong, let it join again."] if so else []


def _stands(standing: PracticeStanding) -> str:
    """`active for Barnet from 1 April 2013`."""
    when = words.period(standing.period.lower, standing.period.upper)
    return f"{standing.status} for {standing.commissioner.short_name} {when}"


def _day_within(standing: PracticeStanding, asat: AsAt) -> date:
    """The page's day where the standing holds on it, else its first."""
    last = standing.last_day or asat.day
    return asat.day if standing.first_day <= asat.day <= last else standing.first_day


def merger_void(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practices never merged."""
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    merger: Succession = version_of(request, queries.mergers_of(found.practice), pk)
    one = services.name_of(merger.predecessor, day_before(merger.first_day))
    other = services.name_of(merger.successor, merger.first_day)

    def do(typed: dict[str, Any]) -> None:
        services.void_merger(by=request.user, merger=merger, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        return networks().effect(
            commissioner=queries.commissioner_on(merger.successor, merger.first_day),
            day=merger.first_day,
            do=lambda: do(typed),
            sentences=lambda _: [
                f"{one} did not merge into {other} on {words.day(merger.first_day)}.",
                f"{one} stays closed, so its patients still count nowhere: void its closing where that is wrong too.",
            ],
        )

    return _act(
        request,
        found,
        of=merger,
        form=forms.VoidForm(posted(request)),
        do=do,
        effect=weigh,
        done=lambda _: f"The merger of {one} into {other} is voided.",
        heading="They never merged",
        lede=f"{one} into {other} on {words.day(merger.first_day)}. The closing of {one} stands: it is voided by itself.",
        submit="Void the merger",
        kind="warning",
    )


# What it is from a day -------------------------------------------------------------------------------


def practice_details(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """Another name or address from a day, or a correction."""
    asat = asat_of(request)
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    detail: PracticeDetail = version_of(request, queries.details_of(found.practice), pk)
    names = forms.DetailsForm.DETAILS
    initial = {name: getattr(detail, name) for name in names} | {"day": asat.day}

    def do(typed: dict[str, Any]) -> PracticeDetail:
        return services.change_details(
            by=request.user,
            detail=detail,
            day=typed["day"],
            reason=typed["reason"],
            **{name: typed[name] for name in names},
        )

    def weigh(typed: dict[str, Any]) -> Effect:
        rows = [
            {
                "what": str(form[name].label),
                "before": _said(getattr(detail, name)),
                "after": _said(typed[name]),
                "change": "changed",
            }
            for name in names
            if getattr(detail, name) != typed[name]
        ]
        when = (
            f"From {words.day(typed['day'])}."
            if typed["day"]
            else (
                f"For {words.period(detail.period.lower, detail.period.upper)}, as if it had always been recorded so. "
                "“As known on” an earlier day still shows what was held."
            )
        )
        if not rows:
            return Effect(intro=when, sentences=["Nothing differs from what is recorded."])
        return Effect(intro=when, rows=rows, sentences=["Coverage stays as it is: it rests on none of this."])

    form = forms.DetailsForm(posted(request), detail=detail, initial=initial)
    return _act(
        request,
        found,
        of=detail,
        form=form,
        do=do,
        effect=weigh,
        done=lambda changed: f"{changed.name} is saved.",
        heading="Change name, address, mailbox or position",
        lede=f"As held {words.period(detail.period.lower, detail.period.upper)}.",
        submit="Save",
        fields_of_refusals={"outside": "day", "reason_required": "reason"},
    )


def _said(fact: Any) -> str:
    return words.DASH if fact in (None, "") else str(fact)


def practice_status(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """Active, dormant or proposed from a day."""
    asat = asat_of(request)
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = _standing(request, found, pk)

    def do(typed: dict[str, Any]) -> PracticeStanding:
        return services.change_status(by=request.user, standing=standing, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        return networks().effect(
            commissioner=standing.commissioner,
            day=typed["day"],
            do=lambda: do(typed),
            sentences=lambda changed: [
                f"{found.name} is {changed.status} from {words.day(changed.first_day)} instead of {standing.status}.",
                "Only active practices count in coverage.",
            ],
        )

    return _act(
        request,
        found,
        of=standing,
        form=forms.StatusForm(posted(request), standing=standing, initial={"day": asat.day}),
        do=do,
        effect=weigh,
        done=lambda changed: f"{found.name} is {changed.status} from {words.day(changed.first_day)}.",
        heading="Change the status",
        lede=f"{standing.get_status_display()} {words.period(standing.period.lower, standing.period.upper)}.",
        submit="Change the status",
        fields_of_refusals={"outside": "day", "no_change": "status"},
    )


def practice_commissioner(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """Another commissioner from a day."""
    asat = asat_of(request)
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = _standing(request, found, pk)
    others = queries.other_commissioners(standing.commissioner)

    def do(typed: dict[str, Any]) -> PracticeStanding:
        return services.change_commissioner(by=request.user, standing=standing, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        leaving = _leaving_networks(found, day_before(typed["day"]))
        return networks().effect(
            commissioner=standing.commissioner,
            day=typed["day"],
            do=lambda: do(typed),
            sentences=lambda changed: [
                f"{found.name} belongs to {changed.commissioner.short_name} from {words.day(changed.first_day)}.",
                *leaving,
            ],
            also=[typed["commissioner"]],
        )

    return _act(
        request,
        found,
        of=standing,
        form=forms.CommissionerForm(
            posted(request), standing=standing, commissioners=others, initial={"day": asat.day}
        ),
        do=do,
        effect=weigh,
        done=lambda changed: (
            f"{found.name} belongs to {changed.commissioner.short_name} from {words.day(changed.first_day)}."
        ),
        to=link(asat, "practices:practice_list"),
        cancel=found.address,
        heading="Change the commissioner",
        lede=f"{standing.commissioner} {words.period(standing.period.lower, standing.period.upper)}.",
        submit="Change the commissioner",
        fields_of_refusals={"outside": "day", "no_change": "commissioner"},
    )


# Federations -----------------------------------------------------------------------------------------


def federation_join(request: HttpRequest, ods_code: str) -> HttpResponse:
    """The practice joins a federation of its commissioner."""
    asat = asat_of(request)
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    whose = found.facts.standing.commissioner
    federations = queries.federations_to_join(whose)
    none = f"There is no federation of {whose.short_name} yet. Add one on its page, under Commissioners."
    return _act(
        request,
        found,
        form=forms.JoinFederationForm(posted(request), federations=federations, initial={"first": asat.day}),
        do=lambda typed: services.join_federation(by=request.user, practice=found.practice, **typed),
        done=lambda joined: f"{found.name} is in {joined.federation} from {words.day(joined.first_day)}.",
        heading="Join a federation",
        lede="" if federations else none,
        submit="Join",
        fields_of_refusals={"already_member": "first", "not_open": "first"},
    )


def _federation_membership(request: HttpRequest, found: Found, pk: int) -> FederationMembership:
    memberships = queries.federation_memberships_of(found.practice)
    membership: FederationMembership = version_of(request, memberships, pk)
    return membership


def federation_leave(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practice was in its federation until a day."""
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    membership = _federation_membership(request, found, pk)
    return _act(
        request,
        found,
        of=membership,
        form=forms.EndForm(posted(request), first=membership.first_day, initial={"last": asat_of(request).day}),
        do=lambda typed: services.leave_federation(by=request.user, membership=membership, **typed),
        done=lambda left: f"{found.name} is in {left.federation} until {words.day(left.last_day)}.",
        heading=f"Leave {membership.federation}",
        lede=f"A member {words.period(membership.period.lower, membership.period.upper)}. "
        "If it never was one, void the membership instead.",
        submit="Leave",
        fields_of_refusals={"no_change": "last"},
    )


def federation_void(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practice was never in that federation."""
    found = _find(request, ods_code, Action.CHANGE_PRACTICE)
    membership = _federation_membership(request, found, pk)
    return _act(
        request,
        found,
        of=membership,
        form=forms.VoidForm(posted(request)),
        do=lambda typed: services.void_federation_membership(by=request.user, membership=membership, **typed),
        done=lambda _: f"The membership of {found.name} in {membership.federation} is voided.",
        heading=f"It was never in {membership.federation}",
        lede=f"Recorded as a member {words.period(membership.period.lower, membership.period.upper)}.",
        submit="Void the membership",
        kind="warning",
    )


# Contacts --------------------------------------------------------------------------------------------


def contact_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """The ten-second form, also on a page of its own when something is wrong with what was typed."""
    asat = asat_of(request)
    found = _find(request, ods_code, Action.ADD_CONTACT)
    return _act(
        request,
        found,
        form=forms.ContactForm(posted(request), today=asat.today, initial={"day": asat.today}),
        do=lambda typed: services.add_contact(by=request.user, practice=found.practice, **typed),
        done=lambda contact: f"Your contact of {words.day(contact.day)} is in the log.",
        to=f"{found.address}#contacts",
        heading="Add a contact",
        submit="Add",
    )


def contact_withdraw(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """Take back an entry of the contact log. It stays readable."""
    found = _find(request, ods_code, Action.ADD_CONTACT)
    require(request.user, Action.VIEW_CONTACTS, found.subject)
    contact = get_object_or_404(queries.contacts_of(found.practice), pk=pk)
    return _act(
        request,
        found,
        form=forms.WithdrawForm(posted(request)),
        do=lambda typed: services.withdraw_contact(by=request.user, contact=contact, **typed),
        done=lambda _: f"The entry of {words.day(contact.day)} is withdrawn.",
        to=f"{found.address}#contacts",
        heading="Withdraw an entry",
        lede=f"{words.day(contact.day)}: {contact.outcome}",
        submit="Withdraw it",
        kind="warning",
    )


# Commissioners ---------------------------------------------------------------------------------------


class CommissionerList(ListPage):
    """The commissioners whose register the reader may see, those in the programme first."""

    title = "Commissioners"
    noun = ("commissioner", "commissioners")
    filterset_class = CommissionerFilters
    table_class = CommissionerTable
    default_sort = "programme"
    csv_columns = {
        "ods_code": "ods_code",
        "name": "name",
        "short_name": "short_name",
        "in_programme": "programme",
        "practices": "practices",
        "word": "local_word",
        "band_low": "band_low",
        "band_high": "band_high",
        "full_coverage_due": "target_day",
        "opened": "opened",
        "last_day": "closed",
        "followed_by": "successor__ods_code",
    }
    template_name = "practices/commissioners.html"

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> QuerySet[Commissioner]:
        return queries.listed_commissioners(self.request.user, self.asat)

    def summarise(self, filterset: CommissionerFilters) -> Summary:
        count, inside = queries.programme_counts(filterset.qs)
        return Summary(count, f"{words.plural(count, *self.noun)}, {words.number(inside)} in the programme")

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": _crumbs(self.asat)}


def _commissioner(request: HttpRequest, ods_code: str, action: Action | None = None) -> Commissioner:
    seen = queries.commissioners_seen(request.user)
    commissioner: Commissioner = get_object_or_404(seen, ods_code=ods_code.upper())
    if action is not None:
        require(request.user, action, commissioner)
    return commissioner


def _of_commissioner(request: HttpRequest, commissioner: Commissioner, **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    address = link(asat, "practices:commissioner_detail", commissioner.ods_code)
    crumbs = [
        {"text": "Commissioners", "href": link(asat, "practices:commissioner_list")},
        {"text": commissioner.short_name, "href": address},
    ]
    return act(request, **{"to": address, "caption": str(commissioner), "breadcrumbs": crumbs} | parts)


def commissioner_detail(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A commissioner's words, size band and target, its federations, and whether the names are released."""
    asat, user = asat_of(request), request.user
    commissioner = _commissioner(request, ods_code)
    context = {
        "heading": commissioner.name,
        "commissioner": commissioner,
        "federations": queries.federations(commissioner, asat),
        "releases": queries.names_releases(commissioner, asat),
        "history": queries.commissioner_history(commissioner) if can(user, Action.VIEW_HISTORY, commissioner) else None,
        "may": {action.value: bool(can(user, action, commissioner)) for action in Action},
        "breadcrumbs": [{"text": "Commissioners", "href": link(asat, "practices:commissioner_list")}],
    }
    return render(request, "practices/commissioner.html", context)


def commissioner_settings(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Change a commissioner's name, words, size band and target."""
    commissioner = _commissioner(request, ods_code, Action.CHANGE_COMMISSIONER)
    return _of_commissioner(
        request,
        commissioner,
        form=forms.SettingsForm(
            posted(request), instance=commissioner, initial={"seen": history.version(commissioner)}
        ),
        do=lambda typed: services.change_settings(by=request.user, commissioner=commissioner, **typed),
        done=lambda changed: f"The settings of {changed.short_name} are saved.",
        heading="Name, words, size band and target",
        submit="Save",
    )


def federation_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A federation of the commissioner's practices."""
    commissioner = _commissioner(request, ods_code, Action.CHANGE_COMMISSIONER)
    return _of_commissioner(
        request,
        commissioner,
        form=forms.FederationForm(posted(request)),
        do=lambda typed: services.add_federation(by=request.user, commissioner=commissioner, **typed),
        done=lambda added: f"{added} is added. Practices join it on their own pages.",
        heading="Add a federation",
        submit="Add",
        fields_of_refusals={"name_taken": "name"},
    )


def federation_rename(request: HttpRequest, ods_code: str, slug: str) -> HttpResponse:
    """Call a federation otherwise."""
    commissioner = _commissioner(request, ods_code, Action.CHANGE_COMMISSIONER)
    federation = get_object_or_404(queries.federations_of(commissioner), slug=slug)
    return _of_commissioner(
        request,
        commissioner,
        form=forms.RenameFederationForm(
            posted(request), initial={"name": federation.name, "seen": history.version(federation)}
        ),
        do=lambda typed: services.rename_federation(by=request.user, federation=federation, **typed),
        done=lambda renamed: f"{renamed} is saved.",
        heading="Rename the federation",
        caption=federation.name,
        submit="Save",
        fields_of_refusals={"name_taken": "name"},
    )


def names_release(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Let the board see which practices are in no CHIN."""
    asat = asat_of(request)
    commissioner = _commissioner(request, ods_code, Action.RELEASE_NAMES)
    count = queries.unplaced_count(commissioner, asat)

    def weigh(typed: dict[str, Any]) -> Effect:
        until = f" until {words.day(typed['last'])}" if typed["last"] else " until somebody ends it"
        return Effect(
            sentences=[
                f"The names and patients of practices of {commissioner.short_name} that are in no CHIN are shown to "
                f"everybody who sees its register, from {words.day(typed['first'])}{until}.",
                f"Today that is {words.plural(count, 'practice')}.",
            ],
            warnings=["What has been read can’t be unread, also when the release ends."],
        )

    return _of_commissioner(
        request,
        commissioner,
        form=forms.ReleaseForm(posted(request), today=asat.today, initial={"first": asat.today}),
        do=lambda typed: services.release_names(by=request.user, commissioner=commissioner, **typed),
        effect=weigh,
        done=lambda release: f"The names are released from {words.day(release.first_day)}.",
        heading="Release the names to the board",
        submit="Release the names",
    )


def _release(request: HttpRequest, commissioner: Commissioner, pk: int) -> NamesRelease:
    release: NamesRelease = version_of(request, queries.names_releases_of(commissioner), pk)
    return release


def names_end(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The names are shown until a day."""
    commissioner = _commissioner(request, ods_code, Action.RELEASE_NAMES)
    release = _release(request, commissioner, pk)
    return _of_commissioner(
        request,
        commissioner,
        of=release,
        form=forms.EndForm(posted(request), first=release.first_day, initial={"last": asat_of(request).today}),
        do=lambda typed: services.end_names_release(by=request.user, release=release, **typed),
        done=lambda ended: f"The names are shown until {words.day(ended.last_day)}.",
        heading="End the release of names",
        lede=f"Released {words.period(release.period.lower, release.period.upper)}.",
        submit="End it",
        fields_of_refusals={"no_change": "last"},
    )


def names_void(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The names should never have been released."""
    commissioner = _commissioner(request, ods_code, Action.RELEASE_NAMES)
    release = _release(request, commissioner, pk)
    return _of_commissioner(
        request,
        commissioner,
        of=release,
        form=forms.VoidForm(posted(request)),
        do=lambda typed: services.void_names_release(by=request.user, release=release, **typed),
        done=lambda _: "The release of names is voided.",
        heading="Void the release of names",
        lede=f"Recorded {words.period(release.period.lower, release.period.upper)}.",
        submit="Void it",
        kind="warning",
    )
