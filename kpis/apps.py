from django.apps import AppConfig


class KpisApp(AppConfig):
    name = "kpis"
    verbose_name = "KPIs"
