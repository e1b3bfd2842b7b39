"""When each measure's roll-ups last changed; and roll-ups without a foreign key, which was asked row by row."""

import django.db.models.deletion
from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION kpis_nothing_of_no_measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM kpis_rollup WHERE measure_id IN (SELECT id FROM gone);
    DELETE FROM kpis_rolledup WHERE measure_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;

CREATE TRIGGER kpis_nothing_of_no_measure AFTER DELETE ON kpis_measure
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION kpis_nothing_of_no_measure();

INSERT INTO kpis_rolledup (measure_id, changed_at) SELECT measure_id, now() FROM kpis_rollup GROUP BY measure_id;
"""
NO_FUNCTION = "DROP FUNCTION kpis_nothing_of_no_measure CASCADE"


class Migration(migrations.Migration):
    dependencies = [("kpis", "0007_qof_indicators")]

    operations = [
        migrations.CreateModel(
            name="RolledUp",
            fields=[
                (
                    "measure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="kpis.measure",
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name="rollup",
            name="measure",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="roll_ups",
                to="kpis.measure",
            ),
        ),
        migrations.RunSQL(FUNCTION, NO_FUNCTION),
    ]
