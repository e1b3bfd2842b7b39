from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class BenefitsApp(AppConfig):
    name = "kpis.benefits"
    label = "benefits"
    verbose_name = "Benefits"

    def ready(self) -> None:
        from cc2h.kit import programme
        from kpis.benefits import kept, records  # noqa: F401 - the worker's job, and what can be about a benefit

        programme.belongs("benefits", Overlap="true")  # a view: it is empty when what it shows is

        def reads(user: Any) -> bool:
            return user.authority.may(Action.VIEW_REGISTER)

        within = "/benefits/"
        go_to(Destination("Benefits", "benefits:home", within, reads, order=48))
        listed = (
            ("Dashboard", "home", within, 10),
            ("List", "benefit_list", f"{within}list/", 20),
            ("Year by year", "row_list", f"{within}years/", 30),
        )
        for text, name, prefix, order in listed:
            go_to(Destination(text, f"benefits:{name}", prefix, reads, order=order, within=within))
