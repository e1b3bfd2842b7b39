from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("chins", "0003_work_to_do_triggers"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="chin",
            options={"ordering": ["name", "pk"], "verbose_name": "CHIN"},
        ),
        migrations.AlterModelOptions(
            name="chinstate",
            options={"verbose_name": "CHIN state"},
        ),
    ]
