from django.apps import AppConfig


class LocalServicesApp(AppConfig):
    name = "budget.lcs"
    label = "lcs"
    verbose_name = "Local services"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("lcs")
