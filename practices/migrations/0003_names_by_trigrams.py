"""Names are found although misspelt: an index of the trigrams of every name held, former ones too."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practices", "0002_codes_and_who_was_spoken_to")]

    operations = [
        migrations.AddIndex(
            model_name="practicedetail",
            index=GinIndex(
                fields=["name"],
                opclasses=["gin_trgm_ops"],
                condition=models.Q(held__upper_inf=True),
                name="practices_detail_trigrams",
            ),
        ),
    ]
