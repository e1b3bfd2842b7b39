"""Addresses of the route."""

from django.urls import path

from cc2h.cases.addresses import register_converters
from cc2h.cases.route.views import keeping, turns, where

register_converters()

app_name = "route"
urlpatterns = [
    path("", where.TurnList.as_view(), name="turn_list"),
    path("standing/", where.standing, name="standing"),
    path("of/<case:number>/", where.way, name="way"),
    path("outcomes/<int:pk>/", where.outcome_detail, name="outcome_detail"),
    path("turns/<int:pk>/sponsor/", turns.sponsor, name="sponsor"),
    path("turns/<int:pk>/check/", turns.check, name="check"),
    path("turns/<int:pk>/advise/", turns.advise, name="advise"),
    path("turns/<int:pk>/decide/", turns.decide, name="decide"),
    path("turns/<int:pk>/no-advice/", turns.no_advice, name="no_advice"),
    path("turns/<int:pk>/told/", turns.told, name="told"),
    path("conditions/<int:pk>/meet/", where.condition_meet, name="condition_meet"),
    path("conditions/<int:pk>/reopen/", where.condition_reopen, name="condition_reopen"),
    path("conditions/<int:pk>/waive/", where.condition_waive, name="condition_waive"),
    path("rules/", keeping.route_home, name="route_home"),
    path("rules/<str:ods_code>/", keeping.route_detail, name="route_detail"),
    path("rules/<str:ods_code>/begin/", keeping.route_begin, name="route_begin"),
    path("rules/<str:ods_code>/add/", keeping.stage_add, name="stage_add"),
    path("stages/<int:pk>/edit/", keeping.stage_edit, name="stage_edit"),
    path("stages/<int:pk>/remove/", keeping.stage_remove, name="stage_remove"),
]
