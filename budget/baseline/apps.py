from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class BaselineApp(AppConfig):
    name = "budget.baseline"
    label = "baseline"
    verbose_name = "Baseline assessment"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("baseline")

        def answers_without_a_budget(user: Any) -> bool:
            """Whoever sees a budget finds it there."""
            return user.authority.may(Action.ENTER_CLAIM) and not user.authority.may(Action.VIEW_BUDGET)

        go_to(
            Destination("Assessment", "baseline:round_list", "/budget/assessments/", answers_without_a_budget, order=42)
        )
