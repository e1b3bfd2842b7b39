from django.apps import AppConfig


class FundingApp(AppConfig):
    name = "cc2h.cases.funding"
    label = "funding"
    verbose_name = "Money of business cases"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("funding")
