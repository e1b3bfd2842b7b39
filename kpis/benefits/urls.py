"""Addresses of benefits."""

from django.urls import path

from kpis.benefits import views

app_name = "benefits"
urlpatterns = [
    path("", views.home, name="home"),
    path("list/", views.BenefitList.as_view(), name="benefit_list"),
    path("years/", views.RowList.as_view(), name="row_list"),
    path("add/", views.benefit_add, name="benefit_add"),
    path("validations/<int:pk>/withdraw/", views.validation_withdraw, name="validation_withdraw"),
    # The last, as a slug is anything: services.WORDS_OF_ADDRESSES are none.
    path("<slug:slug>/", views.benefit_detail, name="benefit_detail"),
    path("<slug:slug>/edit/", views.benefit_edit, name="benefit_edit"),
    path("<slug:slug>/<str:year>/plan/", views.plan, name="plan"),
    path("<slug:slug>/<str:year>/forecast/", views.forecast, name="forecast"),
    path("<slug:slug>/<str:year>/validate/", views.validate, name="validate"),
    path("<slug:slug>/split/<slug:other>/", views.split, name="split"),
]
