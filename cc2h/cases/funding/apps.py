from django.apps import AppConfig


class FundingApp(AppConfig):
    name = "cc2h.cases.funding"
    label = "funding"
    verbose_name = "Money of business cases"

    def ready(self) -> None:
        from budget.payments import owing
        from cc2h.cases.funding import at_check, services  # noqa: F401 - what the check asks
        from cc2h.kit import programme

        programme.belongs("funding")
        owing.hear(services.PREFIX, services.heard)
        owing.describe(services.PREFIX, services.described)
