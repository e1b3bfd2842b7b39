"""Addresses of months."""

from django.urls import URLPattern

app_name = "months"
urlpatterns: list[URLPattern] = []
