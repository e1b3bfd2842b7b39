"""Addresses of the route."""

from django.urls import URLPattern

app_name = "route"
urlpatterns: list[URLPattern] = []
