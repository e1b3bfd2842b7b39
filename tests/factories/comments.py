from datetime import datetime
from hashlib import sha256
from typing import Any

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from cc2h.comments.models import Attachment, AttachmentPiece, Comment
from cc2h.kit.days import LONDON
from tests.factories.accounts import UserFactory
from tests.factories.chins import ChinFactory
from tests.factories.delivery import named

WHEN = datetime(2018, 12, 5, 10, 30, tzinfo=LONDON)


class CommentFactory(DjangoModelFactory):
    """A comment; `about` is its record. An answer has `answers`, and is on the same record."""

    class Meta:
        model = Comment

    words = factory.Sequence(lambda n: f"Comment {n}")
    by = factory.SubFactory(UserFactory)
    post = "CHIN lead, Finchley"
    at = WHEN

    @classmethod
    def _create(cls, model_class: type[Comment], *args: Any, about: Any = None, **kwargs: Any) -> Comment:
        answered = None if about else kwargs.get("answers")
        kwargs |= {"kind": answered.kind, "key": answered.key} if answered else named(about or ChinFactory())
        return super()._create(model_class, *args, **kwargs)


class AttachmentFactory(DjangoModelFactory):
    """A file of plain text, its bytes with it; `about` is its record, `data` what is in it."""

    class Meta:
        model = Attachment

    title = factory.Sequence(lambda n: f"File {n}")
    file_name = factory.Sequence(lambda n: f"file-{n}.txt")
    format = "txt"
    by = factory.SubFactory(UserFactory)
    post = "CHIN lead, Finchley"
    at = WHEN

    @classmethod
    def _create(
        cls, model_class: type[Attachment], *args: Any, about: Any = None, data: bytes = b"", **kwargs: Any
    ) -> Attachment:
        data = data or f"What {kwargs['title']} says.\n".encode()
        with transaction.atomic():
            one = super()._create(
                model_class,
                *args,
                **named(about or ChinFactory()),
                size_bytes=len(data),
                sha256=sha256(data).hexdigest(),
                **kwargs,
            )
            AttachmentPiece.objects.create(of=one, number=0, data=data)
        return one
