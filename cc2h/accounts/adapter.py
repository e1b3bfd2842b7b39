import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from cc2h.accounts import mail, second_factor
from cc2h.accounts.passwords import MARK, PUBLIC


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs themselves up: people are invited to a post. What is said at the door is said in our words."""

    by_worker = False
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "too_many_login_attempts": "Too many tries. Choose a new password by e-mail, or wait a few minutes and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user:
            request.session[MARK] = credentials.get("password") == PUBLIC
        return user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever chose a password by a mailed link a moment ago is not asked for it again to set up their first factor."""
        asked: bool = super().is_reauthentication_required(app=app, **kwargs)
        return asked and not (app == "allauth.mfa" and self._has_just_chosen_a_password())

    def _has_just_chosen_a_password(self) -> bool:
        if self.request is None or second_factor.has_one(self.request.user):
            return False
        records: list[Any] = get_authentication_records(self.request, self.request.user)
        if not records or records[-1]["method"] != "password_reset":
            return False
        return bool(time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT)

    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        if self.request:
            self.request.session.pop(MARK, None)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        self.by_worker = True  # telling somebody of a change must not make the change wait, or fail
        super().send_notification_mail(*args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(template_prefix, email, context)
        if self.by_worker:
            mail.leave(message)
        else:
            message.send()
