from django.conf import settings
from django.db import migrations, models

# The day here, not the connection's: at six in the morning in China it is still yesterday there.
BEFORE = "UPDATE personnel_move SET followed = true WHERE day <= (now() AT TIME ZONE %s)::date"


class Migration(migrations.Migration):
    dependencies = [("personnel", "0006_grades")]

    operations = [
        migrations.AddField(
            model_name="move",
            name="followed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        # Moves of before were followed by hand, or their roles given anew since: nobody loses them by an upgrade.
        migrations.RunSQL([(BEFORE, [settings.TIME_ZONE])], migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(condition=models.Q(("followed", False)), fields=["day", "id"], name="move_to_follow"),
        ),
    ]
