"""Addresses of payments."""

from django.urls import path

from budget.payments.views import acts, pages

app_name = "payments"
urlpatterns = [
    path("", pages.home, name="home"),
    path("owed/", pages.PayableList.as_view(), name="payable_list"),
    path("owed/<int:pk>/decide/", acts.payable_decide, name="payable_decide"),
    path("asked-back/", pages.RecoveryList.as_view(), name="recovery_list"),
    path("asked-back/<int:pk>/receive/", acts.recovery_receive, name="recovery_receive"),
    path("refused/", pages.RefusalList.as_view(), name="refusal_list"),
    path("single/", pages.PaymentList.as_view(), name="payment_list"),
    path("runs/", pages.RunList.as_view(), name="run_list"),
    path("runs/<int:pk>/", pages.run_detail, name="run_detail"),
    path("runs/<int:pk>/add/", acts.run_add, name="run_add"),
    path("runs/<int:pk>/take-out/", acts.run_take_out, name="run_take_out"),
    path("runs/<int:pk>/authorise/", acts.run_authorise, name="run_authorise"),
    path("runs/<int:pk>/withdraw/", acts.run_withdraw, name="run_withdraw"),
    path("runs/<int:pk>/export/", acts.run_export, name="run_export"),
    path("runs/<int:pk>/confirm/", acts.run_confirm, name="run_confirm"),
    path("runs/<int:pk>/confirm-by-hand/", acts.run_confirm_by_hand, name="run_confirm_by_hand"),
    path("runs/<int:pk>/remittances/<int:payee_pk>/", pages.remittance, name="remittance"),
    path("exports/<int:pk>/", pages.export_download, name="export_download"),
    path("payees/", pages.PayeeList.as_view(), name="payee_list"),
    path("payees/<int:pk>/", pages.payee_detail, name="payee_detail"),
    path("payees/<int:pk>/edit/", acts.payee_edit, name="payee_edit"),
    path("layouts/", pages.layout_list, name="layout_list"),
    path("layouts/<int:pk>/edit/", acts.layout_edit, name="layout_edit"),
    path("<str:ods_code>/prepare/", acts.prepare, name="prepare"),
    path("<str:ods_code>/accruals/", acts.accruals, name="accruals"),
    path("<str:ods_code>/payees/add/", acts.payee_add, name="payee_add"),
    path("<str:ods_code>/layouts/add/", acts.layout_add, name="layout_add"),
]
