"""Addresses of people and of what each may do. The posts they hold live in a higher room, under the same `people/`."""

from django.urls import path

from cc2h.accounts import views

app_name = "people"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/mail/", views.mail_choose, name="mail_choose"),
    path("who-can-do-what/", views.who_can, name="who_can"),
    path("users/", views.PersonList.as_view(), name="user_list"),
    path("users/add/", views.user_add, name="user_add"),
    path("users/<int:pk>/", views.user_detail, name="user_detail"),
    path("users/<int:pk>/edit/", views.user_edit, name="user_edit"),
    path("users/<int:pk>/link/", views.user_link, name="user_link"),
    path("users/<int:pk>/second-factor/", views.user_factor, name="user_factor"),
    path("users/<int:pk>/deactivate/", views.user_deactivate, name="user_deactivate"),
    path("users/<int:pk>/reactivate/", views.user_reactivate, name="user_reactivate"),
]
