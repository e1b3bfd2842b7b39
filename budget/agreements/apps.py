from django.apps import AppConfig


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
