"""Load a programme into this database: the demonstration, a real one from files, or an empty one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cc2h.config import programme
from cc2h.kit.days import today
from cc2h.kit.models import Programme
from cc2h.kit.programme import kind as kind_held
from cc2h.kit.terminal import must_agree

Kind = Programme.Kind


class Command(BaseCommand):
    help = (
        "Loads the demonstration programme: made-up practices, marked illustrative everywhere. "
        "Loading twice changes nothing. Illustrative and real records are never mixed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--empty", action="store_true", help="only the five commissioners and one administrator")
        what.add_argument("--data", type=Path, metavar="DIR", help="a real programme, from a folder of NHS files")
        parser.add_argument("--reset", action="store_true", help="remove everything first; asks before it does")
        parser.add_argument("--yes", action="store_true", help="don’t ask before removing")
        parser.add_argument(
            "--administrator",
            default="administrator@localhost",
            metavar="E-MAIL",
            help="who signs in first, with --empty, or with --data where nobody can yet",
        )
        parser.add_argument(
            "--yes-in-production", action="store_true", help="load the demonstration in a production portal"
        )

    def handle(self, **options: Any) -> None:
        demonstration = not (options["empty"] or options["data"])
        if demonstration and settings.PRODUCTION and not options["yes_in_production"]:
            raise CommandError(
                "This is a production portal, and everybody knows the demonstration’s password. "
                "Start with --empty, or say --yes-in-production."
            )
        if options["data"] and not options["data"].is_dir():
            raise CommandError(f"There is no folder {options['data']}.", returncode=2)
        if options["reset"]:
            self._remove(yes=options["yes"])
        if options["empty"]:
            self._empty(options["administrator"])
        elif options["data"]:
            self._real(options["data"], options["administrator"])
        else:
            self._demonstration()

    def _remove(self, *, yes: bool) -> None:
        if programme.is_fresh():
            return
        must_agree(
            f"This removes everything in this database: {programme.contents()}, and their history.",
            yes=yes,
        )
        programme.remove_everything()
        self.stdout.write("Everything was removed.")

    def _demonstration(self) -> None:
        kind = kind_held()
        if kind == Kind.ILLUSTRATIVE:
            self.stdout.write("The demonstration programme is already loaded; nothing was changed.")
            return
        if kind == Kind.REAL or programme.holds_records():
            raise CommandError(
                f"This database holds records of its own ({programme.contents()}), and a demonstration is never "
                "mixed with them. Use another data folder, or remove them with --reset."
            )
        programme.load_demonstration(today())
        self.stdout.write(f"Loaded the demonstration programme: {programme.contents()}. All of it is made up.")

    def _empty(self, administrator: str) -> None:
        if not programme.is_fresh():
            self.stdout.write("This database is in use already; nothing was changed. --reset removes what is there.")
            return
        password = programme.start_empty(today(), administrator)
        self.stdout.write(
            f"Made the five commissioners and one administrator.\n"
            f"Sign in as {administrator} with the password {password}\n"
            "It is shown only now: change it under your name. Add people and their posts, then import the first files."
        )

    def _real(self, folder: Path, administrator: str) -> None:
        if kind_held() == Kind.ILLUSTRATIVE:
            raise CommandError(
                "This database holds the demonstration programme, and real records are never mixed with it. "
                "Remove it with --reset, or use another data folder."
            )
        from cc2h.config import real

        real.load(folder)
        if programme.anybody_may_sign_in():
            return
        password = programme.let_administer(today(), administrator)
        self.stdout.write(
            f"Nobody could sign in yet, so there is one administrator now.\n"
            f"Sign in as {administrator} with the password {password}\n"
            "It is shown only now: change it under your name. Add people and their posts, and the federations."
        )
