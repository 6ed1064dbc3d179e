"""The address the web process listens on, and why it cannot where it cannot."""

import errno
import socket

from oneroom.project.trouble import Trouble

WAITING_CLIENTS = 2048  # in the queue of the socket: after a cut of the network all phones come back at once


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; a busy port is said in a sentence."""
    if not 0 < port < 65536:
        raise Trouble(f"{port} is no port: choose one from 1024 to 65535 with --port.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=WAITING_CLIENTS)
    except OSError as error:
        raise Trouble(_why_not(error, host, port)) from None


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        taken = f"Port {port} is in use, by another program or by OneRoom itself."
        return f"{taken} Choose another one with --port (make demo PORT={port + 1})."
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for root. Choose one above 1023 with --port."
    return f"{host} port {port} cannot be used: {error.strerror or error}."
