"""Addresses of claims, beneath those of local services."""

from django.urls import path

from budget.lcs.views import claims

urlpatterns = [
    path("claims/", claims.ClaimList.as_view(), name="claim_list"),
    path("claims/stages/<int:pk>/", claims.claim_batch, name="claim_batch"),
    path("claims/<int:pk>/", claims.claim_detail, name="claim_detail"),
    path("claims/<int:pk>/enter/", claims.claim_enter, name="claim_enter"),
    path("claims/<int:pk>/send/", claims.claim_send, name="claim_send"),
    path("claims/<int:pk>/verify/", claims.claim_verify, name="claim_verify"),
    path("claims/<int:pk>/withdraw/", claims.claim_withdraw, name="claim_withdraw"),
    path("claims/<int:pk>/reopen/", claims.claim_reopen, name="claim_reopen"),
    path("claims/<int:pk>/close/", claims.claim_close, name="claim_close"),
    path("claims/<int:pk>/take-back/", claims.claim_take_back, name="claim_take_back"),
    path("claims/by-chin/", claims.claims_by_chin, name="claims_by_chin"),
    path("claims/<int:pk>/ask-back/", claims.claim_ask_back, name="claim_ask_back"),
    path("claims/<int:pk>/ask-no-more/", claims.claim_stop_asking, name="claim_stop_asking"),
    path("claims/<int:pk>/let-stand/", claims.claim_let_stand, name="claim_let_stand"),
    path("practices/", claims.money, name="money"),
    path("practices/<str:ods_code>/", claims.practice_money, name="practice_money"),
]
