"""Addresses of business cases."""

from django.urls import path

from cc2h.cases.addresses import register_converters
from cc2h.cases.views import cases, submissions, writing

register_converters()

app_name = "cases"
urlpatterns = [
    path("", cases.CaseList.as_view(), name="case_list"),
    path("pipeline/", cases.pipeline, name="pipeline"),
    path("mine/", cases.mine, name="mine"),
    path("add/", cases.add_choice, name="add_choice"),
    path("add/<slug:slug>/", cases.case_add, name="case_add"),
    path("form/<str:ods_code>/", cases.form_length, name="form_length"),
    path("form/<str:ods_code>/set/", cases.form_length_set, name="form_length_set"),
    path("<case:number>/", cases.case_detail, name="case_detail"),
    path("<case:number>/summary/", cases.summary, name="summary"),
    path("<case:number>/history/", cases.case_history, name="case_history"),
    path("<case:number>/edit/", cases.case_edit, name="case_edit"),
    path("<case:number>/authors/add/", cases.author_add, name="author_add"),
    path("<case:number>/authors/end/", cases.author_end, name="author_end"),
    path("<case:number>/take-up/", cases.take_up, name="take_up"),
    path("<case:number>/submit/", cases.submit, name="submit"),
    path("<case:number>/withdraw/", cases.withdraw, name="withdraw"),
    path("<case:number>/reopen/", cases.reopen, name="reopen"),
    path("<case:number>/figures/", writing.attach_figures, name="attach_figures"),
    path("<case:number>/typed/<slug:section>/", writing.typed, name="typed"),
    path("<case:number>/versions/<slug:section>/", writing.versions, name="versions"),
    path("<case:number>/submissions/<int:place>/", submissions.submission, name="submission"),
    path("<case:number>/papers/<int:pk>/", submissions.paper, name="paper"),
    *(path(f"<case:number>/write/{key}/", view, name=f"write_{key}") for key, view in writing.SECTION_VIEWS.items()),
]
