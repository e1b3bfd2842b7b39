"""The one task that matters: do what waits in the work-to-do table. Drawing charts, and what is swept out at night."""

from celery import shared_task
from django.core.management import call_command

from cc2h.kit import charts, scanning, sizes, work
from cc2h.kit.api import once
from cc2h.kit.days import today


@shared_task(ignore_result=True)
def sweep() -> int:
    """Do all waiting work. Sent after a commit, and every few seconds by beat for what was lost."""
    return work.sweep()


@shared_task(ignore_result=True)
def tidy() -> int:
    """Nightly: note how large the database is; forget work that was done long ago, sessions that have expired, and what the
    API has answered. Returns how many rows of work went.
    """
    sizes.note(today())
    call_command("clearsessions")
    once.forget()
    return work.forget()


@shared_task(ignore_result=True, time_limit=60)
def draw() -> int:
    """Draw the charts that wait; returns how many. Sent to the queue "charts", whose worker holds the drawing engine."""
    from cc2h.kit import render_chart  # no other process should load the engine

    return charts.draw_waiting(render_chart.draw)


@shared_task(ignore_result=True)
def scan_former_files() -> int:
    """Now and then: have files looked into for viruses that came while scanning was off. Returns how many."""
    return scanning.catch_up()
