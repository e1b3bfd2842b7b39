"""Addresses of agreements."""

from django.urls import path

from budget.agreements import views

app_name = "agreements"
urlpatterns = [
    path("", views.AgreementList.as_view(), name="agreement_list"),
    path("add/", views.agreement_add, name="agreement_add"),
    path("to-sign/", views.to_sign, name="to_sign"),
    path("parties/<int:pk>/end/", views.party_end, name="party_end"),
    path("signatures/<int:pk>/scan/", views.signature_download, name="signature_download"),
    path("signatures/<int:pk>/withdraw/", views.signature_withdraw, name="signature_withdraw"),
    path("<slug:slug>/", views.agreement_detail, name="agreement_detail"),
    path("<slug:slug>/versions/add/", views.version_add, name="version_add"),
    path("<slug:slug>/versions/<int:number>/download/", views.version_download, name="version_download"),
    path("<slug:slug>/sign/", views.agreement_sign, name="agreement_sign"),
    path("<slug:slug>/record/", views.signature_record, name="signature_record"),
    path("<slug:slug>/parties/add/", views.party_add, name="party_add"),
    path("<slug:slug>/end/", views.agreement_end, name="agreement_end"),
]
