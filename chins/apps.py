from django.apps import AppConfig


class ChinsApp(AppConfig):
    name = "chins"

    def ready(self) -> None:
        from chins import coverage, posts  # noqa: F401 - register the worker's job and who holds which post
