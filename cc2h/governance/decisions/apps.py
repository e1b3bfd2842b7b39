from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class DecisionsApp(AppConfig):
    name = "cc2h.governance.decisions"
    label = "decisions"
    verbose_name = "Decisions"

    def ready(self) -> None:
        from cc2h.governance.decisions import records, sections, telling  # noqa: F401 - what hangs on items, where decisions are shown
        from cc2h.kit import programme

        programme.belongs("decisions")

        def sees(user: Any) -> bool:
            return user.authority.may(Action.VIEW_GOVERNANCE)

        within = "/governance/"
        decided, register = "/governance/decisions/", "/governance/decisions/interests/"
        go_to(Destination("Decisions", "decisions:decision_list", decided, sees, order=30, within=within))
        go_to(Destination("Register of interests", "decisions:interest_list", register, sees, order=32, within=within))
