from collections.abc import Iterable
from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from tests.factories.dated import LONG_AGO


class UserFactory(DjangoModelFactory):
    """Somebody who may sign in and, without a post, sees nothing. `password=` is hashed."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, password: str | None = None, **kwargs: Any) -> User:
        user = model_class(*args, **kwargs)
        user.set_password(password)
        user.save(force_insert=True)
        return user


def person(*roles: Role, of: Any = None, first: date = LONG_AGO, last: date | None = None, **kwargs: Any) -> User:
    """A user who holds a post of each role from `first` to `last`.

    `of` is what the posts belong to (a commissioner, CHIN, practice or federation, or a list of them);
    None for the portal administrator.
    """
    from tests.factories.chins import PostHoldingFactory

    user = UserFactory(**kwargs)
    for role in roles:
        for scope in of if isinstance(of, Iterable) else [of]:
            PostHoldingFactory(holder=user, post__role=role, post__of=scope, first=first, last=last)
    return user
