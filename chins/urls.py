"""Addresses of this room."""

from django.urls import URLPattern

app_name = "chins"
urlpatterns: list[URLPattern] = []
