from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "oneroom.apps.orders"
    label = "orders"
