from django.core.management.base import CommandParser

from cc2h.kit.imports.command import ImportCommand
from cc2h.kit.imports.kinds import kinds


class Command(ImportCommand):
    help = "Import files of measures’ values."
    group = "kpi"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        of_group = sorted(key for key, kind in kinds.items() if self.group in kind.groups())
        parser.add_argument("--kind", choices=of_group, help="what the files are, rather than told by their content")
