"""Addresses of practices and commissioners. A practice's code is a letter and five digits, so no word is one."""

from django.urls import path, re_path

from practices.views import (
    alike,
    commissioners,
    contacts,
    details,
    federations,
    lists,
    maps,
    openings,
    practice,
    splits,
    standings,
)

CODE = r"^(?P<ods_code>[A-Za-z]\d{5})"
VERSION = r"(?P<pk>\d{1,12})"

app_name = "practices"
urlpatterns = [
    path("", lists.PracticeList.as_view(), name="practice_list"),
    path("map/", maps.PracticeMap.as_view(), name="practice_map"),
    path("corrections/", lists.corrections_file, name="corrections_file"),
    path("open/", openings.practice_open, name="practice_open"),
    path("commissioners/", lists.CommissionerList.as_view(), name="commissioner_list"),
    path("commissioners/<slug:ods_code>/", commissioners.commissioner_detail, name="commissioner_detail"),
    path("commissioners/<slug:ods_code>/settings/", commissioners.commissioner_settings, name="commissioner_settings"),
    path("federations/<slug:slug>/", federations.federation_detail, name="federation_detail"),
    path("commissioners/<slug:ods_code>/federations/", commissioners.federation_add, name="federation_add"),
    path(
        "commissioners/<slug:ods_code>/federations/<slug:slug>/",
        commissioners.federation_rename,
        name="federation_rename",
    ),
    path("commissioners/<slug:ods_code>/names/", commissioners.names_release, name="names_release"),
    path("commissioners/<slug:ods_code>/names/<int:pk>/end/", commissioners.names_end, name="names_end"),
    path("commissioners/<slug:ods_code>/names/<int:pk>/void/", commissioners.names_void, name="names_void"),
    re_path(rf"{CODE}/$", practice.practice_detail, name="practice_detail"),
    re_path(rf"{CODE}/history/$", practice.practice_history, name="practice_history"),
    re_path(rf"{CODE}/alike/$", alike.practice_alike, name="practice_alike"),
    re_path(rf"{CODE}/close/{VERSION}/$", openings.practice_close, name="practice_close"),
    re_path(rf"{CODE}/merge/{VERSION}/$", openings.practice_merge, name="practice_merge"),
    re_path(rf"{CODE}/split/{VERSION}/$", splits.practice_split, name="practice_split"),
    re_path(rf"{CODE}/splits/{VERSION}/void/$", splits.split_void, name="split_void"),
    re_path(rf"{CODE}/standing/{VERSION}/correct/$", standings.standing_correct, name="standing_correct"),
    re_path(rf"{CODE}/standing/{VERSION}/void/$", standings.standing_void, name="standing_void"),
    re_path(rf"{CODE}/merger/{VERSION}/void/$", openings.merger_void, name="merger_void"),
    re_path(rf"{CODE}/details/{VERSION}/$", details.practice_details, name="practice_details"),
    re_path(rf"{CODE}/status/{VERSION}/$", standings.practice_status, name="practice_status"),
    re_path(rf"{CODE}/commissioner/{VERSION}/$", standings.practice_commissioner, name="practice_commissioner"),
    re_path(rf"{CODE}/federation/$", federations.federation_join, name="federation_join"),
    re_path(rf"{CODE}/federation/{VERSION}/leave/$", federations.federation_leave, name="federation_leave"),
    re_path(rf"{CODE}/federation/{VERSION}/void/$", federations.federation_void, name="federation_void"),
    re_path(rf"{CODE}/contacts/$", contacts.contact_add, name="contact_add"),
    re_path(rf"{CODE}/contacts/{VERSION}/withdraw/$", contacts.contact_withdraw, name="contact_withdraw"),
]
