from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("personnel", "0003_round_keeps_skills")]

    operations = [
        migrations.CreateModel(
            name="AwardScale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=24)),
                ("amount_fen", models.BigIntegerField()),
                ("since", models.DateField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "since"), name="award_scale_once_a_day")],
            },
        ),
    ]
