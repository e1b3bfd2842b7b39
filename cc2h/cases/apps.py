from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class CasesApp(AppConfig):
    name = "cc2h.cases"
    label = "cases"
    verbose_name = "Business cases"

    def ready(self) -> None:
        from cc2h.cases import commands, dates, finding, papers, parts, records  # noqa: F401 - they register themselves
        from cc2h.kit import programme

        programme.belongs("cases")

        def sees_cases(user: Any) -> bool:
            return user.authority.may(Action.VIEW_CASE)

        def writes_cases(user: Any) -> bool:
            return user.authority.may(Action.WRITE_CASE)

        within = "/business-cases/"
        go_to(Destination("Business cases", "cases:case_list", within, sees_cases, order=35))
        go_to(Destination("Business cases", "cases:case_list", within, sees_cases, order=10, within=within))
        go_to(Destination("Pipeline", "cases:pipeline", f"{within}pipeline/", sees_cases, order=20, within=within))
        go_to(Destination("Mine", "cases:mine", f"{within}mine/", writes_cases, order=30, within=within))
