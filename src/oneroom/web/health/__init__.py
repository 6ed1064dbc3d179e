"""How the house is: `/healthz`, which never waits for what it reports on."""
