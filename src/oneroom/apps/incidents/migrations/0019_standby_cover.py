from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0018_standby")]

    operations = [
        migrations.AlterField(
            model_name="standby",
            name="why",
            field=models.CharField(
                choices=[("gap", "Gap"), ("cover", "Cover"), ("posting", "Posting")], max_length=8
            ),
        ),
    ]
