"""Back up everything into one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from cc2h.config import backup


class Command(BaseCommand):
    help = "Writes everything that must not be lost, imported files included, to one file, while people work on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to; an older file of that name is replaced")

    def handle(self, **options: Any) -> None:
        size = backup.back_up(options["file"].resolve())
        self.stdout.write(f"{options['file']}: {size / 1_000_000:.1f} MB.")
