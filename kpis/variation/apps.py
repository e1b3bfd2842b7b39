from django.apps import AppConfig


class VariationApp(AppConfig):
    """How practices vary in a measure; it has no tables of its own."""

    name = "kpis.variation"
    label = "variation"
    verbose_name = "Variation"

    def ready(self) -> None:
        from kpis.variation import sections  # noqa: F401 - what the page of a measure shows
