"""People are found although their names are misspelt."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_api"), ("kit", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=GinIndex(
                fields=["name"], opclasses=["gin_trgm_ops"], name="accounts_user_trigrams", fastupdate=False
            ),
        ),
    ]
