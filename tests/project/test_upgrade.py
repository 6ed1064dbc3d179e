"""R16: old and new side by side on one database, and one step back."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader

from tests.project.upgrades import breaks

ROOT = Path(__file__).resolve().parents[2]
# App -> the last migration of the release before. Set at each release to what was released; while nothing is, nothing
# runs beside us.
RELEASED: dict[str, str] = {}
# "app.0007_name" -> why the release before can live with what ``breaks`` says of it.
EXCEPTIONS: dict[str, str] = {}


def _ours():
    loader = MigrationLoader(connection)
    labels = {path.parent.name for path in (ROOT / "src" / "oneroom" / "apps").glob("*/migrations")}
    return loader, sorted(label for label in labels if label in loader.migrated_apps)


@pytest.mark.django_db
def test_models_and_migrations_say_the_same():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_release_before_runs_on_the_schema_of_this_one():
    loader, labels = _ours()
    released = "not yet released" not in (ROOT / "CHANGELOG.md").read_text().partition("\n## ")[2].partition("\n")[0]
    assert released == bool(RELEASED), "a release was made: say in RELEASED which migrations it ended with"
    wrong = []
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in labels and RELEASED and name > RELEASED.get(app, "") and f"{app}.{name}" not in EXCEPTIONS:
            wrong += [f"{app}.{name}: {why}" for why in breaks(migration.operations)]
    assert wrong == []


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (ops.RemoveField("report", "words"), "takes a column away"),
        (ops.RenameField("report", "words", "said"), "renames a column"),
        (ops.DeleteModel("report"), "takes a table away"),
        (ops.AddField("report", "mood", models.CharField(max_length=8, default="")), "leaves this column out"),
        (ops.AlterField("report", "source", models.CharField(max_length=2)), "list of exceptions"),
        (ops.RunPython(lambda apps, schema: None), "cannot be undone"),
    ],
)
def test_what_the_release_before_could_not_live_with_is_found(operation, why):
    assert [said for said in breaks([operation]) if why in said]


def test_what_only_adds_is_let_through():
    text = models.CharField(max_length=8, db_default="")
    assert list(breaks([
        ops.AddField("report", "mood", text), ops.AddField("report", "until", models.DateTimeField(null=True)),
        ops.CreateModel("Mood", [("id", models.BigAutoField(primary_key=True))]),
        ops.AddIndex("report", models.Index(fields=["source"], name="by_source")),
    ])) == []  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_each_apps_last_migration_goes_one_step_back_and_forward_again():
    """As docs/operate.md tells an operator whose new release disappoints."""
    loader, labels = _ours()
    before = _columns()
    for app in labels:
        last = max(name for label, name in loader.disk_migrations if label == app)
        parents = [name for label, name in loader.disk_migrations[app, last].dependencies if label == app]
        if not parents:
            continue  # its first one: one step back is before there was such a thing
        try:
            call_command("migrate", app, parents[0], verbosity=0)
        finally:
            call_command("migrate", verbosity=0)
    assert _columns() == before


def _columns():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
        return set(cursor.fetchall())
