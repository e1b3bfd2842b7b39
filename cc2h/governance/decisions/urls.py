"""Addresses of interests and decisions."""

from django.urls import path

from cc2h.governance.decisions import views

app_name = "decisions"
urlpatterns = [
    path("", views.DecisionList.as_view(), name="decision_list"),
    path("<int:pk>/", views.decision_detail, name="decision_detail"),
    path("items/<int:pk>/", views.item, name="item"),
    path("items/<int:pk>/declare/", views.declare, name="declare"),
    path("items/<int:pk>/handle/", views.handle, name="handle"),
    path("items/<int:pk>/record/", views.record, name="record"),
    path("interests/", views.InterestList.as_view(), name="interest_list"),
    path("interests/people/", views.PeopleList.as_view(), name="people_list"),
    path("interests/mine/", views.mine, name="mine"),
    path("interests/of/<int:pk>/", views.person, name="person"),
    path("interests/of/<int:pk>/declare/", views.interest_declare, name="interest_declare"),
    path("interests/of/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("interests/<int:pk>/end/", views.interest_end, name="interest_end"),
    path("interests/<int:pk>/correct/", views.interest_correct, name="interest_correct"),
    path("interests/<int:pk>/void/", views.interest_void, name="interest_void"),
]
