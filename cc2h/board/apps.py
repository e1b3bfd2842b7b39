from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action, authority_of
from cc2h.kit.context import Destination, go_to


class BoardApp(AppConfig):
    name = "cc2h.board"
    label = "board"

    def ready(self) -> None:
        from cc2h.board import money_said, records, statements  # noqa: F401 - kinds of record and event; what papers say
        from cc2h.board.home import lives_on_a_dashboard
        from cc2h.kit import programme

        programme.belongs("board")
        programme.after_removal(statements.record_after_removal)

        def reads(user: Any) -> bool:
            return authority_of(user).may(Action.VIEW_REGISTER)

        def has_a_home(user: Any) -> bool:
            return reads(user) and not lives_on_a_dashboard(authority_of(user))

        def lives_here(user: Any) -> bool:
            return reads(user) and lives_on_a_dashboard(authority_of(user))

        go_to(Destination("Home", "board:home", "/", has_a_home, order=10, home=True))
        go_to(Destination("Dashboard", "board:dashboards", "/dashboard/", has_a_home, order=20))
        go_to(Destination("Dashboard", "board:home", "/dashboard/", lives_here, order=20, home=True))
        go_to(Destination("Papers say", "board:statement_list", "/papers/", reads, order=70))
