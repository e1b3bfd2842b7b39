from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class QistsApp(AppConfig):
    name = "kpis.qists"
    label = "qists"
    verbose_name = "QISTs"

    def ready(self) -> None:
        from cc2h.kit import programme
        from kpis import objectives
        from kpis.qists import queries, records  # noqa: F401 - QISTs are records that something can be about

        programme.belongs("qists")
        objectives.served_by("qist", queries.chins_served)

        def sees_the_register(user: Any) -> bool:
            return bool(user.authority.may(Action.VIEW_REGISTER))

        go_to(Destination("QISTs", "qists:qist_list", "/qists/", sees_the_register, order=50, within="/measures/"))
