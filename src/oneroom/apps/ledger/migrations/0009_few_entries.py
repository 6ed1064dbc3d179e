"""Who looked where officers were, and who took lists out, is asked of a record of millions; such entries are few."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_further_looks")]

    operations = [
        migrations.AddIndex(
            "entry",
            models.Index(condition=models.Q(("kind", "track.opened")), fields=["at"], name="entry_track"),
        ),
        migrations.AddIndex(
            "entry",
            models.Index(
                condition=models.Q(("kind", "list.exported")), fields=["actor", "at"], name="entry_lists_out"
            ),
        ),
    ]
