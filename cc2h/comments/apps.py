from django.apps import AppConfig


class CommentsApp(AppConfig):
    name = "cc2h.comments"
    label = "comments"

    def ready(self) -> None:
        from cc2h.comments import records, sections  # noqa: F401 - what they hang on, where they are shown
        from cc2h.comments.models import Attachment, AttachmentPiece
        from cc2h.kit import programme, scanning

        scanning.holds(Attachment, AttachmentPiece)
        programme.belongs("comments")
