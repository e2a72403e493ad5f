"""The keys of Supabase's tokens: published, rotated, revoked and unreachable ones, and the legacy secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from adapters.jwt_identity import JWTIdentityProvider, KeyRing
from adapters.supabase.http import make_client
from adapters.supabase.keys import (
    FRESH_SECONDS,
    OUTAGE_SECONDS,
    PAUSE_SECONDS,
    JwksKeys,
    JwksOrSecret,
    LegacySecret,
)
from adapters.upstream.calls import Retries
from fakes.system import FrozenClock
from ports.errors import TimedOut, Unavailable
from ports.identity_provider import InvalidToken
from tests.stubs.aws_endpoint import Answer, json_answer
from tests.stubs.supabase_server import SupabaseServer

NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
SECRET = "the legacy secret of the tests, of more than 32 bytes"
FIRST = ec.generate_private_key(ec.SECP256R1())
SECOND = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  # to be refused
OTHER_CURVE = ec.generate_private_key(ec.SECP384R1())


def published(key_id: str, key: Any, **more: Any) -> dict[str, Any]:
    kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    jwk: dict[str, Any] = json.loads(kind.to_jwk(key.public_key()))
    return {"kid": key_id, "use": "sig", "key_ops": ["verify"], **jwk, **more}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def server() -> Iterator[SupabaseServer]:
    with SupabaseServer(jwks=[published("first", FIRST, alg="ES256")]) as server:
        yield server


@pytest.fixture
def keys(server: SupabaseServer, clock: FrozenClock) -> JwksKeys:
    client = make_client(read_seconds=2)
    return JwksKeys(
        server.url + "/", lambda: client, Retries(clock, 3, sleep=clock.advance, jitter=lambda: 0.0)
    )


def token(clock: FrozenClock, key: Any, algorithm: str, key_id: str | None) -> str:
    now = int(clock.now().timestamp())
    claims = {
        "iss": "https://ref.supabase.co/auth/v1",
        "aud": "authenticated",
        "sub": "auth-ada",
        "role": "authenticated",
        "exp": now + 3600,
    }
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)


def who(keys: KeyRing, clock: FrozenClock, text: str) -> str:
    identity = JWTIdentityProvider(
        keys, issuer="https://ref.supabase.co/auth/v1", audience="authenticated", clock=clock
    )
    return identity.verify(text).auth_user_id


def test_published_keys_of_both_kinds_are_good(
    server: SupabaseServer, keys: JwksKeys, clock: FrozenClock
) -> None:
    server.jwks = [published("first", FIRST), published("second", SECOND)]
    assert who(keys, clock, token(clock, FIRST, "ES256", "first")) == "auth-ada"
    assert who(keys, clock, token(clock, SECOND, "RS256", "second")) == "auth-ada"
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("key", "algorithm", "key_id"),
    [
        (SECOND, "RS256", "first"),
        (FIRST, "ES256", None),
        (SECOND, "RS256", "second"),
        (SECRET, "HS256", "first"),
    ],
)
def test_any_other_key_or_algorithm_is_refused(
    keys: JwksKeys, clock: FrozenClock, key: Any, algorithm: str, key_id: str
) -> None:
    with pytest.raises(InvalidToken):
        who(keys, clock, token(clock, key, algorithm, key_id))


@pytest.mark.parametrize(
    "useless",
    [
        published("second", SECOND, alg="RS512"),
        published("second", SECOND, use="enc"),
        published("second", SMALL),
        published("second", OTHER_CURVE),
        {"kid": "second", "kty": "oct", "k": "c2VjcmV0", "alg": "HS256"},
        {"kid": "second", "kty": "RSA", "n": "!", "e": "AQAB"},
        {"kid": 2, **{k: v for k, v in published("second", SECOND).items() if k != "kid"}},
        {"kty": "EC"},
    ],
)
def test_an_unusable_published_key_does_not_affect_the_others(
    server: SupabaseServer, keys: JwksKeys, clock: FrozenClock, useless: dict[str, Any]
) -> None:
    server.jwks = [useless, published("first", FIRST)]
    assert who(keys, clock, token(clock, FIRST, "ES256", "first")) == "auth-ada"
    with pytest.raises(InvalidToken):
        keys.key_for("second")


def test_a_new_key_is_found_at_its_first_token(
    server: SupabaseServer, keys: JwksKeys, clock: FrozenClock
) -> None:
    keys.key_for("first")
    server.jwks = [published("first", FIRST), published("second", SECOND)]
    clock.advance(PAUSE_SECONDS)
    assert who(keys, clock, token(clock, SECOND, "RS256", "second")) == "auth-ada"


def test_many_unknown_key_ids_cause_only_one_request(
    server: SupabaseServer, keys: JwksKeys, clock: FrozenClock
) -> None:
    def refused(number: int) -> bool:
        try:
            keys.key_for(f"invented-{number}")
        except InvalidToken:
            return True
        return False

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(refused, range(100)))
    assert len(server.asked) == 1


def test_a_revoked_key_opens_nothing_after_a_while(
    server: SupabaseServer, keys: JwksKeys, clock: FrozenClock
) -> None:
    keys.key_for("first")
    server.jwks = [published("second", SECOND)]
    clock.advance(FRESH_SECONDS)
    with pytest.raises(InvalidToken):
        keys.key_for("first")


OUTAGE = json_answer({"message": "vendor's words"}, 500)


def test_known_keys_are_used_for_a_limited_time_during_an_outage(
    server: SupabaseServer, keys: JwksKeys, clock: FrozenClock
) -> None:
    keys.key_for("first")
    server.script(*[OUTAGE] * 99)
    clock.advance(FRESH_SECONDS)
    assert who(keys, clock, token(clock, FIRST, "ES256", "first")) == "auth-ada"
    with pytest.raises(Unavailable):  # nobody can tell whether it is a new key
        keys.key_for("second")
    clock.advance(OUTAGE_SECONDS)
    with pytest.raises(Unavailable):
        keys.key_for("first")


def test_during_an_outage_not_every_token_causes_a_request(
    server: SupabaseServer, keys: JwksKeys, clock: FrozenClock
) -> None:
    server.script(*[OUTAGE] * 99)
    for _ in range(5):
        with pytest.raises(Unavailable):
            keys.key_for("first")
    assert len(server.asked) == 3
    server.forget()
    clock.advance(PAUSE_SECONDS)
    assert keys.key_for("first")


@pytest.mark.parametrize(
    "lie", [Answer(200, b"<html>"), json_answer({}), json_answer({"keys": []}), json_answer({"keys": [{}]})]
)
def test_an_answer_without_keys_does_not_remove_the_known_keys(
    server: SupabaseServer, keys: JwksKeys, clock: FrozenClock, lie: Answer
) -> None:
    keys.key_for("first")
    server.script(lie)
    clock.advance(FRESH_SECONDS)
    assert keys.key_for("first")


def test_without_time_left_a_token_is_neither_accepted_nor_refused(
    server: SupabaseServer, clock: FrozenClock
) -> None:
    client = make_client()
    keys = JwksKeys(server.url, lambda: client, Retries(clock, seconds=lambda: 0.0))
    with pytest.raises(TimedOut):
        keys.key_for("first")


def test_during_a_migration_tokens_of_both_kinds_are_accepted(keys: JwksKeys, clock: FrozenClock) -> None:
    both = JwksOrSecret(keys, LegacySecret(lambda: SECRET))
    assert who(both, clock, token(clock, FIRST, "ES256", "first")) == "auth-ada"
    assert who(both, clock, token(clock, SECRET, "HS256", None)) == "auth-ada"
    assert who(both, clock, token(clock, SECRET, "HS256", "legacy")) == "auth-ada"
    with pytest.raises(InvalidToken):
        who(both, clock, token(clock, SECRET, "HS256", "first"))


def test_a_secret_that_could_be_guessed_verifies_nothing(clock: FrozenClock) -> None:
    with pytest.raises(Unavailable):
        who(LegacySecret(lambda: "short"), clock, token(clock, SECRET, "HS256", None))
