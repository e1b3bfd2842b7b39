"""Addresses of charts, by the key of their content."""

from django.urls import path

from cc2h.kit import chart_views

app_name = "charts"
urlpatterns = [path("<slug:key>.<str:kind>", chart_views.chart, name="chart")]
