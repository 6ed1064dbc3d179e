"""
How simulated people sign in: each has a password of its own, made from this installation's secret.

The secret is the demo's own (`secret.key` in its folder, mode 0600, new on every machine), so nothing that opens a door
stands in the repository. The passwords have 256 bits and no person types them, so they need no slow hash: sixty
crews that sign in at the same moment would otherwise keep both cores busy for half a minute.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.crypto import salted_hmac


def password_of(username: str) -> str:
    """The password of a simulated account."""
    return salted_hmac("oneroom.project.demo.credentials", username, algorithm="sha256").hexdigest()


class MadeByMachine(PBKDF2PasswordHasher):
    """For passwords that are random and long: stretching guards weak ones, and there are none here."""

    algorithm = "pbkdf2_sha256_made"
    iterations = 1000
