"""Where the demo's SMS, calls and e-mail go: to a page of its own on this machine, as to any provider."""


def gateways(host: str, port: int) -> dict[str, str]:
    """The environment that points the outside channels to `web/pages/start/gateway.py`."""
    url = f"json://{host}:{port}/start/gateway"
    return {f"ONEROOM_{name.upper()}_URL": f"{url}/{name}/{{address}}" for name in ("sms", "voice", "email")}
