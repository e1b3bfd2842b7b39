"""Addresses of posts, under `people/` (see cc2h.config.urls)."""

from django.urls import path

from chins import post_views as views

urlpatterns = [
    path("", views.PostList.as_view(), name="post_list"),
    path("posts/add/", views.post_add, name="post_add"),
    path("posts/<int:post_id>/", views.post_detail, name="post_detail"),
    path("posts/<int:post_id>/fill/", views.post_fill, name="post_fill"),
    path("posts/<int:post_id>/deputy/", views.deputy_name, name="deputy_name"),
    path("holdings/<int:pk>/end/", views.holding_end, name="holding_end"),
    path("holdings/<int:pk>/void/", views.holding_void, name="holding_void"),
    path("deputies/<int:pk>/end/", views.deputy_end, name="deputy_end"),
    path("deputies/<int:pk>/void/", views.deputy_void, name="deputy_void"),
]
