from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class CyclesApp(AppConfig):
    name = "cc2h.cases.cycles"
    label = "cycles"
    verbose_name = "Cycles"

    def ready(self) -> None:
        from cc2h.cases import hooks
        from cc2h.cases.cycles import queries, records, sections, services  # noqa: F401 - they hear of a case, show on its page
        from cc2h.kit import programme
        from kpis.tracking.marks import provide_marks

        programme.belongs("cycles")
        hooks.provide_learned(queries.learned_of)
        hooks.provide_next_dates(
            lambda cases, today: {
                case: hooks.NextDate(day, what) for case, (day, what) in queries.ends_of(cases, today).items()
            }
        )

        provide_marks(queries.marks)

        def sees_cases(user: Any) -> bool:
            return user.authority.may(Action.VIEW_CASE)

        within = "/business-cases/"
        library = f"{within}cycles/library/"
        go_to(Destination("What others tried", "cycles:library", library, sees_cases, order=60, within=within))
