"""Addresses of series; they stand before those of measures, whose codes they are none of."""

from django.urls import path

from kpis.tracking import views

app_name = "tracking"
OF_SERIES = "<slug:code>/series/<slug:kind>/<slug:key>/"
urlpatterns = [
    path("grid/", views.grid, name="grid"),
    path("changed/", views.changed, name="changed"),
    path("series/baselines/<int:pk>/decide/", views.rebase_decide, name="rebase_decide"),
    path("series/baselines/<int:pk>/take-back/", views.rebase_take_back, name="rebase_take_back"),
    path("series/notes/<int:pk>/withdraw/", views.note_withdraw, name="note_withdraw"),
    path(OF_SERIES, views.series, name="series"),
    path(f"{OF_SERIES}settings/", views.settings_set, name="settings_set"),
    path(f"{OF_SERIES}baselines/propose/", views.rebase_propose, name="rebase_propose"),
    path(f"{OF_SERIES}notes/add/", views.note_add, name="note_add"),
    path(f"{OF_SERIES}target/", views.target_set, name="target_set"),
    path(f"{OF_SERIES}trajectory/", views.trajectory_set, name="trajectory_set"),
]
