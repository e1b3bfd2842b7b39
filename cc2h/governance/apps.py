from django.apps import AppConfig


class GovernanceApp(AppConfig):
    name = "cc2h.governance"
    label = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("governance")
