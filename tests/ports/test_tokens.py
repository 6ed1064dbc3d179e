"""Security point 11: an identity provider's tokens, judged by what signing in asks, against others' vectors too."""

from __future__ import annotations

import json
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from oneroom.ports import tokens
from oneroom.ports.tokens import ALGORITHMS, BadToken, claims, signed
from oneroom.web import tickets

VECTORS = Path(__file__).parents[3] / "shared/standards/jose"
published = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="The published vectors lie outside this repository, and are not here."
)
OURS = {"audience": "oneroom", "issuer": "https://id.example"}


def vectors():
    """(where it stands, token, the keys a provider would publish, whether it is to be let in)."""
    for name in ("json_web_signature_test.json", "json_web_key_test.json"):
        for group in json.loads((VECTORS / name).read_text())["testGroups"]:
            key = group.get("public") or group["private"]
            keys = key.get("keys", [key])
            for test in group["tests"]:
                yield f"{name} {test['tcId']} {test['comment']}", test["jws"], keys, test["result"] == "valid"


def accepts(token, keys):
    try:
        signed(token, keys)
    except BadToken:
        return False
    return True


def algorithm(token):
    try:
        return jwt.get_unverified_header(token).get("alg")
    except jwt.PyJWTError:
        return None


@published
def test_point_11_every_wycheproof_vector_is_judged_right_by_what_signing_in_asks():
    """What is valid of an algorithm that the house does not take (HS, RS384 …, ES512) is refused like what is not."""
    judged = {True: 0, False: 0}
    for where, token, keys, valid in vectors():
        taken = algorithm(token) in ALGORITHMS
        assert accepts(token, keys) == (valid and taken), where
        judged[valid and taken] += 1
    assert judged[False] > 400
    assert judged[True] == 17


@published
def test_point_11_none_of_them_is_a_ticket_or_a_badge_of_the_house():
    """Those are signed by Django's own signer and have another shape; whatever is a JWS opens nothing there."""
    for _where, token, _keys, _valid in vectors():
        for read in (tickets.read, tickets.read_badge):
            with pytest.raises(tickets.BadTicket):
                read(token)


@pytest.fixture(scope="module")
def pair():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_of(private, **more):
    """It as a provider publishes it."""
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key())) | {"kid": "one", "use": "sig"} | more


def said(private, kid="one", algorithm="RS256", **other):
    content = {"iss": OURS["issuer"], "aud": OURS["audience"], "sub": "p-1", "exp": 9e9} | other
    return jwt.encode(content, private, algorithm=algorithm, headers={"kid": kid} if kid else {})


def test_a_token_of_the_providers_key_says_who_he_is(pair):
    assert claims(said(pair), [key_of(pair)], **OURS)["sub"] == "p-1"
    assert claims(said(pair, kid=None), [key_of(pair)], **OURS)["sub"] == "p-1"


@pytest.mark.parametrize(
    "wrong",
    [{"kid": "another"}, {"aud": "another"}, {"iss": "https://else.example"}, {"exp": 1.0}, {"nbf": 8e9}, {"sub": 7}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_point_11_one_thing_wrong_with_it_is_enough(pair, wrong):
    with pytest.raises(BadToken):
        claims(said(pair, **wrong), [key_of(pair)], **OURS)


@pytest.mark.parametrize("keys", [
    lambda good: [],
    lambda good: [good, good],
    lambda good: [good | {"use": "enc"}],
    lambda good: [good | {"key_ops": ["encrypt"]}],
    lambda good: [good | {"alg": "PS256"}],
    lambda good: [good | {"kty": "oct"}],
    lambda good: [good | {"e": "AQ"}],
    lambda good: [good, {"kty": "oct", "k": "c2VjcmV0", "kid": "two"}],
    lambda good: [{name: value for name, value in good.items() if name != "n"}],
    lambda good: ["no key", None],
    lambda good: [good | {"key_ops": None}],
    lambda good: [good | {"key_ops": "verify"}],
    lambda good: [good | {"use": ["sig"]}],
    lambda good: [good | {"kty": ["RSA"]}],
    lambda good: [good | {"kty": None}],
    lambda good: [good | {"kty": "AKP", "alg": "ML-DSA-44"}],
    lambda good: [good | {"n": 7}],
    lambda good: [good | {"n": None}],
    lambda good: [good | {"alg": ["RS256"]}],
])  # fmt: skip
def test_point_11_a_key_that_is_not_fit_or_not_the_one_meant_opens_nothing(pair, keys):
    with pytest.raises(BadToken):
        claims(said(pair), keys(key_of(pair)), **OURS)


def test_point_11_a_private_key_that_was_published_opens_nothing(pair):
    private = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(pair)) | {"kid": "one", "key_ops": ["verify"]}
    with pytest.raises(BadToken, match="private"):
        claims(said(pair), [private], **OURS)


@pytest.mark.parametrize("kind", ["AKP", ["RSA"], None, 7])
def test_point_11_a_key_of_a_kind_not_known_yet_locks_out_its_own_tokens_only(pair, kind):
    new = {"kty": kind, "alg": "ML-DSA-44", "pub": "AA", "kid": "new"}
    assert claims(said(pair), [new, key_of(pair)], **OURS)["sub"] == "p-1"
    with pytest.raises(BadToken):
        claims(said(pair, kid="new"), [new, key_of(pair)], **OURS)


def test_a_short_key_is_refused():
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(BadToken, match="2048"):
        claims(said(short), [key_of(short)], **OURS)


def test_keys_of_the_broken_generator_bear_its_mark_and_others_do_not(pair):
    """It makes p = k·M + (65537^a mod M), M the product of the small primes: such ones are known, others are not."""
    product = 1
    for prime in tokens._SMALL_PRIMES:
        product *= prime
    first, second = (k * product + pow(65537, a, product) for k, a in ((5, 77), (11, 1234)))
    assert tokens._computable(first * second)
    assert not tokens._computable(first * second + 2)
    assert not tokens._computable(pair.public_key().public_numbers().n)
