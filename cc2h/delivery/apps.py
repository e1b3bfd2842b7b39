from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class DeliveryApp(AppConfig):
    name = "cc2h.delivery"
    label = "delivery"

    def ready(self) -> None:
        from cc2h.delivery import records, sections, sheets  # noqa: F401 - what actions are about, are shown, come from
        from cc2h.kit import programme

        programme.belongs("delivery")

        def has_actions(user: Any) -> bool:
            return user.authority.may(Action.COMPLETE_ACTION)

        go_to(Destination("Actions", "delivery:action_list", "/actions/", has_actions, order=60))
