"""Addresses of actions."""

from django.urls import path

from cc2h.delivery import views

app_name = "delivery"
urlpatterns = [
    path("", views.ActionList.as_view(), name="action_list"),
    path("add/<str:kind>/<str:key>/", views.action_add, name="action_add"),
    path("<int:pk>/", views.action_detail, name="action_detail"),
    path("<int:pk>/edit/", views.action_edit, name="action_edit"),
    path("<int:pk>/done/", views.action_done, name="action_done"),
    path("<int:pk>/drop/", views.action_drop, name="action_drop"),
    path("<int:pk>/reopen/", views.action_reopen, name="action_reopen"),
]
