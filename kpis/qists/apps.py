from django.apps import AppConfig


class QistsApp(AppConfig):
    name = "kpis.qists"
    label = "qists"
    verbose_name = "QISTs"
