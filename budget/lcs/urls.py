"""Addresses of local services."""

from django.urls import URLPattern

app_name = "lcs"
urlpatterns: list[URLPattern] = []
