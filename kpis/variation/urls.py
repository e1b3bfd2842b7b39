"""Addresses of how practices vary in a measure."""

from django.urls import path

from kpis.variation import views

app_name = "variation"
urlpatterns = [
    path("", views.funnel, name="funnel"),
    path("intervals/", views.intervals, name="intervals"),
    path("practices/", views.PracticeList.as_view(), name="practice_list"),
    path("chins/", views.chins, name="chins"),
    path("compare/", views.compare, name="compare"),
    path("two/", views.two, name="two"),
    path("gap/", views.gap, name="gap"),
    path("deprivation/", views.deprivation, name="deprivation"),
]
