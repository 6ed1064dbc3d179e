"""
What a migration may do while the release before still runs on the same database (R16, docs/operate.md).

Two steps for everything else: one release stops reading a column, the next one drops it; one release adds a column that
may be empty, the next one fills and needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.migrations import operations as ops
from django.db.models import NOT_PROVIDED

_HARMLESS = (
    ops.CreateModel, ops.AddIndex, ops.RemoveIndex, ops.AlterModelOptions, ops.AlterModelManagers, ops.RenameIndex,
)  # fmt: skip
_GONE = {
    ops.RemoveField: "takes a column away that the release before still reads",
    ops.DeleteModel: "takes a table away that the release before still reads",
    ops.RenameField: "renames a column that the release before still reads under its old name",
    ops.RenameModel: "renames a table that the release before still reads under its old name",
    ops.AlterModelTable: "renames a table that the release before still reads under its old name",
}


def breaks(operations: Sequence[ops.base.Operation]) -> Iterator[str]:
    """Why the release before cannot run beside these operations, a sentence for each."""
    for one in operations:
        what = one.describe()
        if isinstance(one, ops.SeparateDatabaseAndState):
            yield from breaks(one.database_operations)
        elif type(one) in _GONE:
            yield f"{what}: {_GONE[type(one)]}"
        elif isinstance(one, ops.AddField):
            field = one.field
            filled = field.null or field.many_to_many or field.db_default is not NOT_PROVIDED
            if not filled:
                yield f"{what}: the release before leaves this column out when it writes; give it null or db_default"
        elif isinstance(one, ops.AlterField):
            yield f"{what}: say in the list of exceptions why the release before can live with it"
        elif isinstance(one, ops.RunSQL | ops.RunPython):
            if not one.reversible:
                yield f"{what}: it cannot be undone"
        elif not isinstance(one, (*_HARMLESS, ops.AddConstraint, ops.RemoveConstraint)):
            yield f"{what}: nobody has thought yet about whether the release before can live with it"
