"""Addresses of QISTs."""

from django.urls import path

from kpis.qists import views

app_name = "qists"
urlpatterns = [
    path("", views.QistList.as_view(), name="qist_list"),
    path("add/<str:ods_code>/", views.qist_add, name="qist_add"),
    path("serves/<int:pk>/end/", views.stop_serving, name="stop_serving"),
    path("targets/<int:pk>/end/", views.end_target, name="end_target"),
    path("support/<int:pk>/result/", views.add_result, name="add_result"),
    # The last, as a slug is anything: services.WORDS_OF_ADDRESSES are none.
    path("<slug:slug>/", views.qist_detail, name="qist_detail"),
    path("<slug:slug>/edit/", views.qist_edit, name="qist_edit"),
    path("<slug:slug>/end/", views.qist_end, name="qist_end"),
    path("<slug:slug>/serve/", views.serve, name="serve"),
    path("<slug:slug>/staff/", views.set_staff, name="set_staff"),
    path("<slug:slug>/targets/add/", views.add_target, name="add_target"),
    path("<slug:slug>/support/", views.SupportList.as_view(), name="support_list"),
    path("<slug:slug>/support/log/", views.log_support, name="log_support"),
    path("<slug:slug>/reviews/add/", views.review_add, name="review_add"),
]
