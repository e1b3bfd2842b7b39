from django.apps import AppConfig


class ChinsApp(AppConfig):
    name = "chins"

    def ready(self) -> None:
        # they register the worker's job, which networks practices are in, and who holds which post
        from chins import coverage, networks, posts  # noqa: F401
