"""Addresses of comments and files. A record is named by its kind and key."""

from django.urls import path

from cc2h.comments import views

app_name = "comments"
urlpatterns = [
    path("of/<str:kind>/<str:key>/", views.of_record, name="of_record"),
    path("write/<str:kind>/<str:key>/", views.comment_write, name="comment_write"),
    path("attach/<str:kind>/<str:key>/", views.file_attach, name="file_attach"),
    path("<int:pk>/", views.comment_detail, name="comment_detail"),
    path("<int:pk>/answer/", views.comment_answer, name="comment_answer"),
    path("<int:pk>/correct/", views.comment_correct, name="comment_correct"),
    path("<int:pk>/withdraw/", views.comment_withdraw, name="comment_withdraw"),
    path("files/<int:pk>/", views.file_detail, name="file_detail"),
    path("files/<int:pk>/download/", views.file_download, name="file_download"),
    path("files/<int:pk>/replace/", views.file_replace, name="file_replace"),
    path("files/<int:pk>/withdraw/", views.file_withdraw, name="file_withdraw"),
]
