"""Addresses of the library."""

from django.urls import path

from kpis import views

app_name = "kpis"
urlpatterns = [
    path("", views.MeasureList.as_view(), name="measure_list"),
    path("add/", views.measure_add, name="measure_add"),
    path("impacts/", views.impact_list, name="impact_list"),
    path("definitions/<int:pk>/correct/", views.definition_correct, name="definition_correct"),
    path("definitions/<int:pk>/owner/", views.definition_owner, name="definition_owner"),
    # The last, as a code is nearly anything: services.WORDS_OF_ADDRESSES are none.
    path("<slug:code>/", views.measure_detail, name="measure_detail"),
    path("<slug:code>/edit/", views.measure_edit, name="measure_edit"),
    path("<slug:code>/define/", views.define_anew, name="define_anew"),
    path("<slug:code>/values/", views.ValueList.as_view(), name="value_list"),
]
