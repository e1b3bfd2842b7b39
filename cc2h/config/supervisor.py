"""Runs the portal on one machine: `serve` everything, or `run` a command beside the servers it needs.

    python -m cc2h.config.supervisor serve [--empty]
    python -m cc2h.config.supervisor run [--throwaway] -- COMMAND [ARGUMENT...]

PostgreSQL and Valkey come from wheels and keep their data in the data folder (`CC2H_DATA_DIR`, else `.data`),
unless `DATABASE_URL` or `REDIS_URL` names a server elsewhere. One supervisor at a time owns a data folder; a
command that finds one at work uses its servers. Standard library only, so that it starts at once.
"""

import argparse
import contextlib
import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import IO, Any

from cc2h.config.embedded import Postgres, Valkey, mark_of, runtime_folder
from cc2h.config.processes import Bell, Child, Guard, Problem, Stopped, shorten_log, stop_strays

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DEFAULT_PORT = 8000
PORTS_TO_TRY = 100
STARTING_SECONDS = 120
SERVER_URLS = ("DATABASE_URL", "REDIS_URL")


def say(words: str) -> None:
    """Tell the person at the terminal; a terminal that is gone must not keep us from stopping cleanly."""
    with contextlib.suppress(OSError, ValueError):
        print(words, file=sys.stderr, flush=True)


def data_folder() -> Path:
    """The data folder, made when it is not there; root leaves PostgreSQL's account a way through it."""
    folder = Path(os.environ.get("CC2H_DATA_DIR") or BASE_DIR / ".data").resolve()
    try:
        folder.mkdir(mode=0o711 if os.getuid() == 0 else 0o700, parents=True, exist_ok=True)
        (folder / "logs").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Problem(f"The data folder {folder} cannot be used: {error.strerror}.") from error
    if (owner := folder.stat().st_uid) != os.getuid():
        raise Problem(
            f"The data folder {folder} belongs to another user (number {owner}). "
            "Start as that user, or set CC2H_DATA_DIR to a folder of your own."
        )
    return folder


# One owner of a data folder ----------------------------------------------------------------------------


class Ownership:
    """The lock on a data folder, and the note beside it that tells others where its servers are.

    A second lock counts the commands that use the owner's servers, so that an owner which only ran a command
    does not stop the servers under somebody else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._note = folder / "servers.json"
        self._lock: IO[str] | None = None

    def take(self, purpose: str) -> bool:
        """Become the owner, unless somebody is."""
        lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        lock.truncate(0)
        lock.write(f"{purpose}, process {os.getpid()}\n")
        lock.flush()
        self._note.unlink(missing_ok=True)
        self._lock = lock
        return True

    def owner(self) -> str:
        """Who owns the folder, in words."""
        return (self.folder / "lock").read_text().strip() or "another start"

    def tell(self, urls: dict[str, str]) -> None:
        """Let other commands use our servers."""
        half = self._note.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"pid": os.getpid(), **urls}, file)
        half.rename(self._note)

    def servers(self) -> dict[str, str]:
        """The addresses of a living owner's servers; empty while it is starting or stopping."""
        try:
            note = json.loads(self._note.read_text())
            os.kill(note.pop("pid"), 0)
        except (OSError, ValueError):
            return {}
        return dict(note)

    def join(self) -> IO[str]:
        """Count as a user of the owner's servers until the returned file is closed; waits while they stop."""
        users = (self.folder / "users.lock").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        return users

    def withdraw(self, patience: Callable[[], bool]) -> IO[str]:
        """Withdraw the note, once nobody uses our servers or patience ends.

        Until the returned file is closed nobody can begin to use them.
        """
        users = (self.folder / "users.lock").open("a")
        told = False
        while True:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not patience():
                    break
                if not told:
                    say("Other commands use the servers that this one started; waiting for them to end.")
                    told = True
        self._note.unlink(missing_ok=True)
        return users

    def release(self) -> None:
        """Give the folder free."""
        if self._lock:
            self._lock.close()


