"""Signals the servers when their supervisor is gone, where the kernel cannot (macOS).

It reads lines `watch PID SIGNAL` and `forget PID` from a pipe. The pipe ends when the supervisor dies, in
whatever way; the servers still watched then get their signal. Run as a plain script, to start at once.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    """Watch until the pipe ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched: dict[int, int] = {}
    for line in sys.stdin:
        word, pid, *number = line.split()
        if word == "watch":
            watched[int(pid)] = int(number[0])
        else:
            watched.pop(int(pid), None)
    for child, stop_signal in watched.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(child, stop_signal)


if __name__ == "__main__":
    main()
