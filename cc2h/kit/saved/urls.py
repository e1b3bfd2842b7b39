"""Addresses of saved views: the path of the list comes last, and its query follows."""

from django.urls import path

from cc2h.kit.saved import views

app_name = "views"
urlpatterns = [
    path("save/<path:of>", views.view_save, name="view_save"),
    path("<int:pk>/change/<path:of>", views.view_change, name="view_change"),
    path("<int:pk>/delete/<path:of>", views.view_delete, name="view_delete"),
]
