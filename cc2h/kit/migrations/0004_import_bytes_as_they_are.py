"""Imported bytes are stored as they came: trying to compress them took longer than storing them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_import_options")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE kit_importchunk ALTER COLUMN data SET STORAGE EXTERNAL",
            "ALTER TABLE kit_importchunk ALTER COLUMN data SET STORAGE EXTENDED",
        ),
    ]
