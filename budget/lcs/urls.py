"""Addresses of local services."""

from django.urls import path

from budget.lcs import claim_urls
from budget.lcs.views import services

app_name = "lcs"
urlpatterns = [
    path("", services.ServiceList.as_view(), name="service_list"),
    path("add/<str:ods_code>/", services.service_add, name="service_add"),
    path("stages/<int:pk>/edit/", services.stage_edit, name="stage_edit"),
    path("stages/<int:pk>/remove/", services.stage_remove, name="stage_remove"),
    path("stages/<int:pk>/outputs/add/", services.output_add, name="output_add"),
    path("outputs/<int:pk>/edit/", services.output_edit, name="output_edit"),
    path("outputs/<int:pk>/remove/", services.output_remove, name="output_remove"),
    path("eligible/<int:pk>/remove/", services.place_remove, name="place_remove"),
    *claim_urls.urlpatterns,
]
# The last, as a slug is anything: services.WORDS_OF_ADDRESSES are none.
urlpatterns += [
    path("<slug:slug>/", services.service_detail, name="service_detail"),
    path("<slug:slug>/edit/", services.service_edit, name="service_edit"),
    path("<slug:slug>/stages/add/", services.stage_add, name="stage_add"),
    path("<slug:slug>/approve/", services.approve, name="approve"),
    path("<slug:slug>/take-back/", services.take_back, name="take_back"),
    path("<slug:slug>/withdraw/", services.withdraw, name="withdraw"),
    path("<slug:slug>/open/", services.open_it, name="open"),
    path("<slug:slug>/rate/", services.set_rate, name="set_rate"),
    path("<slug:slug>/end/", services.end, name="end"),
    path("<slug:slug>/reconciliation/", services.reconciliation, name="reconciliation"),
    path("<slug:slug>/eligible/", services.PlaceList.as_view(), name="place_list"),
    path("<slug:slug>/eligible/freeze/", services.freeze, name="freeze"),
    path("<slug:slug>/eligible/add/", services.place_add, name="place_add"),
]
