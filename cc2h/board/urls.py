"""Addresses of the dashboard, the home pages and the health checks."""

from django.urls import path

from cc2h.board import views

app_name = "board"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
