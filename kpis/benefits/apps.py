from django.apps import AppConfig


class BenefitsApp(AppConfig):
    name = "kpis.benefits"
    label = "benefits"
    verbose_name = "Benefits"
