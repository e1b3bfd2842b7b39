from django.apps import AppConfig


class KpisApp(AppConfig):
    name = "kpis"
    verbose_name = "KPIs"

    def ready(self) -> None:
        from cc2h.kit import programme
        from kpis import rollup  # noqa: F401 - it registers the worker's job

        programme.belongs("kpis")
