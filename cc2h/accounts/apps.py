from django.apps import AppConfig


class AccountsApp(AppConfig):
    name = "cc2h.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from cc2h.accounts import mail, services, sessions  # noqa: F401 - mail registers the worker's part
        from cc2h.kit import programme

        user_logged_in.connect(sessions.begin)
        programme.after_removal(
            services.end_illustrative_access,
            "Nobody but you can sign in any more, because everybody knows the demonstration’s password. "
            "You can give access again to each.",
        )
