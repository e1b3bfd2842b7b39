"""Reading people."""

from django.db.models import QuerySet

from cc2h.accounts.models import User
from cc2h.kit import history


def people() -> QuerySet[User]:
    """Everybody who may sign in, or could once. Only for those who keep people."""
    return User.objects.all()


def history_of(user: User) -> list[history.Entry]:
    """What was changed about a person; never the password."""
    return history.entries(User.objects.filter(pk=user.pk))
