"""What a page says once, after an act: kept in a cookie, which over TLS is the portal's host's alone like the others."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class OfHost(CookieStorage):
    """A cookie that no neighbouring host can set."""

    cookie_name = "messages" if settings.PLAIN_HTTP else "__Host-messages"


class Storage(FallbackStorage):
    """What is too long for a cookie is kept in the session."""

    storage_classes = (OfHost, SessionStorage)
