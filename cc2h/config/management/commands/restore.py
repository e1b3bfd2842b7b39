"""Restore everything from a back-up."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from cc2h.config import backup


class Command(BaseCommand):
    help = "Fills an empty database from a back-up, brings it to this version, and checks every derived figure."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that the command backup wrote")

    def handle(self, **options: Any) -> None:
        backup.restore(options["file"].resolve())
        self.stdout.write("Restored. Bringing it to this version.")
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        call_command("recompute", check=True, stdout=self.stdout)
