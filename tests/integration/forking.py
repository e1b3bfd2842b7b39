"""Management commands, each in a process of its own that is there at once: the fork of one that has loaded Django.

As a program, `python -m tests.integration.forking`, it reads a command a line, forks, and says the child's number; and
its exit status when it has ended. It asks no database itself.
"""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from cc2h.config.supervisor import BASE_DIR


class Command:
    """A command that was begun."""

    def __init__(self, loaded: "subprocess.Popen[str]", said: Path, arguments: tuple[str, ...]) -> None:
        self._loaded, self._said = loaded, said
        assert loaded.stdin
        assert loaded.stdout
        loaded.stdin.write(json.dumps([str(said), *arguments]) + "\n")
        loaded.stdin.flush()
        self.pid = int(loaded.stdout.readline())

    def running(self) -> bool:
        with selectors.DefaultSelector() as selector:
            assert self._loaded.stdout
            selector.register(self._loaded.stdout, selectors.EVENT_READ)
            return not selector.select(0)

    def wait(self) -> int:
        """Its exit status, once it has ended."""
        assert self._loaded.stdout
        return int(self._loaded.stdout.readline())

    def said(self) -> str:
        return self._said.read_text()


class Commands:
    """Begins commands, one after the other."""

    def __init__(self, loaded: "subprocess.Popen[str]", said: Path) -> None:
        self._loaded, self._said = loaded, said

    def begin(self, *arguments: str) -> Command:
        return Command(self._loaded, self._said, arguments)


@contextlib.contextmanager
def commands(said: Path, **environment: str) -> Iterator[Commands]:
    """Commands run in this environment; what each says is in the file."""
    loaded = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.forking"],
        env={**os.environ, **environment, "PYTHONPATH": str(BASE_DIR)},
        cwd=BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Commands(loaded, said)
    finally:
        assert loaded.stdin
        loaded.stdin.close()
        loaded.wait(30)


def run(said: str, *arguments: str) -> None:
    """In the child: the command as manage.py runs it."""
    from django.core.management import execute_from_command_line

    os.setsid()
    file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for output in (1, 2):
        os.dup2(file, output)
    status = 1
    try:
        execute_from_command_line(["manage.py", *arguments])
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def serve() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cc2h.config.settings")
    import django
    from django.urls import get_resolver

    django.setup()
    assert get_resolver().url_patterns
    for line in sys.stdin:
        said, *arguments = json.loads(line)
        child = os.fork()
        if not child:
            run(said, *arguments)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
