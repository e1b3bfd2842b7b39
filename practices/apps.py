from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class PracticesApp(AppConfig):
    name = "practices"

    def ready(self) -> None:
        from cc2h.kit import programme
        from practices import finding, importers, records  # noqa: F401 - they register what is found, kinds of file and record

        programme.belongs("practices", Commissioner="true", CommissionerEvent="true")

        def reads(user: Any) -> bool:
            return user.authority.may(Action.VIEW_REGISTER)

        go_to(Destination("Practices", "practices:practice_list", "/practices/", reads, order=20))
