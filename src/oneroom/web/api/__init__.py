"""The HTTP API: one router per app, one shape of errors."""
