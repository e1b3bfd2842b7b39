"""Business cases at a terminal, through the same services and permissions as the pages."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandParser

from cc2h.cases import terminal
from cc2h.cases.terminal import UNKNOWN, as_json
from cc2h.kit.days import today
from cc2h.kit.problems import errors_of

EPILOGUE = """\
Exit code: 0 done, 1 refused, or something is wrong (it is said what), 2 wrong use, also a number that no case has.
With --json, one JSON value goes to standard output, also for a refusal: {"status": "refused", "problems": [...]}.
"""


class Command(BaseCommand):
    help = "Business cases: what there are, what becomes of them, and the route they take."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser: CommandParser = super().create_parser(prog_name, subcommand, epilog=EPILOGUE, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        several = parser.add_subparsers(dest="act", required=True, metavar="|".join(terminal.acts))
        for act in terminal.acts.values():
            sub: Any = several.add_parser(act.name, help=act.help, description=act.help)
            act.arguments(sub)
            sub.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            answer = terminal.acts[given["act"]].do(given, today())
        except (ValidationError, PermissionDenied) as refusal:
            problems, code = _problems(refusal)
            if given["json"]:
                self.stdout.write(as_json({"status": "refused", "problems": problems}))
            else:
                self.stderr.write("\n".join(problems))
            raise SystemExit(code) from None
        self.stdout.write(as_json(answer.said) if given["json"] else answer.text)
        if answer.wrong:
            raise SystemExit(1)


def _problems(refusal: ValidationError | PermissionDenied) -> tuple[list[str], int]:
    """The sentences of a refusal, and the exit code."""
    if isinstance(refusal, PermissionDenied):
        return [str(refusal)], 1
    errors = [error for _, error in errors_of(refusal)]
    unknown = bool(errors) and all(error.code == UNKNOWN for error in errors)
    return [message for error in errors for message in error.messages], 2 if unknown else 1
