from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "oneroom.apps.ledger"
    label = "ledger"
