from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from cc2h.accounts import mail
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
