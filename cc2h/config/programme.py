"""Which programme the database holds: the demonstration, a real one, or none yet; and how it comes and goes."""

import secrets
from datetime import date

import pghistory
import pgtrigger
from django.apps import apps
from django.db import connection, transaction

from cc2h.accounts.models import User
from cc2h.board.statements import record_statements
from cc2h.cases import papers
from cc2h.config import demonstration
from cc2h.config.demonstration import loading
from cc2h.kit import programme, words, work
from cc2h.kit.models import Import, Programme
from chins.models import Chin
from chins.post_services import make_administrator
from practices.models import Practice

KEPT = {"django_migrations", "django_content_type", "auth_permission", "kit_programme", "kit_databasesize"}


def is_fresh() -> bool:
    """Whether nobody has used this database for anything yet."""
    return programme.kind() == Programme.Kind.EMPTY and not (User.objects.exists() or holds_records())


def holds_records() -> bool:
    """Whether anything is here that a demonstration must not be mixed with."""
    return any(model.objects.exists() for model in (Practice, Chin, Import))


def contents() -> str:
    """What a removal would remove, in words."""
    return words.listed(
        words.plural(model.objects.count(), *nouns)
        for model, nouns in (
            (Practice, ("practice",)),
            (Chin, ("CHIN",)),
            (Import, ("imported file",)),
            (User, ("person", "people")),
        )
    )


def load_demonstration(today: date) -> None:
    """Write the demonstration as it stands on `today`, and work out its coverage.

    The caller has seen that the database holds no records. Writes all of it or, on any error, nothing.
    """
    story = demonstration.tell(today)
    with pghistory.context(load="demonstration"), transaction.atomic():
        programme.become(Programme.Kind.ILLUSTRATIVE)
        loading.write(story, demonstration.PASSWORD)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # else the first pages would be planned for empty tables
    work.sweep(besides=[papers.KIND])  # the workers of a portal make PDFs when it has started


def start_empty(today: date, administrator: str) -> str:
    """The five commissioners, what papers state of them, and one administrator, whose password this returns."""
    with pghistory.context(load="empty"), transaction.atomic():
        loading.commissioners()
        record_statements()
        return let_administer(today, administrator)


def anybody_may_sign_in() -> bool:
    return User.objects.filter(is_active=True).exists()


def let_administer(today: date, email: str) -> str:
    """Whoever has this address administers the portal from today; returns their new password, kept nowhere.

    For the first sign-in, and for a portal whose administrators can no longer sign in.
    """
    password = secrets.token_urlsafe(15)
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            user = User.objects.create_user(email, "Portal administrator", password)
        else:
            user.is_active = True
            user.set_password(password)
            user.save(update_fields=["is_active", "password"])
        make_administrator(by=None, holder=user, first=today)
    return password


def remove_everything() -> None:
    """Empty every table of the portal: practices, people, imports, history and all."""
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    tables = (tables | {"kit_cache"}) & set(connection.introspection.table_names()) - KEPT
    names = ", ".join(connection.ops.quote_name(table) for table in sorted(tables))
    with transaction.atomic(), connection.cursor() as cursor:
        with pgtrigger.ignore():
            cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        Programme.objects.update(kind=Programme.Kind.EMPTY, loaded_at=None)
