from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class TrackingApp(AppConfig):
    """Series over time: how each is judged, notes on it, targets, what changed."""

    name = "kpis.tracking"
    label = "tracking"
    verbose_name = "Tracking"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("tracking")

        def reads(user: Any) -> bool:
            return user.authority.may(Action.VIEW_REGISTER)

        within = "/measures/"
        go_to(Destination("Board’s grid", "tracking:grid", f"{within}grid/", reads, order=20, within=within))
        go_to(Destination("What changed", "tracking:changed", f"{within}changed/", reads, order=30, within=within))
