"""The auditor's database role: what it may read, and the one table to which it may add."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

ADDS_TO = "oversight_alarm"
# table -> columns; empty: all of them. No name, no number, no address, and nothing that people said.
READS: dict[str, tuple[str, ...]] = {
    "oversight_alarm": (),
    "orders_ladder": (), "orders_rung": (), "orders_delivery": (),
    "orders_sos": ("id", "state", "raised_at", "ended_at"),
    "incidents_incident": (
        "id", "state", "state_since", "received_at", "reopened_at", "escalated", "grade", "unit_id",
    ),
    "incidents_assignment": ("id", "incident_id", "crew_id", "state", "state_since", "reported_at"),
    "incidents_callback": ("id", "report_id", "incident_id", "due", "decided_at", "deadline", "ended_at"),
    "incidents_referral": ("id", "incident_id", "made_at", "answered_at"),
    "incidents_handover": ("id", "at", "signed_at", "dropped_at"),
    "incidents_opening": ("id", "opened_at", "review_due", "reviewed_at"),
    "incidents_call": ("id", "state", "ended_at", "returned_at", "return_due"),
    "duty_crew": ("id", "unit_id", "state", "state_since", "duty_since"),
    "duty_crewmember": (), "duty_dutyspell": (),
    "orgs_orgunit": ("id", "heir_id", "valid_to"),
    "people_account": ("id", "is_active"), "people_grant": (),
    "ledger_chainhead": (), "ledger_entry": ("seq", "recorded", "hash"), "ledger_look": ("seq", "recorded", "hash"),
    "ledger_treehead": ("chain", "size", "at"),
}  # fmt: skip


def statements(role: str, password: str | None) -> list[sql.Composed]:
    """What makes the role, or brings it up to date after a migration. Everything it had before is taken away first."""
    name = sql.Identifier(role)
    secret = sql.SQL(" PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
    made = [
        sql.SQL(
            "DO $$ BEGIN CREATE ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ).format(name),
        sql.SQL("ALTER ROLE {} LOGIN CONNECTION LIMIT 8{}").format(name, secret),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name),
        sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(name),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
    ]
    for table, columns in READS.items():
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        what = sql.SQL("SELECT ({})").format(listed) if columns else sql.SQL("SELECT")
        made.append(sql.SQL("GRANT {} ON {} TO {}").format(what, sql.Identifier(table), name))
    made.append(sql.SQL("GRANT INSERT ON {} TO {}").format(sql.Identifier(ADDS_TO), name))
    return made


def make(connection: psycopg.Connection[Any], role: str, password: str | None) -> None:
    """Make the role, or bring it up to date, whole or not at all. Raises psycopg.Error where that is not allowed."""
    with connection.transaction():
        for statement in statements(role, password):
            connection.execute(statement)
