"""Where the demo's SMS and e-mail go: to a page of its own on this machine, as to any provider."""


def gateways(host: str, port: int) -> dict[str, str]:
    """The environment that points both outside channels to `web/pages/start/gateway.py`."""
    url = f"json://{host}:{port}/start/gateway"
    return {"ONEROOM_SMS_URL": url + "/sms/{address}", "ONEROOM_EMAIL_URL": url + "/email/{address}"}
