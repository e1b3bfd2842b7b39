from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class RouteApp(AppConfig):
    name = "cc2h.cases.route"
    label = "route"
    verbose_name = "Route of business cases"

    def ready(self) -> None:
        from cc2h.cases.route import (  # noqa: F401 - they register themselves
            before,
            commands,
            dates,
            hooking,
            sections,
            services,
            subject,
        )
        from cc2h.kit import programme

        programme.belongs("route")

        def sees_cases(user: Any) -> bool:
            return user.authority.may(Action.VIEW_CASE)

        within = "/business-cases/"
        own = f"{within}route/"
        go_to(Destination("Where cases are", "route:turn_list", own, sees_cases, order=25, within=within))
        go_to(Destination("Route", "route:route_home", f"{own}rules/", sees_cases, order=70, within=within))
