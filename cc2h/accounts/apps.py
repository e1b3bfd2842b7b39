from django.apps import AppConfig


class AccountsApp(AppConfig):
    name = "cc2h.accounts"
    label = "accounts"
    verbose_name = "Accounts"
