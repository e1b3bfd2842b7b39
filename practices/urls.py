"""Addresses of practices and commissioners. A practice's code is a letter and five digits, so no word is one."""

from django.urls import path, re_path

from practices import views

CODE = r"^(?P<ods_code>[A-Za-z]\d{5})"
VERSION = r"(?P<pk>\d{1,12})"

app_name = "practices"
urlpatterns = [
    path("", views.PracticeList.as_view(), name="practice_list"),
    path("open/", views.practice_open, name="practice_open"),
    path("commissioners/", views.CommissionerList.as_view(), name="commissioner_list"),
    path("commissioners/<slug:ods_code>/", views.commissioner_detail, name="commissioner_detail"),
    path("commissioners/<slug:ods_code>/settings/", views.commissioner_settings, name="commissioner_settings"),
    path("commissioners/<slug:ods_code>/federations/", views.federation_add, name="federation_add"),
    path("commissioners/<slug:ods_code>/federations/<slug:slug>/", views.federation_rename, name="federation_rename"),
    path("commissioners/<slug:ods_code>/names/", views.names_release, name="names_release"),
    path("commissioners/<slug:ods_code>/names/<int:pk>/end/", views.names_end, name="names_end"),
    path("commissioners/<slug:ods_code>/names/<int:pk>/void/", views.names_void, name="names_void"),
    re_path(rf"{CODE}/$", views.practice_detail, name="practice_detail"),
    re_path(rf"{CODE}/history/$", views.practice_history, name="practice_history"),
    re_path(rf"{CODE}/close/{VERSION}/$", views.practice_close, name="practice_close"),
    re_path(rf"{CODE}/merge/{VERSION}/$", views.practice_merge, name="practice_merge"),
    re_path(rf"{CODE}/standing/{VERSION}/correct/$", views.standing_correct, name="standing_correct"),
    re_path(rf"{CODE}/standing/{VERSION}/void/$", views.standing_void, name="standing_void"),
    re_path(rf"{CODE}/merger/{VERSION}/void/$", views.merger_void, name="merger_void"),
    re_path(rf"{CODE}/details/{VERSION}/$", views.practice_details, name="practice_details"),
    re_path(rf"{CODE}/status/{VERSION}/$", views.practice_status, name="practice_status"),
    re_path(rf"{CODE}/commissioner/{VERSION}/$", views.practice_commissioner, name="practice_commissioner"),
    re_path(rf"{CODE}/federation/$", views.federation_join, name="federation_join"),
    re_path(rf"{CODE}/federation/{VERSION}/leave/$", views.federation_leave, name="federation_leave"),
    re_path(rf"{CODE}/federation/{VERSION}/void/$", views.federation_void, name="federation_void"),
    re_path(rf"{CODE}/contacts/$", views.contact_add, name="contact_add"),
    re_path(rf"{CODE}/contacts/{VERSION}/withdraw/$", views.contact_withdraw, name="contact_withdraw"),
]
