from django.apps import AppConfig


class PaymentsApp(AppConfig):
    name = "budget.payments"
    label = "payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        from cc2h.kit import programme

        programme.belongs("payments")
