"""The job queue. Tasks only wake: what must be done stands in the work-to-do table (cc2h.kit.work)."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cc2h.config.settings")

PUBLISHING_SECONDS = 0.5


class Portal(Celery):
    """Waits for the broker only briefly when it has something to say: whoever saves an edit waits with it.

    A worker that listens is patient, as nothing may come for a long time.
    """

    def connection_for_write(
        self, url: str | None = None, transport_options: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        limits = {"socket_connect_timeout": PUBLISHING_SECONDS, "socket_timeout": PUBLISHING_SECONDS}
        return super().connection_for_write(url, transport_options={**(transport_options or {}), **limits}, **options)


app = Portal("cc2h")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def schedule(sender: Celery, **_: object) -> None:
    """The beat schedule, in code so that it is versioned and tested."""
    from django.conf import settings

    sender.conf.beat_schedule = {
        "sweep": {
            "task": "cc2h.kit.tasks.sweep",
            "schedule": settings.WORK_SWEEP_SECONDS,
            "options": {"expires": 60},
        },
        "nightly recompute": {
            "task": "chins.tasks.recompute_everything",
            "schedule": crontab(hour=0, minute=10),
            "options": {"expires": 3600},
        },
        "nightly recompute of benefits": {
            "task": "kpis.benefits.tasks.recompute_everything",
            "schedule": crontab(hour=0, minute=15),
            "options": {"expires": 3600},
        },
        "nightly roll-up of measures": {
            "task": "kpis.tasks.roll_up_everything",
            "schedule": crontab(hour=0, minute=40),
            "options": {"expires": 3600},
        },
        "new baselines to propose": {
            "task": "kpis.tracking.tasks.propose_baselines",
            "schedule": crontab(hour=1, minute=20),
            "options": {"expires": 3600},
        },
        "what stands out, in the morning": {
            "task": "kpis.tracking.tasks.tell_what_stands_out",
            "schedule": crontab(hour=6, minute=50),
            "options": {"expires": 3600},
        },
        "claims of stages that begin": {
            "task": "budget.lcs.tasks.open_claims",
            "schedule": crontab(hour=0, minute=20),
            "options": {"expires": 3600},
        },
        "reminders of actions": {
            "task": "cc2h.delivery.tasks.remind",
            "schedule": crontab(hour=6, minute=30),
            "options": {"expires": 3600},
        },
        "what waits, in the morning": {
            "task": "cc2h.board.tasks.tell",
            "schedule": crontab(hour=7, minute=0),
            "options": {"expires": 3600},
        },
        "files not looked into for viruses": {
            "task": "cc2h.kit.tasks.scan_former_files",
            "schedule": crontab(minute="*/10"),
            "options": {"expires": 600},
        },
        "nightly tidying": {
            "task": "cc2h.kit.tasks.tidy",
            "schedule": crontab(hour=2, minute=40),
            "options": {"expires": 3600},
        },
    }
