"""The operations page: how the portal runs."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, require
from cc2h.config import operations, shapes
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads


@require_safe
@reads(shapes.operations)
def operations_page(request: HttpRequest) -> HttpResponse:
    """What waits, what was done last, files, versions, disk: for those who run the portal."""
    require(request.user, Action.VIEW_OPERATIONS)
    now, allowed = operations.connections()
    context = {
        "waiting": operations.waiting(),
        "queues": operations.queues(),
        "queue_words": operations.QUEUES,
        "jobs": operations.last_jobs(),
        "files": operations.files_by_state(),
        "versions": operations.versions(),
        "disks": operations.disks(),
        "tables": operations.tables(),
        "database_bytes": operations.database_bytes(),
        "connections": now,
        "connections_allowed": allowed,
    }
    return show(request, "config/operations.html", context)
