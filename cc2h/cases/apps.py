from django.apps import AppConfig


class CasesApp(AppConfig):
    name = "cc2h.cases"
    label = "cases"
    verbose_name = "Business cases"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("cases")
