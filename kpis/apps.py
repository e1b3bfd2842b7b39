from django.apps import AppConfig


class KpisApp(AppConfig):
    name = "kpis"
    verbose_name = "KPIs"

    def ready(self) -> None:
        from cc2h.kit import programme
        from kpis import importers  # noqa: F401 - registers the kinds of file

        programme.belongs("kpis")
