from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class FundingApp(AppConfig):
    name = "cc2h.cases.funding"
    label = "funding"
    verbose_name = "Money of business cases"

    def ready(self) -> None:
        from budget import ledger
        from budget.payments import owing
        from cc2h.cases.funding import at_check, sections, services  # noqa: F401 - at the check, on the case’s page
        from cc2h.kit import programme

        programme.belongs("funding")

        def sees_cases(user: Any) -> bool:
            return user.authority.may(Action.VIEW_CASE)

        within = "/business-cases/"
        go_to(Destination("Money", "funding:share_list", f"{within}money/", sees_cases, order=50, within=within))
        ledger.rests(services.rests_on)
        owing.hear(services.PREFIX, services.heard)
        owing.describe(services.PREFIX, services.described)
