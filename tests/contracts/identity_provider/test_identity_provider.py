"""Valid tokens are accepted, and forged ones of all kinds are refused."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from adapters.jwt_identity import Algorithm, JWTIdentityProvider, OneKey, VerificationKey
from adapters.local.stores.school import LocalTokens
from chalicelib.composition.demo_school import DEMO_SCHOOL
from fakes.identity_provider import MintedTokens
from fakes.system import FrozenClock
from ports.identity_provider import Claims, InvalidToken

NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
ADA = DEMO_SCHOOL.people[0]
SECRET = b"a secret of the tests, 32 bytes!"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("provider", [LocalTokens, MintedTokens])
def test_a_minted_token_is_valid_until_it_expires(provider: Any) -> None:
    clock = FrozenClock(NOW)
    tokens = LocalTokens(SECRET, clock) if provider is LocalTokens else MintedTokens(clock)
    token = tokens.mint(ADA, seconds=600)
    claims = tokens.verify(token)
    assert claims.auth_user_id == ADA.auth_user_id
    assert claims.email == ADA.email
    assert claims.expires_at == NOW + timedelta(seconds=600)
    clock.advance(700)
    with pytest.raises(InvalidToken):
        tokens.verify(token)
    with pytest.raises(InvalidToken):
        tokens.verify("never minted")


def payload(**changed: Any) -> dict[str, Any]:
    now = int(NOW.timestamp())
    claims = {
        "iss": "https://ref.supabase.co/auth/v1",
        "aud": "authenticated",
        "sub": "auth-ada",
        "role": "authenticated",
        "iat": now,
        "exp": now + 3600,
    }
    return {name: value for name, value in (claims | changed).items() if value is not ...}


def verifier(algorithm: Algorithm = "HS256", key: Any = SECRET) -> JWTIdentityProvider:
    return JWTIdentityProvider(
        OneKey(VerificationKey(algorithm, key)),
        issuer="https://ref.supabase.co/auth/v1",
        audience="authenticated",
        clock=FrozenClock(NOW),
    )


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)
    ]
    return ".".join([*parts, signature])


@pytest.mark.parametrize(
    "claims",
    [
        payload(),
        payload(aud=["other", "authenticated"]),
        payload(exp=int(NOW.timestamp()) - 20),
        payload(nbf=int(NOW.timestamp()) + 20),
        payload(user_metadata={"role": "teacher"}),
        payload(email="ada@school.example"),
    ],
)
def test_valid_claims_are_accepted(claims: dict[str, Any]) -> None:
    token = jwt.encode(claims, SECRET, algorithm="HS256")
    assert verifier().verify(token).auth_user_id == "auth-ada"


@pytest.mark.parametrize(
    "claims",
    [
        payload(exp=int(NOW.timestamp()) - 61),
        payload(exp=...),
        payload(exp="tomorrow"),
        payload(exp=True),
        payload(exp=10**18),
        payload(nbf=int(NOW.timestamp()) + 61),
        payload(iat=int(NOW.timestamp()) + 3600),
        payload(iss="https://evil.example/auth/v1"),
        payload(iss=...),
        payload(aud="anon"),
        payload(aud=["anon"]),
        payload(aud=...),
        payload(sub=...),
        payload(sub=""),
        payload(sub=" "),
        payload(sub=5),
        payload(role="anon"),
        payload(role="service_role"),
        payload(role=...),
    ],
)
def test_bad_claims_are_refused(claims: dict[str, Any]) -> None:
    try:
        token = jwt.encode(claims, SECRET, algorithm="HS256")
    except TypeError:  # PyJWT itself refuses to sign this one
        token = jwt.api_jws.encode(json.dumps(claims).encode(), SECRET, algorithm="HS256")
    with pytest.raises(InvalidToken):
        verifier().verify(token)


AT = int(NOW.timestamp())


@pytest.mark.parametrize(
    "claims",
    [
        payload(exp=AT - 29),
        payload(exp=AT - 29.5),
        payload(exp=253_402_300_799),
        payload(nbf=AT + 30),
        payload(nbf=0),
        payload(iat=AT + 30),
        payload(iat=...),
    ],
)
def test_clocks_may_differ_by_thirty_seconds(claims: dict[str, Any]) -> None:
    assert verifier().verify(jwt.encode(claims, SECRET, algorithm="HS256")).auth_user_id == "auth-ada"


@pytest.mark.parametrize(
    "claims",
    [
        payload(exp=AT - 30),
        payload(exp=253_402_300_800),
        payload(nbf=AT + 31),
        payload(nbf=-1),
        payload(nbf=True),
        payload(nbf="yesterday"),
        payload(iat=AT + 31),
        payload(iat=False),
    ],
)
def test_times_beyond_the_thirty_seconds_are_refused(claims: dict[str, Any]) -> None:
    token = jwt.api_jws.encode(json.dumps(claims).encode(), SECRET, algorithm="HS256")
    with pytest.raises(InvalidToken):
        verifier().verify(token)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (payload(exp=AT - 30), "expired"),
        (payload(exp=-1), "not a time"),
        (payload(nbf=AT + 31), "nbf is in the future"),
        (payload(iat=AT + 31), "iat is in the future"),
        (payload(role="anon"), "role"),
        (payload(sub=" "), "sub"),
        (payload(iss="https://evil.example/auth/v1"), "InvalidIssuerError"),
    ],
)
def test_the_error_says_in_a_word_why_a_token_is_invalid(claims: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidToken) as refused:
        verifier().verify(jwt.encode(claims, SECRET, algorithm="HS256"))
    assert str(refused.value) == reason


@pytest.mark.parametrize("year", [2000, 2100])
def test_a_token_is_judged_by_our_own_clock(year: int) -> None:
    noon = datetime(year, 6, 1, 12, tzinfo=UTC)
    provider = JWTIdentityProvider(
        OneKey(VerificationKey("HS256", SECRET)),
        issuer="https://ref.supabase.co/auth/v1",
        audience="authenticated",
        clock=FrozenClock(noon),
    )
    at = int(noon.timestamp())
    token = jwt.encode(payload(iat=at - 60, nbf=at - 60, exp=at + 60), SECRET, algorithm="HS256")
    assert provider.verify(token).expires_at == noon + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("told", "email"), [("ada@school.example", "ada@school.example"), ("", None), (5, None), (..., None)]
)
def test_an_email_that_is_not_a_text_becomes_none(told: Any, email: str | None) -> None:
    claims = payload(email=told, exp=AT + 90.5)
    assert verifier().verify(jwt.encode(claims, SECRET, algorithm="HS256")) == Claims(
        "auth-ada", email, NOW + timedelta(seconds=90.5)
    )


def test_a_token_of_more_than_8192_characters_is_not_even_looked_at() -> None:
    def of_length(length: int) -> str:
        tokens = (
            jwt.encode(payload(pad="x" * padding), SECRET, algorithm="HS256") for padding in range(5700, 6200)
        )
        return next(token for token in tokens if len(token) == length)

    assert verifier().verify(of_length(8192)).auth_user_id == "auth-ada"
    with pytest.raises(InvalidToken, match="too long"):
        verifier().verify(of_length(8193))


def test_the_algorithm_comes_from_the_key_and_never_from_the_header() -> None:
    public_pem = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    good = jwt.encode(payload(), RSA_KEY, algorithm="RS256")
    assert verifier("RS256", public_pem).verify(good).auth_user_id == "auth-ada"
    assert verifier("ES256", EC_KEY.public_key()).verify(jwt.encode(payload(), EC_KEY, algorithm="ES256"))
    hmac_key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signed = unsigned({"alg": "HS256", "typ": "JWT"}, payload()).rstrip(".")
    signature = base64.urlsafe_b64encode(hmac_key.sign(signed.encode(), public_pem)).rstrip(b"=").decode()
    for token in (
        f"{signed}.{signature}",
        unsigned({"alg": "none"}, payload()),
        unsigned({"alg": "None"}, payload(), "x"),
        good.rpartition(".")[0] + ".",
        jwt.encode(payload(), RSA_KEY, algorithm="RS512"),
        jwt.encode(payload(), EC_KEY, algorithm="ES256"),
        jwt.encode(
            payload(), rsa.generate_private_key(public_exponent=65537, key_size=2048), algorithm="RS256"
        ),
    ):
        with pytest.raises(InvalidToken):
            verifier("RS256", public_pem).verify(token)


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "../../etc/passwd"},
        {"kid": "' OR 1=1 --"},
        {"kid": "k" * 1_000_000},
        {"kid": 5},
        {"jku": "http://127.0.0.1:9/jwks"},
        {"crit": ["b64"], "b64": False},
    ],
)
def test_headers_that_point_elsewhere_are_never_followed(header: dict[str, Any]) -> None:
    token = jwt.encode(payload(), b"another secret, also of 32 bytes", algorithm="HS256", headers={})
    forged = unsigned({"alg": "HS256", **header}, payload(), token.rpartition(".")[2])
    with pytest.raises(InvalidToken):
        verifier().verify(forged)


@given(st.text(max_size=200) | st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}", fullmatch=True))
def test_any_other_text_raises_invalid_token(text: str) -> None:
    with pytest.raises(InvalidToken):
        verifier().verify(text)
