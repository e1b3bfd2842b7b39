"""Addresses of posts, under `people/` (see cc2h.config.urls)."""

from django.urls import path

from chins.views import access, posts

urlpatterns = [
    path("", posts.PostList.as_view(), name="post_list"),
    path("access/", access.AccessReview.as_view(), name="access_review"),
    path("posts/add/", posts.post_add, name="post_add"),
    path("posts/<int:post_id>/", posts.post_detail, name="post_detail"),
    path("posts/<int:post_id>/fill/", posts.post_fill, name="post_fill"),
    path("posts/<int:post_id>/deputy/", posts.deputy_name, name="deputy_name"),
    path("holdings/<int:pk>/end/", posts.holding_end, name="holding_end"),
    path("holdings/<int:pk>/void/", posts.holding_void, name="holding_void"),
    path("deputies/<int:pk>/end/", posts.deputy_end, name="deputy_end"),
    path("deputies/<int:pk>/void/", posts.deputy_void, name="deputy_void"),
]
