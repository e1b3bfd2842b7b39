from django.apps import AppConfig


class BaselineApp(AppConfig):
    name = "budget.baseline"
    label = "baseline"
    verbose_name = "Baseline assessment"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("baseline")
