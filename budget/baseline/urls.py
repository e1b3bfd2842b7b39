"""Addresses of baseline assessment."""

from django.urls import path

from budget.baseline import views

app_name = "baseline"
urlpatterns = [
    path("", views.RoundList.as_view(), name="round_list"),
    path("practices/", views.PracticeList.as_view(), name="practice_list"),
    path("vacancies/", views.VacancyList.as_view(), name="vacancy_list"),
    path("add/<str:ods_code>/", views.round_add, name="round_add"),
    path("link/<str:token>/", views.linked, name="linked"),
    path("links/<int:pk>/withdraw/", views.link_withdraw, name="link_withdraw"),
    path("<slug:slug>/edit/", views.round_edit, name="round_edit"),
    path("<slug:slug>/chins/", views.commissioner_roll_up, name="commissioner_roll_up"),
    path("<slug:slug>/chins/<slug:chin>/", views.chin_roll_up, name="chin_roll_up"),
    path("<slug:slug>/of/<str:ods_code>/", views.practice_detail, name="practice_detail"),
    path("<slug:slug>/of/<str:ods_code>/send/", views.send, name="send"),
    path("<slug:slug>/of/<str:ods_code>/workbook/", views.workbook_take_away, name="workbook_take_away"),
    path("<slug:slug>/of/<str:ods_code>/workbook/bring/", views.workbook_bring, name="workbook_bring"),
    path("<slug:slug>/of/<str:ods_code>/workbook/<int:pk>/", views.workbook_take, name="workbook_take"),
    path("<slug:slug>/of/<str:ods_code>/link/<str:section>/", views.delegate, name="delegate"),
    *(path(f"<slug:slug>/of/<str:ods_code>/{key}/", view, name=f"answer_{key}") for key, view in views.ANSWERS.items()),
]
