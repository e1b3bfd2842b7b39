from django.apps import AppConfig


class BenefitsApp(AppConfig):
    name = "kpis.benefits"
    label = "benefits"
    verbose_name = "Benefits"

    def ready(self) -> None:
        from cc2h.kit import programme
        from kpis.benefits import kept  # noqa: F401 - the worker's job

        programme.belongs("benefits", Overlap="true")  # a view: it is empty when what it shows is
