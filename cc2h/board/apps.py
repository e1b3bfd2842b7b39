from typing import Any

from django.apps import AppConfig


class BoardApp(AppConfig):
    name = "cc2h.board"
    label = "board"

    def ready(self) -> None:
        from cc2h.accounts.authority import Action, can
        from cc2h.kit.context import Destination, go_to

        def reads(user: Any) -> bool:
            return bool(can(user, Action.VIEW_REGISTER))

        go_to(Destination("Dashboard", "board:home", "/", reads, order=10))
        go_to(Destination("Papers say", "board:statement_list", "/papers/", reads, order=70))
