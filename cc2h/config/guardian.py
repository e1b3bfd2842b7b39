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
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watched: dict[int, int] = {}
    for line in sys.stdin:
        word, pid, *stop_signal = line.split()
        if word == "watch":
            watched[int(pid)] = int(stop_signal[0])
        else:
            watched.pop(int(pid), None)
    for child, number in watched.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(child, number)


if __name__ == "__main__":
    main()
