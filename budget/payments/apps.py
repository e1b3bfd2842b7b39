from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class PaymentsApp(AppConfig):
    name = "budget.payments"
    label = "payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        from budget.payments import (  # noqa: F401 - what check_ledger asks; what hangs on runs; the worker's part
            checking,
            records,
            remittances,
        )
        from cc2h.kit import programme

        programme.belongs("payments")

        def sees_payments(user: Any) -> bool:
            """The claims of a whole commissioner."""
            held = user.authority
            return held.everywhere(Action.VIEW_CLAIM) or bool(held.commissioner_ids(Action.VIEW_CLAIM))

        go_to(Destination("Payments", "payments:home", "/budget/payments/", sees_payments, order=25, within="/budget/"))
