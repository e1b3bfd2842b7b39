"""The lists of practices and of commissioners."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, authority_of, can, require
from cc2h.kit import links, words
from cc2h.kit.api.spec import sends_bytes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.exports import table_response
from cc2h.kit.lists import ListPage, Summary
from practices import corrections, queries, shapes
from practices.filters import CommissionerFilters, PracticeFilters
from practices.matching import Matching
from practices.models import Commissioner, Status
from practices.tables import CommissionerTable, PracticeTable
from practices.views.finding import crumbs


class PracticeList(ListPage):
    """Every practice the reader may see, as at a day."""

    title = "Practices"
    noun = ("practice", "practices")
    filterset_class = PracticeFilters
    table_class = PracticeTable
    default_sort = "name"
    shape = shapes.PracticeItem
    csv_columns = queries.CSV_COLUMNS
    template_name = "practices/list.html"

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> Any:
        return Matching.visible_to(self.request.user, self.asat)

    def fetch(self, filterset: PracticeFilters) -> tuple[Summary, Sequence[queries.PracticeRow]]:
        """One statement for the sums and the page: over thousands of practices they cost more than all the rest."""
        found = queries.practice_page(
            filterset.any_status,
            statuses=filterset.statuses,
            sort=self.sort.removeprefix("-"),
            falling=self.falling,
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

    def ordered(self, queryset: Any) -> Any:
        return queryset.ordered(self.sort.removeprefix("-"), falling=self.falling)

    def export(self, ordered: Any) -> Iterator[tuple[Any, ...]]:
        return queries.export_rows(ordered)

    def beyond(self, queryset: Any, key: Sequence[Any] | None, limit: int) -> tuple[list[Any], Any]:
        sort = self.sort.removeprefix("-")
        return queries.rows_after(queryset, sort=sort, falling=self.falling, key=key, limit=limit)

    def exclude(self, filterset: PracticeFilters) -> Sequence[str]:
        several = "commissioner" in filterset.filters and not filterset.form.cleaned_data.get("commissioner")
        return () if several else ("commissioner",)

    def elsewhere(self, name: str) -> str:
        """The address of another page of these practices, with the filters and the day of this one."""
        here = links.this_page(self.request, sort=None, page=None, per_page=None)
        return reverse(name) + here.removeprefix(self.request.path)

    def context(self) -> dict[str, Any]:
        return {
            "map": self.elsewhere("practices:practice_map"),
            "corrections": self.elsewhere("practices:corrections_file"),
            "may_open": bool(can(self.request.user, Action.CHANGE_PRACTICE)),
            "may_import": bool(can(self.request.user, Action.IMPORT_FILES)),
        }


@require_safe
@sends_bytes
def corrections_file(request: HttpRequest) -> HttpResponseBase:
    """The practices of the list that the reader may change, to be corrected in a spreadsheet and brought back."""
    require(request.user, Action.CHANGE_PRACTICE)
    asat = asat_of(request)
    now = AsAt(asat.day, None, asat.today)
    filterset = PracticeFilters(request.GET, Matching.visible_to(request.user, now), request=request)
    if not filterset.is_valid():
        raise BadRequest("The list can’t be filtered so.")
    theirs = authority_of(request.user).commissioner_ids(Action.CHANGE_PRACTICE)
    matching = filterset.qs.where("standing.commissioner_id = ANY(%(theirs)s)", theirs=sorted(theirs))
    rows = corrections.rows(matching)
    response = table_response(request, "practices to correct", asat.day, corrections.COLUMNS, rows)
    response.headers["Content-Type"] = "application/octet-stream"  # a file to take, as the API says of it
    return response


class CommissionerList(ListPage):
    """The commissioners whose register the reader may see, those in the programme first."""

    title = "Commissioners"
    noun = ("commissioner", "commissioners")
    filterset_class = CommissionerFilters
    table_class = CommissionerTable
    default_sort = "programme"
    shape = shapes.CommissionerItem
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
        return {"breadcrumbs": crumbs(self.asat)}
