from django.apps import AppConfig


class RouteApp(AppConfig):
    name = "cc2h.cases.route"
    label = "route"
    verbose_name = "Route of business cases"

    def ready(self) -> None:
        from cc2h.cases.route import services, subject  # noqa: F401 - cases set out when submitted; bodies decide on them
        from cc2h.kit import programme

        programme.belongs("route")
