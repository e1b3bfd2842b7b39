from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("board", "0001_initial"),
        ("practices", "0002_codes_and_who_was_spoken_to"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("choice__in", ["records", "paper", "neither"])),
                name="board_settlement_known_choice",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "measure__in",
                        [
                            "population_percent",
                            "practices_percent",
                            "practices_total",
                            "practices_covered",
                            "practices_answered",
                            "patients_total",
                            "chins",
                            "chin_patients",
                            "chin_share",
                            "chin_practices",
                            "full_coverage_day",
                            "chin_opening",
                            "other",
                        ],
                    )
                ),
                name="board_statement_known_measure",
            ),
        ),
    ]
