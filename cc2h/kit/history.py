"""History of every governed record, kept by triggers in the database, so that bulk SQL is caught too."""

import uuid
from typing import Any

import pghistory
from django.http import HttpRequest
from pghistory import middleware


def governed(model: type[Any]) -> type[Any]:
    """Class decorator: every insert and update of the model leaves an event with who, when and which request."""
    return pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())(model)


class HistoryMiddleware(middleware.HistoryMiddleware):
    """Puts the user, the address and a request id beside every change a request makes."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_context(request) | {
            "method": request.method,
            "request_id": request.headers.get("X-Request-ID") or str(uuid.uuid4()),
        }
