"""Addresses of CHINs. The words before a slug are in services.RESERVED_SLUGS: no CHIN is called by one of them."""

from django.urls import path

from chins import coverage_views, views

app_name = "chins"
urlpatterns = [
    path("", views.ChinList.as_view(), name="chin_list"),
    path("propose/", views.chin_propose, name="chin_propose"),
    path("move/", views.practices_move, name="practices_move"),
    path("states/<int:pk>/move/", views.state_replan, name="state_replan"),
    path("states/<int:pk>/drop/", views.state_drop, name="state_drop"),
    path("memberships/<int:pk>/leave/", views.membership_leave, name="membership_leave"),
    path("memberships/<int:pk>/correct/", views.membership_correct, name="membership_correct"),
    path("memberships/<int:pk>/void/", views.membership_void, name="membership_void"),
    path("partners/<int:pk>/end/", views.partner_end, name="partner_end"),
    path("partners/<int:pk>/void/", views.partner_void, name="partner_void"),
    path("coverage/<str:ods_code>/", coverage_views.coverage_rows, name="coverage_rows"),
    path("<slug:slug>/", views.chin_detail, name="chin_detail"),
    path("<slug:slug>/edit/", views.chin_edit, name="chin_edit"),
    path("<slug:slug>/state/", views.chin_state, name="chin_state"),
    path("<slug:slug>/join/", views.chin_join, name="chin_join"),
    path("<slug:slug>/partners/add/", views.partner_add, name="partner_add"),
    path("<slug:slug>/history/", views.chin_history, name="chin_history"),
]
