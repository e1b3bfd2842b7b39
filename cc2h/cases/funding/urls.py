"""Addresses of the money of business cases."""

from django.urls import URLPattern

app_name = "funding"
urlpatterns: list[URLPattern] = []
