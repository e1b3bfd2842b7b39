"""The list of CHINs, a CHIN's page and its history."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, authority_of, can, require
from cc2h.accounts.records import Record
from cc2h.kit import words
from cc2h.kit.api.calls import show
from cc2h.kit.api.shapes import history
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import asat_of
from cc2h.kit.lists import ListPage, Summary
from cc2h.kit.sections import sections
from chins import queries, shapes
from chins.coverage import coverage_on
from chins.figures import chin_figures
from chins.filters import ChinFilters
from chins.interest import queries as interest
from chins.tables import ChinTable
from chins.views.finding import crumbs, find
from chins.workflow import COUNTED, next_states
from practices.models import Commissioner
from practices.queries import band_words, commissioners_seen, visible_practices


class ChinList(ListPage):
    """Every CHIN the reader may see that had a state on the day, those that count first."""

    noun = ("CHIN", "CHINs")
    filterset_class = ChinFilters
    table_class = ChinTable
    default_sort = "name"
    shape = shapes.ChinItem
    template_name = "chins/list.html"
    csv_columns = {
        "slug": "slug",
        "name": "name",
        "kind": "kind",
        "code": "code",
        "commissioner": "commissioner__ods_code",
        "called": "commissioner__local_word",
        "status": "status",
        "since": "since",
        "practices": "practices",
        "patients": "patients",
        "band": "band",
        "band_low": "commissioner__band_low",
        "band_high": "commissioner__band_high",
    }

    @cached_property
    def only(self) -> Commissioner | None:
        """The commissioner of a reader who sees no other."""
        seen = list(commissioners_seen(self.request.user)[:2])
        return seen[0] if len(seen) == 1 else None

    @property
    def title(self) -> str:  # type: ignore[override]
        """The local word, where there is one."""
        return self.only.local_word_plural if self.only else "CHINs"

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> Any:
        return queries.listed_chins(self.request.user, self.asat)

    def summarise(self, filterset: ChinFilters) -> Summary:
        counts = queries.chins_by_status(filterset.any_status)
        asked = filterset.form.cleaned_data["status"]
        shown = [*counts] if asked == "all" else [asked] if asked else [s for s in counts if s in COUNTED]
        sentence = words.listed(f"{words.number(counts[s])} {s}" for s in shown if s in counts) or "None"
        others = [f"{words.number(n)} {status}" for status, n in counts.items() if status not in shown]
        return Summary(
            sum(counts.get(status, 0) for status in shown),
            sentence + (f" (plus {words.listed(others)})" if others else ""),
        )

    def exclude(self, filterset: ChinFilters) -> Sequence[str]:
        """Readers of one commissioner know whose they are and what they are called."""
        return ("commissioner", "word") if self.only else ()

    def context(self) -> dict[str, Any]:
        return {
            "may_propose": bool(can(self.request.user, Action.CHANGE_CHIN)),
            "may_move": bool(authority_of(self.request.user).commissioner_ids(Action.CHANGE_MEMBERSHIP)),
        }


@require_safe
@reads(shapes.chin)
def chin_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything held of a CHIN as at the day."""
    asat, user = asat_of(request), request.user
    chin = find(request, slug)
    state = queries.state_on(chin, asat)
    members = queries.members(chin, asat)
    counted = [member for member in members if member.status == "active"]
    patients = sum(member.patients or 0 for member in counted)
    named = visible_practices(user, asat, [member.membership.practice_id for member in members])
    shown = [member for member in members if member.membership.practice_id in named]
    joining, hidden = queries.joining(chin, user, asat)
    may = {action.value: bool(can(user, action, chin)) for action in Action}
    newest = queries.newest_state(chin)
    wide = authority_of(user).commissioner_ids(Action.CHANGE_MEMBERSHIP)
    counts = state is not None and state.status in COUNTED
    figures = []
    if counts:
        coverage = coverage_on(chin.commissioner, asat.day, asat.known_at)
        all_named = len(shown) == len(members)
        figures = chin_figures(chin, coverage, asat, practices=len(counted), patients=patients, all_named=all_named)
    context = {
        "chin": chin,
        "commissioner": chin.commissioner,
        "state": state,
        "born_from": interest.born_from(chin, asat.day),
        "counts": counts,
        "figures": figures,
        "members": shown,
        "members_hidden": len(members) - len(shown),
        "patients": patients,
        "practices": len(counted),
        "joining": joining,
        "joining_hidden": hidden,
        "band": queries.against_band(patients, chin.commissioner),
        "band_words": band_words(chin.commissioner),
        "timeline": queries.timeline(chin, user, asat),
        "states": queries.states_of(chin) if may["change_chin"] else [],
        "seats": queries.seats_of(chin, asat),
        "partners": queries.partners(chin, asat),
        "history": queries.chin_history(chin, user, asat, limit=10) if may["view_history"] else None,
        "may": may,
        "may_change_state": newest is not None and bool(next_states(newest.status)),
        "may_move": chin.commissioner_id in wide,
        "sections": sections(request, "chin", chin.slug, Record("chin", chin.slug, chin.name, chin.authority_target())),
        "breadcrumbs": crumbs(asat),
    }
    return show(request, "chins/chin.html", context)


@require_safe
@reads(history)
def chin_history(request: HttpRequest, slug: str) -> HttpResponse:
    """All that was done to a CHIN, newest first."""
    asat = asat_of(request)
    chin = find(request, slug, Action.VIEW_HISTORY)
    entries = queries.chin_history(chin, request.user, asat)
    context = {"name": chin.name, "entries": entries, "breadcrumbs": crumbs(asat, chin)}
    return show(request, "kit/history.html", context)
