"""
Signed tokens of the force's identity provider (JWS, RFC 7515): is the signature that of a key it publishes for signing?

PyJWT judges signatures and claims. What it leaves to its caller is judged here before: which of the published keys is
meant, and whether that key is fit at all. A key is refused that is secret or ambiguous, published for something else
than signing, shorter than 2,048 bits, or of a generator whose keys can be computed (ROCA, CVE-2017-15361).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jwt

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # never "none", and none whose key the house knows too
KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
_GENERATOR = 65537
# Every key of that generator is a power of 65537 modulo each small prime; another one is so for all of these with a
# chance of 4·10⁻⁹ (Nemec and others, "The Return of Coppersmith's Attack", 2017, section 4).
_SMALL_PRIMES = (
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
)  # fmt: skip
_POWERS = {p: frozenset(pow(_GENERATOR, k, p) for k in range(p - 1)) for p in _SMALL_PRIMES}


class BadToken(Exception):
    """The token is forged, damaged, over, for or of another, or signed by a key that is not fit for it."""


def claims(token: str, keys: Sequence[Any], *, audience: str, issuer: str) -> dict[str, Any]:
    """
    What a token says of a person, if one of the provider's ``keys`` (JWKs) signed it, for us, and it still holds.

    Raises BadToken.
    """
    signed(token, keys)
    try:
        # PyJWT judges claims only together with the signature; to look at that twice costs a tenth of a millisecond.
        said: dict[str, Any] = jwt.decode(
            token, _key(token, keys), algorithms=ALGORITHMS, audience=audience, issuer=issuer,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise BadToken(str(error)) from error
    return said


def signed(token: str, keys: Sequence[Any]) -> bytes:
    """What was signed, whatever it says. Raises BadToken where no fit key of these signed it."""
    try:
        content: bytes = jwt.PyJWS().decode(
            token, _key(token, keys), algorithms=ALGORITHMS, options={"enforce_minimum_key_length": True}
        )
    except (jwt.PyJWTError, UnicodeError) as error:
        raise BadToken(str(error)) from error
    return content


def _key(token: str, keys: Sequence[Any]) -> jwt.PyJWK:
    """The one published key that the token names, or that is the only one."""
    kid = jwt.get_unverified_header(token).get("kid")
    published = [key for key in keys if isinstance(key, Mapping)]
    if any(key.get("kty") == "oct" for key in published):
        raise BadToken("a secret that is shared stands among the published keys")
    # What is of a kind that is not known here yet is nobody's key (RFC 7517, section 5): only its own tokens fail.
    published = [key for key in published if isinstance(key.get("kty"), str) and key["kty"] in KEY_TYPES]
    named = published if kid is None else [key for key in published if key.get("kid") == kid]
    if len(named) != 1:
        raise BadToken(f"{len(named)} keys for one token")
    [found] = named
    uses = found.get("key_ops", ["verify"])
    if found.get("use", "sig") != "sig" or not isinstance(uses, list) or "verify" not in uses:
        raise BadToken("a key for something else than signing")
    if "d" in found:
        raise BadToken("a private key that was published: anybody signs by it")
    try:
        key = jwt.PyJWK(dict(found))
    except (ValueError, TypeError, AttributeError) as odd:  # a number or a list where a text should be
        raise BadToken("a key that cannot be read") from odd
    if found["kty"] == "RSA" and _computable(key.key.public_numbers().n):
        raise BadToken("a key that can be computed")
    return key


def _computable(modulus: int) -> bool:
    """Whether this RSA modulus bears the mark of the broken generator."""
    return all(modulus % p in powers for p, powers in _POWERS.items())
