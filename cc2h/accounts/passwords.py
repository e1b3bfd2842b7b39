"""The password that everybody knows: the demonstration's. Whoever still has it in another portal is told on every page."""

from typing import Any

from django.core.exceptions import ValidationError

PUBLIC = "closer-to-home-2018"  # everybody's in a demonstration, and of no use anywhere else
MARK = "public_password"  # in the session of somebody who signed in with it


class NotPublic:
    """Nobody chooses the demonstration's password."""

    def validate(self, password: str, user: Any = None) -> None:
        if password == PUBLIC:
            raise ValidationError("Everybody knows this password: it is the demonstration’s.", code="public")

    def get_help_text(self) -> str:
        return "It is not the demonstration’s password."
