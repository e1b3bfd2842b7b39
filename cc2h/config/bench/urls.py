"""The portal's addresses, and one more: the least a signed-in page in its layout can be."""

import msgspec
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from cc2h.config.urls import handler400, handler403, handler404, handler500
from cc2h.config.urls import urlpatterns as portal
from cc2h.kit.asat import asat_of
from practices.matching import Matching, facts
from practices.queries import CSV_COLUMNS

HELLO = """
{% extends "layouts/base.html" %}
{% set heading = "Hello" %}
{% block content %}<p>Hello.</p>{% endblock %}
"""
hello_template = engines["jinja2"].from_string(HELLO)


def hello(request: HttpRequest) -> HttpResponse:
    """A page that says hello."""
    return HttpResponse(hello_template.render({}, request))


def practices(request: HttpRequest) -> HttpResponse:
    """The rows of the API's list of practices, selected by one statement and written as they are."""
    matching = Matching.visible_to(request.user, asat_of(request)).where("standing.status = 'active'")
    matching, fact = matching.ordered("patients", falling=True), facts(matching.known)
    names = tuple(CSV_COLUMNS)
    with connection.cursor() as cursor:
        columns = ["standing.practice_id", *(fact[name] for name in CSV_COLUMNS.values())]
        cursor.execute(f"{matching.select(columns)} LIMIT 50", matching.parameters)
        rows = [dict(zip(("id", *names), row, strict=True)) for row in cursor.fetchall()]
    return HttpResponse(msgspec.json.encode({"rows": rows}), content_type="application/json")


urlpatterns = [path("bench/hello/", hello), path("bench/practices/", practices), *portal]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
