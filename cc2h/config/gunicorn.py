"""The web server's settings; `script/server` adds the address."""

import gc
import os
from pathlib import Path
from typing import Any

from cc2h.config.environment import whole_number

wsgi_app = "cc2h.config.wsgi:application"
bind = f"0.0.0.0:{whole_number('PORT', 8000)}"
workers = whole_number("WEB_CONCURRENCY", 2)
worker_class = "gthread"
threads = 4
preload_app = True  # one start for all workers, and the memory shared
timeout = 60
graceful_timeout = 10


def pre_fork(server: Any, worker: Any) -> None:
    """What is there before the first request is never looked through for garbage again, and stays shared."""
    gc.collect()
    gc.freeze()


def child_exit(server: Any, worker: Any) -> None:
    """What a web process has counted stays counted when it has gone."""
    from prometheus_client import multiprocess

    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)


control_socket_disable = True  # nobody steers it but its supervisor
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeats that touch no disk
