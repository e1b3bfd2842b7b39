from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class BudgetApp(AppConfig):
    name = "budget"

    def ready(self) -> None:
        from budget import records  # noqa: F401 - actions, comments and files hang on lines
        from budget.importers import sheets  # noqa: F401 - what a go-live workbook says of money
        from cc2h.kit import programme

        programme.belongs("budget")

        def sees_a_budget(user: Any) -> bool:
            return user.authority.may(Action.VIEW_BUDGET)

        within = "/budget/"
        go_to(Destination("Budget", "budget:home", within, sees_a_budget, order=40))
        go_to(Destination("Budget", "budget:home", within, sees_a_budget, order=10, within=within))
        go_to(Destination("Ledger", "budget:entry_list", "/budget/entries/", sees_a_budget, order=20, within=within))
        go_to(
            Destination(
                "Virements and cuts", "budget:request_list", "/budget/requests/", sees_a_budget, order=30, within=within
            )
        )
