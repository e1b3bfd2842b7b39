"""A list of names that the index has yet to take in would be read whole by each search: there is none any more."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practices", "0006_list_size_ages")]

    operations = [
        migrations.RemoveIndex(model_name="practicedetail", name="practices_detail_trigrams"),
        migrations.AddIndex(
            model_name="practicedetail",
            index=GinIndex(
                fields=["name"],
                opclasses=["gin_trgm_ops"],
                condition=models.Q(held__upper_inf=True),
                name="practices_detail_trigrams",
                fastupdate=False,
            ),
        ),
    ]
