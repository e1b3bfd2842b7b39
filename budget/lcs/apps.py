from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class LocalServicesApp(AppConfig):
    name = "budget.lcs"
    label = "lcs"
    verbose_name = "Local services"

    def ready(self) -> None:
        from budget import ledger
        from budget.lcs import checking, claims, records, tasks  # noqa: F401 - claims are records that something can be about
        from budget.lcs.importers import sheets  # noqa: F401 - what a go-live workbook says of claims
        from budget.payments import owing
        from cc2h.kit import programme

        programme.belongs("lcs")

        def sees_a_budget(user: Any) -> bool:
            return user.authority.may(Action.VIEW_BUDGET)

        go_to(
            Destination(
                "Local services", "lcs:service_list", "/budget/services/", sees_a_budget, order=15, within="/budget/"
            )
        )

        def sees_claims(user: Any) -> bool:
            return user.authority.may(Action.VIEW_CLAIM)

        def sees_claims_alone(user: Any) -> bool:
            return sees_claims(user) and not sees_a_budget(user)

        within = "/budget/"
        go_to(Destination("Money", "lcs:money", within, sees_claims_alone, order=40))
        own = f"{within}services/practices/"
        go_to(Destination("Your practice", "lcs:money", own, sees_claims_alone, order=10, within=within))
        go_to(
            Destination("Claims", "lcs:claim_list", f"{within}services/claims/", sees_claims, order=17, within=within)
        )

        ledger.rests(claims.rests_on)
        owing.hear(claims.PREFIX, claims.heard)
        owing.describe(claims.PREFIX, claims.described)
