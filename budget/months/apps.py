from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class MonthsApp(AppConfig):
    name = "budget.months"
    label = "months"
    verbose_name = "Months"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("months")

        def sees_a_whole_budget(user: Any) -> bool:
            held = user.authority
            return held.everywhere(Action.VIEW_BUDGET) or bool(held.commissioner_ids(Action.VIEW_BUDGET))

        go_to(Destination("Months", "months:home", "/budget/months/", sees_a_whole_budget, order=35, within="/budget/"))
