from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("personnel", "0006_grades")]

    operations = [
        migrations.AddField(
            model_name="move",
            name="followed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        # Moves of before were followed by hand, or their roles given anew since: nobody loses them by an upgrade.
        migrations.RunSQL(
            "UPDATE personnel_move SET followed = true WHERE day <= current_date", migrations.RunSQL.noop
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(condition=models.Q(("followed", False)), fields=["day", "id"], name="move_to_follow"),
        ),
    ]
