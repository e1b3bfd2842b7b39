"""What the database refused, or a record itself can't hold, in words for a person."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, models

from cc2h.kit import words

TOO_LONG, OUT_OF_RANGE = "22001", "22003"  # SQLSTATE


@cache
def _constraints() -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    return {
        constraint.name: (model, constraint) for model in apps.get_models() for constraint in model._meta.constraints
    }


def explain(error: IntegrityError | DataError) -> str:
    """The sentence for a person: the constraint's own, or what a trigger raised.

    Where two dated records are in each other's way, it names the other. Ask it outside the transaction that failed.
    Raises the error again when it names no constraint of ours: that is a fault, not a person's mistake.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    if name in _constraints():
        model, constraint = _constraints()[name]
        said = str(constraint.violation_error_message)
        other = _in_the_way(model, constraint, str(diagnosis and diagnosis.message_detail))
        if other is None:
            return said
        return f"{said.rstrip('.')}: {other}, {words.period(other.period.lower, other.period.upper)}."
    if name and diagnosis and diagnosis.context:  # raised by one of our triggers, in words
        return str(diagnosis.message_primary)
    state = getattr(error.__cause__, "sqlstate", None)
    if state == TOO_LONG:
        return "One of the texts is longer than the portal can keep. Shorten it."
    if state == OUT_OF_RANGE:
        return "One of the numbers is greater than the portal can keep."
    raise error


def _in_the_way(model: type[Any], constraint: models.BaseConstraint, detail: str) -> Any | None:
    """The dated record that `one_truth` found first, read from PostgreSQL's words about the two.

    They are “Key (practice_id, period, held)=(…) conflicts with existing key (practice_id, period, held)=(1,
    [2018-05-01,), ["2018-…",)).”, in whatever language but always in this form. None when it has gone meanwhile.
    """
    if not isinstance(constraint, ExclusionConstraint):
        return None
    names = [str(expression) for expression, _ in constraint.expressions]
    found = re.search(r"\)=\(.*\)=\((?P<facts>.*), [\[(](?P<first>\d{4}-\d\d-\d\d),[^,]*, [\[(]\"", detail, re.DOTALL)
    if names[-2:] != ["period", "held"] or found is None or any(not name.isidentifier() for name in names):
        return None
    facts = found["facts"].split(", ", len(names) - 3)
    attributes = [model._meta.get_field(name).attname for name in names[:-2]]
    held = model.objects.held().filter(**dict(zip(attributes, facts, strict=True)))
    return held.filter(period__startswith=found["first"]).first()


def errors_of(refusal: ValidationError) -> Iterator[tuple[str, ValidationError]]:
    """Each single error of a refusal with the field it is about; blank where it is about none."""
    if hasattr(refusal, "error_dict"):
        for field, errors in refusal.error_dict.items():
            for error in errors:
                yield "" if field == NON_FIELD_ERRORS else field, error
    else:
        for error in refusal.error_list:
            yield "", error


@contextmanager
def told(field: str | None = None) -> Iterator[None]:
    """Turn a refusal of the database into a ValidationError, on `field` if given.

    The body must be atomic itself (or include its commit), so that the connection is usable afterwards.
    """
    try:
        yield
    except (IntegrityError, DataError) as error:
        message = explain(error)
        raise ValidationError({field: message} if field else message, code="refused") from error


def check(record: models.Model, *names: str) -> None:
    """Raise ValidationError, in words that name the field, for what the record's own fields can't hold.

    names: only these fields. Whether the whole is allowed (constraints, foreign keys) the database says: `told`.
    """
    fields = [f for f in record._meta.concrete_fields if not f.is_relation and (not names or f.name in names)]
    refusals = []
    for field in fields:
        value = getattr(record, field.attname)
        left_out = (value is None and field.null) or (field.blank and value in field.empty_values)
        if left_out or isinstance(value, models.expressions.BaseExpression):
            continue
        try:
            field.clean(value, record)
        except ValidationError as error:
            label = str(field.verbose_name)
            refusals += [_refusal(f"{label[:1].upper()}{label[1:]}", field.name, one) for one in error.error_list]
    if refusals:
        raise ValidationError(refusals)


def _refusal(label: str, name: str, error: ValidationError) -> ValidationError:
    """One of Django's own sentences in the portal's words; `params` say which field it is about."""
    params = {"field": name, **(error.params or {})}
    said = " ".join(error.messages)
    if error.code in ("max_length", "item_invalid") and "show_value" in params:
        said = (
            f"at most {words.number(params['limit_value'])} characters; this has {words.number(params['show_value'])}."
        )
    elif error.code in ("blank", "null"):
        said = "it can’t be empty."
    return ValidationError(f"{label}: {said}".replace("%", "%%"), code="field", params=params)
