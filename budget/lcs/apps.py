from django.apps import AppConfig


class LocalServicesApp(AppConfig):
    name = "budget.lcs"
    label = "lcs"
    verbose_name = "Local services"

    def ready(self) -> None:
        from budget.lcs import claims, records  # noqa: F401 - claims are records that something can be about
        from budget.payments import owing
        from cc2h.kit import programme

        programme.belongs("lcs")
        owing.hear(claims.PREFIX, claims.heard)
        owing.describe(claims.PREFIX, claims.described)
