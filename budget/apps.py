from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class BudgetApp(AppConfig):
    name = "budget"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("budget")

        def sees_a_budget(user: Any) -> bool:
            return user.authority.may(Action.VIEW_BUDGET)

        go_to(Destination("Budget", "budget:home", "/budget/", sees_a_budget, order=40))
