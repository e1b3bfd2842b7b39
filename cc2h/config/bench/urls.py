"""The portal's addresses, and one more: the least a signed-in page in its layout can be."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from cc2h.config.urls import handler400, handler403, handler404, handler500
from cc2h.config.urls import urlpatterns as portal

HELLO = """
{% extends "layouts/base.html" %}
{% set heading = "Hello" %}
{% block content %}<p>Hello.</p>{% endblock %}
"""
hello_template = engines["jinja2"].from_string(HELLO)


def hello(request: HttpRequest) -> HttpResponse:
    """A page that says hello."""
    return HttpResponse(hello_template.render({}, request))


urlpatterns = [path("bench/hello/", hello), *portal]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
