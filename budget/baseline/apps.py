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

        def sees_assessments(user: Any) -> bool:
            return user.authority.may(Action.VIEW_CLAIM)

        go_to(
            Destination(
                "Assessment",
                "baseline:round_list",
                "/budget/assessments/",
                sees_assessments,
                order=19,
                within="/budget/",
            )
        )
