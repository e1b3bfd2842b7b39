"""What must be in order before the portal starts: tables, a first programme, static files.

    python -m cc2h.config.prepare [--empty]

One process does it all, as starting Django costs most of a second. Progress goes to stderr; stdout gets the
sign-ins, which `script/server` shows once the portal is ready.
"""

import argparse
import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError


def collect_static_files() -> None:
    """Collect and compress the static files, unless the last time collected just these."""
    folder, digest = Path(settings.STATIC_ROOT), hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = os.stat(storage.path(path))
            digest.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    stamp = folder / "collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest.hexdigest())


def prepare(*, empty: bool) -> None:
    """Bring everything up to date; every step does nothing when there is nothing to do."""
    from cc2h.config import programme  # after Django's setup: it needs the models

    call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
    if programme.is_fresh():
        call_command("load_programme", empty=empty, stdout=sys.stderr)
    if not settings.WHITENOISE_USE_FINDERS:
        collect_static_files()
    call_command("sign_ins")


def main() -> int:
    """Parse the command line and prepare; what a person can act on is a sentence on stderr and exit code 1."""
    parser = argparse.ArgumentParser(prog="prepare")
    parser.add_argument("--empty", action="store_true", help="without the demonstration programme")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cc2h.config.settings")
    try:
        django.setup()
        prepare(empty=given.empty)
    except (CommandError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)
        return 1
    except OperationalError as error:
        print(f"The database does not answer: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
