from django.apps import AppConfig


class CommentsApp(AppConfig):
    name = "cc2h.comments"
    label = "comments"

    def ready(self) -> None:
        from cc2h.comments import sections  # noqa: F401 - where they are shown
        from cc2h.kit import programme

        programme.belongs("comments")
