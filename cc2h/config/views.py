"""How the portal runs and what its pages are made of, for those who run it; and how accessible it is, for all."""

from itertools import count

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, require
from cc2h.config import gallery, operations, shapes
from cc2h.config.gallery import examples, stand_ins
from cc2h.kit import charts, sizes
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import asat_of


@require_safe
@reads(shapes.operations)
def operations_page(request: HttpRequest) -> HttpResponse:
    """What waits, what was done last, files, versions, disk: for those who run the portal."""
    require(request.user, Action.VIEW_OPERATIONS)
    now, allowed = operations.connections()
    size, disk = sizes.now(), operations.database_disk()
    grew = sizes.growth(size, asat_of(request).today)
    context = {
        "waiting": operations.waiting(),
        "queues": operations.queues(),
        "queue_words": operations.QUEUES,
        "jobs": operations.last_jobs(),
        "files": operations.files_by_state(),
        "versions": operations.versions(),
        "disks": operations.disks(),
        "tables": operations.tables(),
        "database_bytes": size,
        "database_disk": disk,
        "growth": grew,
        "days_left": grew.days_until(disk.free) if grew and disk else None,
        "connections": now,
        "connections_allowed": allowed,
    }
    return show(request, "config/operations.html", context)


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in each of its states. Only for those who run the portal, since what it shows is made up."""
    require(request.user, Action.VIEW_OPERATIONS)
    [chart] = charts.keep([stand_ins.trend()])
    assert chart is not None
    number = count()
    files = [
        (
            file,
            gallery.import_line(file.name),
            [
                (
                    component,
                    [(one, gallery.draw(one, next(number)) if one.drawn else None) for one in component.examples],
                )
                for component in file.components
            ],
        )
        for file in examples.files(chart)
    ]
    return render(request, "config/components.html", {"files": files})


@require_safe
@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement. For everybody: who can't get in must be able to read it too."""
    return render(request, "config/accessibility.html")
