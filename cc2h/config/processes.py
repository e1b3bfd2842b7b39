"""Child processes that never outlive their supervisor. Standard library only.

Every child leads a process group of its own, so that Ctrl-C in a terminal reaches the supervisor alone, which
decides the order in which things stop. When the supervisor is killed without a chance to clean up, Linux
itself signals the children (`PR_SET_PDEATHSIG`); elsewhere a small guardian process does (guardian.py).
"""

import contextlib
import ctypes
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 20_000_000  # bytes; a longer log moves to NAME.log.1
SERVER_PROGRAMS = r"postgres|valkey-server|python[\d.]*"


class Problem(Exception):
    """Something the person at the terminal can act on; its text is a plain sentence."""


class Stopped(Exception):
    """We were asked to stop while waiting for something else."""


@dataclass(frozen=True)
class Account:
    """An operating system account, by number."""

    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        """Options for subprocess that run a program as this account; only root may pass them."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


class Guard:
    """Sees to it that a child is signalled when this process dies in any way, `kill -9` included."""

    def __init__(self, *, by_kernel: bool = sys.platform == "linux") -> None:
        self._libc = ctypes.CDLL(None) if by_kernel else None
        self._guardian: subprocess.Popen[bytes] | None = None

    def before_exec(self, stop_signal: int) -> Callable[[], None] | None:
        """What the child runs between fork and exec, or None where the kernel offers nothing."""
        libc, parent = self._libc, os.getpid()
        if libc is None:
            return None

        def arrange() -> None:
            libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # the parent died before the line above
                os._exit(1)

        return arrange

    def watch(self, pid: int, stop_signal: int) -> None:
        """Without the kernel's help, ask the guardian to look after the child."""
        if self._libc is None:
            self._tell(f"watch {pid} {int(stop_signal)}")

    def forget(self, pid: int) -> None:
        """The child has ended: its number may belong to somebody else soon."""
        if self._libc is None:
            self._tell(f"forget {pid}")

    def close(self) -> None:
        """Let the guardian go; every child has ended."""
        if self._guardian and self._guardian.stdin:
            self._guardian.stdin.close()
            self._guardian.wait()
            self._guardian = None

    def _tell(self, line: str) -> None:
        if self._guardian is None or self._guardian.poll() is not None:
            guardian = Path(__file__).with_name("guardian.py")
            self._guardian = subprocess.Popen(
                [sys.executable, "-S", str(guardian)], stdin=subprocess.PIPE, start_new_session=True
            )
        if self._guardian.stdin:
            self._guardian.stdin.write(f"{line}\n".encode())
            self._guardian.stdin.flush()


class Bell:
    """Wakes a waiting supervisor when a signal arrives or a child ends, without polling."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        for end in (self._read, write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def wait(self, seconds: float) -> None:
        """Sleep until a signal arrives, or for so many seconds."""
        select.select([self._read], [], [], max(seconds, 0))
        with contextlib.suppress(BlockingIOError):
            os.read(self._read, 4096)


@dataclass
class Child:
    """A long-running program that is started again when it dies.

    `command` is what to run; `log` takes its output; `stop_signal` is its own polite way to stop, and
    `hurry_signal` the way for one that does not.
    """

    name: str
    command: Sequence[str]
    log: Path
    folder: Path
    environment: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    hurry_signal: signal.Signals = signal.SIGKILL
    account: Account | None = None
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started: float = field(default=0.0, init=False)
    failures: int = field(default=0, init=False)
    due: float | None = field(default=None, init=False)

    def prepare(self) -> None:
        """What must be in order before the program starts, also before it starts again."""

    def ready(self) -> bool:
        """Whether the program answers."""
        return self.running

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, guard: Guard) -> None:
        """Start the program, as the leader of a process group of its own."""
        self.prepare()
        self.due = None
        self.started = time.monotonic()
        with open_log(self.log) as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self.pass_fds,
                preexec_fn=guard.before_exec(self.stop_signal),
                **(self.account.popen_options() if self.account else {}),
            )
        guard.watch(self.process.pid, self.stop_signal)

    def ended(self, guard: Guard) -> str | None:
        """How the program ended ("exit 1", "signal 9"), once; None while it runs or when that is known."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        guard.forget(self.process.pid)
        self.kill()
        self.process = None
        return f"signal {-code}" if code < 0 else f"exit {code}"

    def schedule_restart(self) -> float:
        """Set when to start again; returns the delay in seconds: half a second, doubling up to thirty."""
        lasted = time.monotonic() - self.started
        self.failures = 0 if lasted > 60 else self.failures + 1
        delay = min(0.5 * 2 ** max(self.failures - 1, 0), 30.0)
        self.due = time.monotonic() + delay
        return delay

    def signal(self, number: int) -> None:
        """Signal the program itself; what it forked is its own business."""
        if self.process and self.running:
            self.process.send_signal(number)

    def kill(self) -> None:
        """Kill the program and everything left of its process group."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self, lines: int = 12) -> str:
        """The end of the program's log, to show beside a failure."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to; only its owner may read it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "wb")


def shorten_log(path: Path) -> None:
    """Move what a long log holds to NAME.log.1; the program goes on writing to the emptied file."""
    with contextlib.suppress(OSError):
        if path.stat().st_size > LOG_LIMIT:
            shutil.copyfile(path, path.with_name(path.name + ".1"))
            os.truncate(path, 0)


def command_lines() -> Iterator[tuple[int, str]]:
    """The number and command line of every process that still lives; a zombie does not."""
    if sys.platform == "linux":
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if line := (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"):
                        yield int(entry.name), line.strip()
        return
    listing = subprocess.run(
        ["/bin/ps", "-axwwo", "pid=,stat=,command="],
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
    )
    for row in listing.stdout.splitlines():
        pid, state, line = row.split(None, 2)
        if not state.startswith("Z"):
            yield int(pid), line


def servers_marked(mark: str, programs: str = SERVER_PROGRAMS) -> dict[int, str]:
    """Servers with a mark in their command line, as every server that we start has: number and command line.

    Asking for the program's name too (a pattern) spares an editor or a `psql` that merely names the folder.
    """
    program = re.compile(rf"(?:^|/)(?:{programs})(?=[: ]|$)", re.IGNORECASE)
    return {pid: line for pid, line in command_lines() if mark in line and pid != os.getpid() and program.search(line)}


def stop_strays(mark: str, programs: str = SERVER_PROGRAMS, *, patience: float = 10.0) -> None:
    """Stop the servers of a supervisor that was killed; first politely, then not.

    Call it only with the lock on the data folder held: then nobody else owns them.
    Raises Problem when one cannot be stopped.
    """
    for polite in (True, False):
        for pid, line in servers_marked(mark, programs).items():
            number = signal.SIGKILL
            if polite:  # a postmaster's SIGTERM would wait for its clients to leave
                number = signal.SIGINT if "/postgres -D" in line else signal.SIGTERM
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        deadline = time.monotonic() + patience
        while (left := servers_marked(mark, programs)) and time.monotonic() < deadline:
            time.sleep(0.05)
    if left:
        raise Problem(f"A server of an earlier start still runs and cannot be stopped: process {min(left)}.")
