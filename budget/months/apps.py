from django.apps import AppConfig


class MonthsApp(AppConfig):
    name = "budget.months"
    label = "months"
    verbose_name = "Months"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("months")
