"""A further look in the same quarter of an hour where it opens fields that were not opened yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_entry_of_a_text")]

    operations = [
        migrations.RemoveConstraint("look", "one_look_per_quarter"),
        migrations.AddConstraint(
            "look",
            models.UniqueConstraint(
                fields=("actor", "record", "purpose", "quarter", "fields"), name="one_look_per_quarter"
            ),
        ),
    ]
