"""People who may sign in: adding them, ending their access, sending them the link to choose a password."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from cc2h.accounts.models import User
from cc2h.kit import history
from cc2h.kit.problems import check
from cc2h.kit.writing import writing


def add_person(*, by: Any, name: str, email: str) -> User:
    """Somebody who may sign in once they have chosen a password. Without a post they see nothing."""
    with writing(by):
        person = User(email=email, name=" ".join(name.split()))
        check(person, "email", "name")
        return User.objects.create_user(email=person.email, name=person.name)


def change_person(*, by: Any, user: User, seen: int, name: str, email: str) -> User:
    """Another name or e-mail address. Raises history.ChangedMeanwhile when somebody saved since version `seen`."""
    with writing(by):
        current = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        history.unchanged_since(current, seen)
        current.name, current.email = " ".join(name.split()), email.lower()
        check(current, "name", "email")
        current.save(update_fields=["name", "email"])
        EmailAddress.objects.filter(user=current).delete()  # made anew, from the address above, at the next sign-in
    return current


def choose_mail(*, by: User, morning_mail: bool) -> User:
    """Whether one is told every morning of what waits."""
    with writing(by):
        current = User.objects.select_for_update(no_key=True).get(pk=by.pk)
        if current.morning_mail != morning_mail:
            current.morning_mail = morning_mail
            current.save(update_fields=["morning_mail"])
    return current


def deactivate(*, by: Any, user: User) -> User:
    """They can't sign in any more, and whatever they have open stops at their next click. Their posts stay dated."""
    if user == by:
        raise ValidationError("You can’t end your own access: ask another portal administrator.", code="yourself")
    return _set_active(by, user, False)


def reactivate(*, by: Any, user: User) -> User:
    """They may sign in again."""
    return _set_active(by, user, True)


def _set_active(by: Any, user: User, active: bool) -> User:
    with writing(by):
        current = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if current.is_active != active:
            current.is_active = active
            current.save(update_fields=["is_active"])
    return current


def remove_second_factors(*, by: Any, user: User) -> int:
    """Take away what somebody who has lost it can't use: app, passkeys, recovery codes. They are told by mail.

    One's own is removed where it was set up, by whoever can show it once more. Raises ValidationError otherwise.
    """
    if user == by:
        raise ValidationError("Remove your own second factor under your name.", code="yourself")
    with writing(by):
        removed, _ = Authenticator.objects.filter(user=user).delete()
        if removed:
            get_adapter().send_notification_mail("mfa/email/removed_by_administrator", user, {"user": user})
    return removed


def send_password_link(*, user: User) -> None:
    """An e-mail with the link by which they choose a password. It works once. Raises OSError if it can't be sent."""
    adapter = get_adapter()
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    address = adapter.get_reset_password_from_key_url(f"{user_pk_to_url_str(user)}-{token}")
    adapter.send_mail("account/email/welcome", user.email, {"user": user, "password_reset_url": address})


def end_illustrative_access(by: Any) -> str:
    """When the illustrative programme goes, nobody keeps its published password but whoever removed it.

    They can be let in again by a portal administrator, and choose a password by e-mail. Returns what to do next.
    """
    others = User.objects.filter(is_active=True)
    if by is not None:
        others = others.exclude(pk=by.pk)
    others.update(is_active=False, password=make_password(None))
    if by is not None:
        return "If your password is still the demonstration’s, which everybody knows, change it now: it is under your name."
    return "Nobody can sign in any more: let an administrator in with “script/manage make_administrator E-MAIL”."
