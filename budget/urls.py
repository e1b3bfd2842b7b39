"""Addresses of the budget."""

from django.urls import path

from budget.addresses import register_converters
from budget.views import acts, pages

register_converters()

app_name = "budget"
urlpatterns = [
    path("", pages.home, name="home"),
    path("entries/", pages.EntryList.as_view(), name="entry_list"),
    path("entries/<int:pk>/reverse/", acts.entry_reverse, name="entry_reverse"),
    path("requests/", acts.RequestList.as_view(), name="request_list"),
    path("requests/<int:pk>/", acts.request_detail, name="request_detail"),
    path("requests/<int:pk>/agree/", acts.request_agree, name="request_agree"),
    path("requests/<int:pk>/decline/", acts.request_decline, name="request_decline"),
    path("requests/<int:pk>/withdraw/", acts.request_withdraw, name="request_withdraw"),
    path("sources/<int:pk>/edit/", acts.source_edit, name="source_edit"),
    path("sources/<int:pk>/contribute/", acts.contribute, name="contribute"),
    path("lines/<slug:slug>/", pages.line_detail, name="line_detail"),
    path("lines/<slug:slug>/edit/", acts.line_edit, name="line_edit"),
    path("lines/<slug:slug>/allocate/", acts.allocate, name="allocate"),
    path("lines/<slug:slug>/commit/", acts.commit, name="commit"),
    path("lines/<slug:slug>/delegate/", acts.delegate, name="delegate"),
    path("lines/<slug:slug>/allocations/", acts.allocate_years, name="allocate_years"),
    path("lines/<slug:slug>/delegate-by-list/", acts.delegate_by_list, name="delegate_by_list"),
    path("lines/<slug:slug>/growth/", acts.growth, name="growth"),
    path("lines/<slug:slug>/vire/", acts.vire, name="vire"),
    path("lines/<slug:slug>/cut/", acts.cut, name="cut"),
    path("<str:ods_code>/lines/add/", acts.line_add, name="line_add"),
    path("<str:ods_code>/sources/", pages.source_list, name="source_list"),
    path("<str:ods_code>/sources/add/", acts.source_add, name="source_add"),
    path("<str:ods_code>/profile/", pages.profile, name="profile"),
    path("<str:ods_code>/<financial_year:year>/", pages.budget, name="budget"),
]
