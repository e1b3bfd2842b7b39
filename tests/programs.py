"""A program that uses the API with a token of somebody's."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.test import Client

from cc2h.accounts import tokens
from cc2h.accounts.models import User
from cc2h.kit.days import today


class Program:
    """Sends a token of `user`, by default for all they may do. What it gets is checked for being JSON."""

    def __init__(self, user: User, actions: Iterable[str] | None = None) -> None:
        chosen = tokens.may_be_granted(user) if actions is None else actions
        name = f"Program {user.tokens.count() + 1}"
        self.token, self.text = tokens.make(by=user, name=name, actions=chosen, expires_on=today() + timedelta(days=30))
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **headers: str) -> Any:
        return self._checked(self.client.get(f"/api/v1{path}", headers=self._with(headers)))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """`body`: what becomes JSON, or text that is sent as it is."""
        sent = body if isinstance(body, str | bytes) else json.dumps(body or {})
        return self._checked(
            self.client.post(f"/api/v1{path}", sent, content_type="application/json", headers=self._with(headers))
        )

    def upload(self, path: str, fields: dict[str, Any], **headers: str) -> Any:
        return self._checked(self.client.post(f"/api/v1{path}", fields, headers=self._with(headers)))

    def pages(self, path: str, limit: int) -> Iterator[list[dict[str, Any]]]:
        """The rows of each page of a list."""
        following: str | None = f"{path}{'&' if '?' in path else '?'}limit={limit}"
        while following:
            answer = self.get(following.removeprefix("/api/v1")).json()
            yield answer["rows"]
            following = answer["next"]

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"authorization": f"Bearer {self.text}", **named}

    @staticmethod
    def _checked(response: Any) -> Any:
        kind = response.headers.get("Content-Type", "")
        if response.status_code >= 400:
            assert kind == "application/problem+json", response.content
            assert response.json()["status"] == response.status_code
        elif not response.streaming:
            assert kind == "application/json" or not response.content
        return response
