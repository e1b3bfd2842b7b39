"""Let somebody administer the portal: the first to sign in, or one who can no longer."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from cc2h.config import programme
from cc2h.kit.days import today


class Command(BaseCommand):
    help = (
        "Gives somebody a post of portal administrator from today and a new password, which is shown once. "
        "They add everybody else in the browser."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="E-MAIL", help="with which they sign in")

    def handle(self, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is no e-mail address.", returncode=2) from None
        password = programme.let_administer(today(), email)
        self.stdout.write(f"Sign in as {email} with the password {password}\nIt is shown only now.")
