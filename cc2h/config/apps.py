from typing import Any

from django.apps import AppConfig

from cc2h.kit import triggers

triggers.keep()  # before any model registers its own


class ConfigApp(AppConfig):
    """The room that knows every other: loads the job queue with the rest of the project."""

    name = "cc2h.config"
    label = "config"

    def ready(self) -> None:
        from cc2h.accounts.authority import Action
        from cc2h.config import celery, slow_queries  # noqa: F401 - shared tasks find their application here
        from cc2h.kit.context import Destination, go_to

        slow_queries.begin()

        def runs_the_portal(user: Any) -> bool:
            return bool(user.authority.may(Action.VIEW_OPERATIONS))

        go_to(Destination("Operations", "operations", "/operations/", runs_the_portal, order=95))
