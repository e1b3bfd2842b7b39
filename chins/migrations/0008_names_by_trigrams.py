"""CHINs and posts are found although misspelt."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("chins", "0007_expressions_of_interest")]

    operations = [
        migrations.AddIndex(
            model_name="chin",
            index=GinIndex(
                fields=["name", "footprint"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                name="chins_chin_trigrams",
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="chins_post_trigrams", fastupdate=False),
        ),
    ]
