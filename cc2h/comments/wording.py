"""Comments and files in words."""

from django.utils import timezone

from cc2h.comments.models import Attachment, Hanging
from cc2h.kit import words
from cc2h.kit.contents import FORMATS


def withdrawn(what: Hanging) -> str:
    """“Withdrawn by Max Manager on 6 December 2018 at 12:00”; blank for what is not."""
    if what.withdrawn_at is None:
        return ""
    return f"Withdrawn by {what.withdrawn_by} on {words.moment(timezone.localtime(what.withdrawn_at))}"


def described(one: Attachment) -> str:
    """“PDF, 1.2 MB, version 2”."""
    version = f", version {one.version}" if one.version > 1 else ""
    return f"{FORMATS[one.format].label}, {words.size(one.size_bytes)}{version}"
