from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class KpisApp(AppConfig):
    name = "kpis"
    verbose_name = "KPIs"

    def ready(self) -> None:
        from cc2h.kit import programme
        from kpis import importers, records, rollup  # noqa: F401 - kinds of file and record, and the worker's job

        programme.belongs("kpis")

        def reads(user: Any) -> bool:
            return user.authority.may(Action.VIEW_REGISTER)

        within = "/measures/"
        go_to(Destination("Measures", "kpis:measure_list", within, reads, order=45))
        go_to(Destination("Library", "kpis:measure_list", within, reads, order=10, within=within))
        go_to(Destination("Impacts", "kpis:impact_list", f"{within}impacts/", reads, order=15, within=within))
        go_to(
            Destination(
                "Outcome objectives", "kpis:objective_list", f"{within}objectives/", reads, order=40, within=within
            )
        )
