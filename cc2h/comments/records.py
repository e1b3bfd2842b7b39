"""An import is not undone beneath comments and files on what it brought; lower rooms ask which files a record has."""

from collections.abc import Iterable

from cc2h.accounts.records import Brought, hanging_on, provide_files
from cc2h.comments.models import Attachment, Comment
from cc2h.kit import scanning
from cc2h.kit.imports import undoing
from chins.models import Chin, Post
from practices.models import Commissioner, Federation, Practice

BROUGHT = {"practice": Practice, "chin": Chin, "commissioner": Commissioner, "federation": Federation, "post": Post}
for name, model in BROUGHT.items():
    comments = hanging_on(name, model, Comment, "comments:comment_detail")
    undoing.hanging.append((model, "Comments on what it brought", comments))
    files = hanging_on(name, model, Attachment, "comments:file_detail")
    undoing.hanging.append((model, "Files on what it brought", files))


def files_on(kind: str, keys: Iterable[str]) -> dict[str, list[Brought]]:
    """The newest version of each file of these records that is not withdrawn."""
    found: dict[str, list[Brought]] = {}
    files = list(Attachment.objects.newest_versions().given().filter(kind=kind, key__in=[*keys]).order_by("at", "pk"))
    scans = scanning.states(one.sha256 for one in files)
    for one in files:
        brought = Brought(one.title, one.by_id, one.at, scans[one.sha256], one.pk, one.version)
        found.setdefault(one.key, []).append(brought)
    return found


provide_files(files_on)
