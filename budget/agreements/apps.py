from django.apps import AppConfig


class AgreementsApp(AppConfig):
    name = "budget.agreements"
    label = "agreements"
    verbose_name = "Agreements"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("agreements")
