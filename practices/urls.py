"""Addresses of practices and commissioners."""

from django.urls import path

from practices import views

app_name = "practices"
urlpatterns = [
    path("", views.PracticeList.as_view(), name="practice_list"),
]
