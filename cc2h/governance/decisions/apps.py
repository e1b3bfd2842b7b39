from django.apps import AppConfig


class DecisionsApp(AppConfig):
    name = "cc2h.governance.decisions"
    label = "decisions"
    verbose_name = "Decisions"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("decisions")
