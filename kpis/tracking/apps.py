from django.apps import AppConfig


class TrackingApp(AppConfig):
    name = "kpis.tracking"
    label = "tracking"
    verbose_name = "Tracking"
