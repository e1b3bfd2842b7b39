"""Addresses of baseline assessment."""

from django.urls import URLPattern

app_name = "baseline"
urlpatterns: list[URLPattern] = []
