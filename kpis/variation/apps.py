from django.apps import AppConfig


class VariationApp(AppConfig):
    name = "kpis.variation"
    label = "variation"
    verbose_name = "Variation"
