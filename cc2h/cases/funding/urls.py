"""Addresses of the money of business cases."""

from django.urls import path

from cc2h.cases.addresses import register_converters
from cc2h.cases.funding import views

register_converters()
app_name = "funding"
urlpatterns = [
    path("", views.ShareList.as_view(), name="share_list"),
    path("tranches/", views.TrancheList.as_view(), name="tranche_list"),
    path("tranches/<int:pk>/release/", views.tranche_release, name="tranche_release"),
    path("tranches/<int:pk>/drop/", views.tranche_drop, name="tranche_drop"),
    path("<case:number>/plan/", views.tranche_plan, name="tranche_plan"),
    path("<case:number>/give-back/", views.give_back, name="give_back"),
]
