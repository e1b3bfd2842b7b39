"""Addresses of CHINs. The words before a slug are in services.RESERVED_SLUGS: no CHIN is called by one of them."""

from django.urls import path

from chins.views import beside, chin, coverage, interest, memberships, partners, states

app_name = "chins"
urlpatterns = [
    path("", chin.ChinList.as_view(), name="chin_list"),
    path("propose/", states.chin_propose, name="chin_propose"),
    path("move/", memberships.practices_move, name="practices_move"),
    path("states/<int:pk>/move/", states.state_replan, name="state_replan"),
    path("states/<int:pk>/drop/", states.state_drop, name="state_drop"),
    path("memberships/<int:pk>/leave/", memberships.membership_leave, name="membership_leave"),
    path("memberships/<int:pk>/correct/", memberships.membership_correct, name="membership_correct"),
    path("memberships/<int:pk>/void/", memberships.membership_void, name="membership_void"),
    path("partners/<int:pk>/end/", partners.partner_end, name="partner_end"),
    path("partners/<int:pk>/void/", partners.partner_void, name="partner_void"),
    path("side-by-side/", beside.chins_beside, name="chins_beside"),
    path("coverage/<str:ods_code>/", coverage.coverage_rows, name="coverage_rows"),
    path("expressions/", interest.ExpressionList.as_view(), name="expression_list"),
    path("expressions/submit/", interest.expression_submit, name="expression_submit"),
    path("expressions/<int:pk>/", interest.expression_detail, name="expression_detail"),
    path("expressions/<int:pk>/edit/", interest.expression_edit, name="expression_edit"),
    path("expressions/<int:pk>/evaluate/", interest.expression_evaluate, name="expression_evaluate"),
    path("expressions/<int:pk>/score/", interest.expression_score, name="expression_score"),
    path("expressions/<int:pk>/scores/", interest.ScoreList.as_view(), name="expression_scores"),
    path("expressions/<int:pk>/approve/", interest.expression_approve, name="expression_approve"),
    path("expressions/<int:pk>/decline/", interest.expression_decline, name="expression_decline"),
    path("expressions/<int:pk>/withdraw/", interest.expression_withdraw, name="expression_withdraw"),
    path("criteria/", interest.CriterionList.as_view(), name="criterion_list"),
    path("criteria/take/", interest.criteria_take, name="criteria_take"),
    path("criteria/add/", interest.criterion_add, name="criterion_add"),
    path("criteria/<int:pk>/change/", interest.criterion_change, name="criterion_change"),
    path("criteria/<int:pk>/end/", interest.criterion_end, name="criterion_end"),
    path("<slug:slug>/", chin.chin_detail, name="chin_detail"),
    path("<slug:slug>/edit/", states.chin_edit, name="chin_edit"),
    path("<slug:slug>/state/", states.chin_state, name="chin_state"),
    path("<slug:slug>/join/", memberships.chin_join, name="chin_join"),
    path("<slug:slug>/partners/add/", partners.partner_add, name="partner_add"),
    path("<slug:slug>/lists/", beside.chin_lists, name="chin_lists"),
    path("<slug:slug>/history/", chin.chin_history, name="chin_history"),
]
