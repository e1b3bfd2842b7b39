from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from cc2h.accounts.passwords import MARK, PUBLIC


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs themselves up: people are invited to a post. What is said at the door is said in our words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "too_many_login_attempts": "Too many tries. Wait a few minutes, then try again.",
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
