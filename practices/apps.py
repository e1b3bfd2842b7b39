from django.apps import AppConfig


class PracticesApp(AppConfig):
    name = "practices"
