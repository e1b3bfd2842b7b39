"""An import is not undone beneath comments and files on what it brought."""

from cc2h.accounts.records import hanging_on
from cc2h.comments.models import Attachment, Comment
from cc2h.kit.imports import undoing
from chins.models import Chin
from practices.models import Commissioner, Practice

for name, model in (("practice", Practice), ("chin", Chin), ("commissioner", Commissioner)):
    comments = hanging_on(name, model, Comment, "comments:comment_detail")
    undoing.hanging.append((model, "Comments on what it brought", comments))
    files = hanging_on(name, model, Attachment, "comments:file_detail")
    undoing.hanging.append((model, "Files on what it brought", files))
