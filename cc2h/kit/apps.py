from typing import Any

from django.apps import AppConfig
from django.core.validators import MaxLengthValidator
from django.db import connections
from django.db.models.signals import post_migrate


def programme_row(using: str, **_: Any) -> None:
    """The one row that says which programme the database holds: there after every migrate and every flush."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('kit_programme')")
        if cursor.fetchone()[0]:
            cursor.execute(
                "INSERT INTO kit_programme (singleton, kind) VALUES (true, 'empty') ON CONFLICT (singleton) DO NOTHING"
            )


class KitApp(AppConfig):
    name = "cc2h.kit"
    label = "kit"

    def ready(self) -> None:
        post_migrate.connect(programme_row, sender=self)
        # Django's own words are not for a person; form fields and models ask the same validator.
        MaxLengthValidator.message = "That is %(show_value)d characters long. The portal keeps at most %(limit_value)d."
        from cc2h.kit.context import Destination, go_to
        from cc2h.kit.imports import finding, services, workbook  # noqa: F401 - register how files are found, the worker’s part, a kind

        def sees_imports(user: Any) -> bool:
            return bool(user.authority.may("view_imports"))

        go_to(Destination("Imports", "imports:import_list", "/imports/", sees_imports, order=80))
