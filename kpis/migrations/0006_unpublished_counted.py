"""Roll-ups say how many unpublished values they rest on; until a worker counts them, all of one that has any."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kpis", "0005_objectives")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    """
                    ALTER TABLE kpis_rollup ALTER COLUMN unpublished TYPE integer
                        USING CASE WHEN unpublished THEN practices_with_value ELSE 0 END
                    """,
                    "ALTER TABLE kpis_rollup ALTER COLUMN unpublished TYPE boolean USING unpublished > 0",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="rollup",
                    name="unpublished",
                    field=models.IntegerField(default=0, verbose_name="how many values are unpublished"),
                )
            ],
        )
    ]
