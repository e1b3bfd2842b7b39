from typing import Any

from django.apps import AppConfig


class KitApp(AppConfig):
    name = "cc2h.kit"
    label = "kit"

    def ready(self) -> None:
        from cc2h.kit.context import Destination, go_to
        from cc2h.kit.imports import services  # noqa: F401 - registers the worker's part

        def sees_imports(user: Any) -> bool:
            return bool(user.authority.may("view_imports"))

        go_to(Destination("Imports", "imports:import_list", "/imports/", sees_imports, order=80))
