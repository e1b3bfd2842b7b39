from django.apps import AppConfig


class CyclesApp(AppConfig):
    name = "cc2h.cases.cycles"
    label = "cycles"
    verbose_name = "Cycles"

    def ready(self) -> None:
        from cc2h.cases.cycles import services  # noqa: F401 - they hear of what becomes of a case
        from cc2h.kit import programme

        programme.belongs("cycles")