class Supervisor:
    """Starts children, starts them again when they die, and stops them in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: list[Child] = []
        self.programs: list[Child] = []
        self.received: list[int] = []
        self.guard = Guard()
        self.bell = Bell()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
                signal.signal(number, self._receive)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self.received.append(number)

    def start_servers(self, *, throwaway: bool = False) -> dict[str, str]:
        """Start the servers that the environment does not name; returns their addresses by variable."""
        stop_strays(mark_of(self.folder))
        urls: dict[str, str] = {}
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(self.folder, throwaway=throwaway)
            self._start(self.servers, postgres)
            urls["DATABASE_URL"] = postgres.url
        if not os.environ.get("REDIS_URL"):
            valkey = Valkey(self.folder)
            self._start(self.servers, valkey)
            urls["REDIS_URL"] = valkey.url
        for server in self.servers:
            self.wait_for(server.ready, f"{server.name} did not become ready")
        return urls

    def start_programs(self, *programs: Child) -> None:
        """Start what needs the servers."""
        for program in programs:
            self._start(self.programs, program)

    def _start(self, where: list[Child], child: Child) -> None:
        where.append(child)
        child.start(self.guard)

    def run(self, command: Sequence[str], environment: dict[str, str]) -> int:
        """Run a command in the terminal's foreground, keeping the servers up meanwhile; returns its exit code.

        Ctrl-C reaches the command by itself; any other signal to stop is passed on.
        """
        return self._run(command, environment, passed_on={signal.SIGTERM, signal.SIGHUP})

    def run_aside(self, command: Sequence[str], environment: dict[str, str]) -> str:
        """Run a step of our own and return what it wrote to stdout.

        Raises Problem when it fails, Stopped when we were asked to stop meanwhile.
        """
        with tempfile.TemporaryFile() as output:
            code = self._run(
                command,
                environment,
                passed_on={signal.SIGTERM, signal.SIGHUP, signal.SIGINT},
                stdin=subprocess.DEVNULL,
                stdout=output,
                start_new_session=True,
            )
            if self.received:
                raise Stopped
            if code:
                raise Problem("The database could not be brought up to date; the reason stands above.")
            output.seek(0)
            return output.read().decode(errors="replace").strip()

    def _run(
        self, command: Sequence[str], environment: dict[str, str], *, passed_on: set[signal.Signals], **options: Any
    ) -> int:
        before_exec = self.guard.before_exec(signal.SIGTERM)
        try:
            process = subprocess.Popen(command, env=environment, preexec_fn=before_exec, **options)
        except OSError as error:
            raise Problem(f"{command[0]} cannot be run: {error.strerror}.") from error
        self.guard.watch(process.pid, signal.SIGTERM)
        seen = 0
        while process.poll() is None:
            new = self.received[seen:]
            seen += len(new)
            if passed_on.intersection(new):
                process.terminate()
            self._tend()
        self.guard.forget(process.pid)
        return 128 - process.returncode if process.returncode < 0 else process.returncode

    def patience(self) -> bool:
        """Sleep for a moment; whether there is still time."""
        self.bell.wait(0.2)
        return not self.received

    def watch(self) -> None:
        """Keep everything up until asked to stop."""
        while not self.received:
            self._tend()

    def _tend(self) -> None:
        """Start again what died and is due, then sleep until something happens."""
        for child in (*self.servers, *self.programs):
            if how := child.ended(self.guard):
                say(f"{child.name} ended ({how}); starting it again in {child.schedule_restart():g} s.")
            elif child.due and child.due <= time.monotonic():
                try:
                    child.start(self.guard)
                except (Problem, OSError) as error:
                    say(f"{child.name}: {error}. Trying again in {child.schedule_restart():g} s.")
            shorten_log(child.log)
        due = [child.due for child in (*self.servers, *self.programs) if child.due]
        self.bell.wait(min([60.0, *(when - time.monotonic() for when in due)]))

    def wait_for(self, done: Callable[[], bool], otherwise: str) -> None:
        """Wait until something is up.

        Raises Problem when it takes too long or a child dies, Stopped when we are asked to stop.
        """
        deadline = time.monotonic() + STARTING_SECONDS
        while not done():
            if self.received:
                raise Stopped
            for child in (*self.servers, *self.programs):
                if how := child.ended(self.guard):
                    raise Problem(f"{child.name} did not start ({how}). It says:\n{child.last_words()}")
            if time.monotonic() > deadline:
                raise Problem(f"{otherwise} within {STARTING_SECONDS} seconds; see the logs in {self.folder}/logs.")
            self.bell.wait(0.05)

    def stop(self) -> None:
        """Stop the programs, then the servers, and wait until nothing is left. A second signal hurries."""
        for children, seconds in ((self.programs, 20.0), (self.servers, 30.0)):
            for child in children:
                child.signal(child.stop_signal)
            self._wait_until_gone(children, time.monotonic() + seconds)
            for child in children:
                child.signal(child.hurry_signal)
            self._wait_until_gone(children, time.monotonic() + 5, hurried=True)
            for child in children:
                child.kill()
                if child.process:
                    child.process.wait()
        self.guard.close()
        shutil.rmtree(runtime_folder(self.folder), ignore_errors=True)

    def _wait_until_gone(self, children: Sequence[Child], deadline: float, *, hurried: bool = False) -> None:
        while any(child.running for child in children):
            left = deadline - time.monotonic()
            if left <= 0 or (len(self.received) > 1 and not hurried):
                return
            self.bell.wait(left)


# serve -------------------------------------------------------------------------------------------------


def open_listener() -> socket.socket:
    """The socket of the web server: the port that PORT names, else the first free one from 8000.

    Raises Problem when there is none. The supervisor keeps it open while the web server restarts.
    """
    wanted = os.environ.get("PORT", "")
    if wanted and not (wanted.isascii() and wanted.isdigit() and 0 < int(wanted) < 65536):
        raise Problem(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
    first = int(wanted or DEFAULT_PORT)
    for port in range(first, first + (1 if wanted else PORTS_TO_TRY)):
        if answers(port):
            continue
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
        except PermissionError as error:
            raise Problem(f"Port {port} is for root only. Set PORT to a number from 1024.") from error
        except OSError:
            listener.close()
            continue
        return listener
    if wanted:
        raise Problem(f"Port {wanted} is taken. Stop what uses it, or set PORT to another number.")
    raise Problem(f"Ports {first} to {first + PORTS_TO_TRY - 1} are all taken. Set PORT to a free one.")


def answers(port: int) -> bool:
    """Whether something listens on this port of `localhost`, in either family of addresses."""
    for host in ("127.0.0.1", "::1"):
        with contextlib.suppress(OSError), socket.create_connection((host, port), 0.5):
            return True
    return False


def is_ready(port: int) -> bool:
    """Whether the portal says that it can do its work."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def portal_programs(folder: Path, listener: socket.socket, environment: dict[str, str]) -> list[Child]:
    """The web server, the worker, the one that draws charts, and the clock."""
    mark = mark_of(folder)
    if sys.platform == "darwin":  # its frameworks take a web server's or worker's fork for a mistake
        environment = {**environment, "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}
    celery = ["celery", "--app", "cc2h.config.celery:app"]
    quietly = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
    commands: dict[str, Sequence[str]] = {
        "web": [
            "gunicorn",
            *("--config", "python:cc2h.config.gunicorn"),
            *("--bind", f"fd://{listener.fileno()}"),
            *("--name", mark),
        ],
        "worker": [
            *celery,
            "worker",
            *("--hostname", f"{mark}@localhost"),
            *("--queues", "celery", "--concurrency", "2", "--max-memory-per-child", "400000"),
            *quietly,
        ],
        "charts": [
            *celery,
            "worker",
            *("--hostname", f"charts-{mark}@localhost"),
            *("--queues", "charts", "--concurrency", "1", "--max-memory-per-child", "330000"),
            *quietly,
        ],
        "beat": [
            *celery,
            "beat",
            *("--schedule", str(folder / f"{mark}.schedule")),
            *("--pidfile", "", "--loglevel", "INFO"),
        ],
    }
    return [
        Child(
            name=name,
            command=[sys.executable, "-m", *command],
            log=folder / "logs" / f"{name}.log",
            folder=BASE_DIR,
            environment=environment,
            pass_fds=(listener.fileno(),) if name == "web" else (),
        )
        for name, command in commands.items()
    ]


def serve(*, empty: bool) -> int:
    """Run everything in the foreground until SIGTERM or Ctrl-C. Raises Problem when it cannot start."""
    folder = data_folder()
    ownership = Ownership(folder)
    if not ownership.take("script/server"):
        raise Problem(
            f"The data folder {folder} is in use by {ownership.owner()}. "
            "Stop that first, or set CC2H_DATA_DIR to another folder."
        )
    listener = open_listener()
    port = listener.getsockname()[1]
    supervisor = Supervisor(folder)
    try:
        urls = supervisor.start_servers()
        ownership.tell(urls)
        environment = {**os.environ, **urls, "CC2H_DATA_DIR": str(folder), "PORT": str(port)}
        prepare = [sys.executable, "-m", "cc2h.config.prepare", *(["--empty"] if empty else [])]
        sign_ins = supervisor.run_aside(prepare, environment)
        supervisor.start_programs(*portal_programs(folder, listener, environment))
        supervisor.wait_for(lambda: is_ready(port), "The portal did not become ready")
        say(f"\n{sign_ins}\n\nThe portal is ready: http://localhost:{port}/")
        say(f"Logs, and the e-mails that a local portal does not send: {folder}/logs\nCtrl-C stops it.")
        supervisor.watch()
        say("Stopping.")
    except Stopped:
        say("Stopping.")
    finally:
        users = ownership.withdraw(lambda: False)
        supervisor.stop()
        users.close()
        ownership.release()
    return 0


# run ---------------------------------------------------------------------------------------------------


def run(command: Sequence[str]) -> int:
    """Run a command with servers: those of the environment, of a running portal, or our own meanwhile."""
    needed = [name for name in SERVER_URLS if not os.environ.get(name)]
    if not needed:
        execute(command, {})
    folder = data_folder()
    ownership = Ownership(folder)
    deadline = time.monotonic() + STARTING_SECONDS
    while not ownership.take(f"the command {' '.join(map(shown, command))}"):
        users = ownership.join()
        if urls := ownership.servers():
            if missing := [name for name in needed if name not in urls]:
                raise Problem(f"The running portal was given a {missing[0]}: give this command the same.")
            os.set_inheritable(users.fileno(), True)  # held until the command ends
            execute(command, {name: urls[name] for name in needed} | {"CC2H_DATA_DIR": str(folder)})
        users.close()
        if time.monotonic() > deadline:
            raise Problem(f"Waited in vain for the servers of {ownership.owner()}.")
        time.sleep(0.1)
    return own_and_run(ownership, command)


def run_throwaway(command: Sequence[str]) -> int:
    """Run a command with servers and a data folder of its own, which are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cc2h-")).resolve()
    folder.chmod(0o711)
    os.environ["CC2H_DATA_DIR"] = str(folder)
    try:
        ownership = Ownership(data_folder())
        ownership.take("a test")
        return own_and_run(ownership, command, throwaway=True)
    finally:
        elsewhere = folder / "postgres"
        if elsewhere.is_symlink():
            shutil.rmtree(elsewhere.readlink().parent, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def own_and_run(ownership: Ownership, command: Sequence[str], *, throwaway: bool = False) -> int:
    """Start servers, run the command, and stop them when nobody uses them any more."""
    supervisor = Supervisor(ownership.folder)
    code = 1
    try:
        urls = supervisor.start_servers(throwaway=throwaway)
        ownership.tell(urls)
        code = supervisor.run(command, {**os.environ, **urls, "CC2H_DATA_DIR": str(ownership.folder)})
    except Stopped:
        code = 130
    finally:
        users = ownership.withdraw(supervisor.patience)
        supervisor.stop()
        users.close()
        ownership.release()
    return code


def execute(command: Sequence[str], extra: dict[str, str]) -> None:
    """Become the command. Raises Problem when it cannot be run."""
    try:
        os.execvpe(command[0], list(command), {**os.environ, **extra})  # noqa: S606 - the caller's own command
    except OSError as error:
        raise Problem(f"{command[0]} cannot be run: {error.strerror}.") from error


def shown(word: str) -> str:
    """A word of a command line, without the folder it stands in."""
    return word.rsplit("/", 1)[-1][:40]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and do it; a Problem is a sentence on stderr and exit code 1."""
    parser = argparse.ArgumentParser(prog="supervisor", description="Runs the portal on one machine.")
    modes = parser.add_subparsers(dest="mode", required=True)
    serving = modes.add_parser("serve", help="run everything in the foreground")
    serving.add_argument("--empty", action="store_true", help="without the demonstration programme")
    running = modes.add_parser("run", help="run a command beside the servers it needs")
    running.add_argument("--throwaway", action="store_true", help="with servers and data that go afterwards")
    running.add_argument("command", nargs="+")
    given = parser.parse_args(arguments)
    try:
        if given.mode == "serve":
            return serve(empty=given.empty)
        return run_throwaway(given.command) if given.throwaway else run(given.command)
    except Problem as problem:
        say(str(problem))
        return 1


if __name__ == "__main__":
    sys.exit(main())
