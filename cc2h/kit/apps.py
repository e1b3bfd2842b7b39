from django.apps import AppConfig


class KitApp(AppConfig):
    name = "cc2h.kit"
    label = "kit"
