from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, go_to


class AgreementsApp(AppConfig):
    name = "budget.agreements"
    label = "agreements"
    verbose_name = "Agreements"

    def ready(self) -> None:
        from budget.agreements import records, sections  # noqa: F401 - what hangs on them, where they are shown
        from budget.agreements.models import Document, DocumentPiece
        from cc2h.kit import programme, scanning

        scanning.holds(Document, DocumentPiece)
        programme.belongs("agreements")

        def sees_agreements(user: Any) -> bool:
            return user.authority.may(Action.VIEW_CLAIM)

        go_to(
            Destination(
                "Agreements",
                "agreements:agreement_list",
                "/budget/agreements/",
                sees_agreements,
                order=18,
                within="/budget/",
            )
        )
