"""Business cases at a terminal: lists, one of them, its paper, and what the rooms above register."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cc2h.cases.commands import REFUSED, acts
from cc2h.kit.days import today
from cc2h.kit.problems import errors_of


class Command(BaseCommand):
    help = "Lists and shows business cases, and takes their steps. Exit status: 0 done, 1 refused, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        parsers = parser.add_subparsers(dest="act", required=True, metavar="|".join(acts))
        for name, registered in acts.items():
            one = parsers.add_parser(name, help=registered.help)
            if registered.arguments:
                registered.arguments(one)
            one.add_argument("--json", action="store_true", help="JSON on standard output")

    def handle(self, **options: Any) -> None:
        try:
            said, found = acts[options["act"]].do({**options, "today": today()})
        except PermissionDenied as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from None
        except ValidationError as refusal:
            text = "\n".join(" ".join(error.messages) for _, error in errors_of(refusal))
            raise CommandError(text, returncode=REFUSED) from None
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else said)
