"""The earliest and the latest time of each 256 entries: where a span of days is, whatever clock they were written by."""

from django.db import migrations, models

_TIMES = """
UPDATE ledger_subtree s SET earliest = e.earliest, latest = e.latest
FROM (SELECT (seq - 1) / 256 AS number, min(recorded) AS earliest, max(recorded) AS latest FROM {table} GROUP BY 1) e
WHERE s.chain = '{chain}' AND s.number = e.number
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_few_entries")]

    operations = [
        migrations.AddField("subtree", "earliest", models.DateTimeField(null=True)),
        migrations.AddField("subtree", "latest", models.DateTimeField(null=True)),
        migrations.RunSQL(_TIMES.format(table="ledger_entry", chain="acts"), migrations.RunSQL.noop),
        migrations.RunSQL(_TIMES.format(table="ledger_look", chain="looks"), migrations.RunSQL.noop),
    ]
