from django.apps import AppConfig


class KpisApp(AppConfig):
    name = "kpis"
    verbose_name = "KPIs"

    def ready(self) -> None:
        from cc2h.kit import programme
        from kpis import importers, rollup  # noqa: F401 - kinds of file, and the worker's job

        programme.belongs("kpis")
