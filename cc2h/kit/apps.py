from django.apps import AppConfig


class KitApp(AppConfig):
    name = "cc2h.kit"
    label = "kit"

    def ready(self) -> None:
        from cc2h.kit.imports import services  # noqa: F401 - registers the worker's part
