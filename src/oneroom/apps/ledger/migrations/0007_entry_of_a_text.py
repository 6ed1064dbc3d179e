"""Each personal text knows the entry that committed to it; those that are there are looked up by their marks."""

import hashlib
import hmac

from django.db import migrations, models


def find_entries(apps, _schema):
    sealed = apps.get_model("ledger", "Sealed").objects
    entries = apps.get_model("ledger", "Entry").objects
    marks = {}
    for pk, key, text in sealed.filter(erased=None).values_list("pk", "key", "text").iterator(100):
        if key is not None and text is not None:
            marks[hmac.new(bytes(key), text.encode(), hashlib.sha256).hexdigest()] = pk
    if not marks:
        return
    for seq, facts in entries.values_list("seq", "facts").iterator(2000):
        for value in facts.values():
            if isinstance(value, str) and value in marks:
                sealed.filter(pk=marks[value]).update(entry=seq)
    # The small picture of a photo was in no entry.
    sealed.filter(entry=None, purpose="scene.photo").update(entry=0)


class Migration(migrations.Migration):
    atomic = False  # rows are changed before an index over them is made

    dependencies = [("ledger", "0006_retention")]

    operations = [
        migrations.AddField("sealed", "entry", models.BigIntegerField(null=True)),
        migrations.RunPython(find_entries, migrations.RunPython.noop),
        migrations.AddIndex(
            "sealed",
            models.Index(condition=models.Q(("entry__gt", 0)), fields=["entry"], name="sealed_entry"),
        ),
    ]
