from django.apps import AppConfig


class ConfigApp(AppConfig):
    """The room that knows every other: loads the job queue with the rest of the project."""

    name = "cc2h.config"
    label = "config"

    def ready(self) -> None:
        from cc2h.config import celery  # noqa: F401 - shared tasks find their application here
