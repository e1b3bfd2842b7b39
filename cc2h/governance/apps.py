from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class GovernanceApp(AppConfig):
    name = "cc2h.governance"
    label = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from cc2h.governance import records  # noqa: F401 - bodies and meetings are records that something can be about
        from cc2h.kit import programme

        programme.belongs("governance")

        def sees_governance(user: Any) -> bool:
            return user.authority.may(Action.VIEW_GOVERNANCE)

        within = "/governance/"
        go_to(Destination("Governance", "governance:body_list", within, sees_governance, order=55))
        go_to(Destination("Bodies", "governance:body_list", within, sees_governance, order=10, within=within))
        meetings = f"{within}meetings/"
        go_to(Destination("Meetings", "governance:meeting_list", meetings, sees_governance, order=20, within=within))
        own = f"{within}calendar/"
        go_to(Destination("Your calendar", "governance:calendar", own, sees_governance, order=90, within=within))
