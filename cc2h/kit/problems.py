"""What the database refused, in the words its constraint carries."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError


@cache
def _messages() -> dict[str, str]:
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }


def explain(error: IntegrityError) -> str:
    """The sentence for a person: the constraint's own, or what a trigger raised.

    Raises the error again when it names no constraint of ours: that is a fault, not a person's mistake.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    if name in _messages():
        return _messages()[name]
    if name and diagnosis and diagnosis.context:  # raised by one of our triggers, in words
        return str(diagnosis.message_primary)
    raise error


@contextmanager
def told(field: str | None = None) -> Iterator[None]:
    """Turn a refusal of the database into a ValidationError, on `field` if given.

    The body must be atomic itself (or include its commit), so that the connection is usable afterwards.
    """
    try:
        yield
    except IntegrityError as error:
        message = explain(error)
        raise ValidationError({field: message} if field else message, code="refused") from error
