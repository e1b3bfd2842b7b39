"""What is measured in one go, in which order, and what each gives."""

from collections.abc import Callable, Iterator

from cc2h.config.bench import cases, kpis, local_services, measures, painting, serving
from cc2h.config.bench.measures import Row, Setting

Group = Callable[[Setting], Iterator[Row]]
# Importing empties the list sizes, so it comes last.
GROUPS: dict[Group, tuple[str, ...]] = {
    measures.recomputing: ("floor", "floor-differs", "recompute-cold", "recompute-unchanged"),
    measures.one_change: ("one-change-36", "one-change-120"),
    measures.save_to_page: ("save-to-page",),
    local_services.opening_one: ("service-opened", "service-states", "service-differs", "claims-accepted"),
    measures.practice_list: ("practice-list", "practice-list-queries"),
    measures.dashboard: ("dashboard", "dashboard-queries", "page-weight-first", "page-weight-after"),
    measures.budget_page: ("budget-page", "budget-page-queries", "budget-page-differs"),
    serving.api_list: ("api-list",),
    serving.tables_out: ("csv", "xlsx", "csv-memory", "xlsx-memory"),
    serving.many_readers: ("readers-errors", "readers-missing", "readers-p99"),
    serving.weight: (
        *("web-memory", "web-memory-growth", "worker-memory", "worker-memory-growth"),
        *("charts-memory", "charts-memory-growth"),
    ),
    painting.first_paint: tuple(painting.LIMITS),
    cases.business_cases: (
        *("pipeline", "pipeline-queries", "case-page", "case-page-queries", "waiting", "waiting-queries"),
        *("morning-mail-queries", "case-paper"),
    ),
    kpis.judging: ("spc-many", "spc-differs"),
    kpis.rolling_up: ("roll-up", "roll-up-growth", "roll-up-differs"),
    kpis.pages: (
        *("measure-page", "measure-page-queries", "measure-page-first"),
        *("icon-grid", "icon-grid-queries", "icon-grid-first"),
        *("funnel-page", "funnel-page-queries", "funnel-page-first"),
    ),
    kpis.value_to_page: ("value-to-page",),
    kpis.importing_values: ("values-import",),
    measures.importing: ("import", "import-unchanged"),
    serving.searching: ("search",),  # last, as it brings practices of its own
}
NAMES = tuple(name for names in GROUPS.values() for name in names)
