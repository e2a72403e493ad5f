"""Forged, foreign and expired tokens are refused. The app checks them with the public keys of a Supabase project."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm

from adapters.supabase.keys import PAUSE_SECONDS
from tests.support.aws_world import SIGNING_KEY_ID, Upstreams
from tests.support.world import Reply, World

MINUTE = 60
SECRET = b"any secret, of more than 32 bytes of length"


@pytest.fixture
def world(aws: World) -> World:
    return aws


@pytest.fixture
def claims(world: World) -> dict[str, Any]:
    told: dict[str, Any] = world.adapters.identity.claims(world.person("ada"))
    return told


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed_with(secret: bytes, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """An HMAC made by hand, because PyJWT refuses a public key as a secret."""
    text = f"{encoded(header)}.{encoded(claims)}"
    return f"{text}.{encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def shown(world: World, token: str) -> Reply:
    return world.anyone().get("/api/me", headers={"Authorization": f"Bearer {token}"})


def asked_for_keys(servers: Upstreams) -> int:
    return sum(request.path.endswith("jwks.json") for request in servers.supabase.asked)


def test_a_valid_token_is_accepted(world: World) -> None:
    assert shown(world, world.adapters.identity.mint(world.person("ada"))).body["user_id"] == "ada"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None])
def test_an_unsigned_token_opens_nothing(world: World, claims: dict[str, Any], algorithm: str | None) -> None:
    header = {"alg": algorithm, "typ": "JWT", "kid": SIGNING_KEY_ID}
    for signature in ("", "AA", encoded(b"signature")):
        assert shown(world, f"{encoded(header)}.{encoded(claims)}.{signature}").status == 401


def test_a_token_without_its_signature_opens_nothing(world: World) -> None:
    good = world.adapters.identity.mint(world.person("ada"))
    head, body, signature = good.split(".")
    teacher = encoded(json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "auth-grace"})
    for token in (
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}..{signature}",
        f"{head}.{teacher}.{signature}",
        f"{head}.{body}.{signature[::-1]}",
        f"{good}.{signature}",
    ):
        assert shown(world, token).status == 401


def test_a_token_signed_with_the_public_key_as_secret_is_refused(
    world: World, servers: Upstreams, claims: dict[str, Any]
) -> None:
    """The algorithm comes from the key, never from the header."""
    (published,) = servers.supabase.jwks
    public = ECAlgorithm.from_jwk(dict(published))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    secrets = (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(dict(published)).encode(),
        json.dumps(dict(published), separators=(",", ":")).encode(),
        str(published["x"]).encode(),
        b"",
    )
    for secret in secrets:
        for header in ({"alg": "HS256", "kid": SIGNING_KEY_ID}, {"alg": "HS256"}):
            assert shown(world, signed_with(secret, {"typ": "JWT", **header}, claims)).status == 401


def test_another_key_under_the_known_name_opens_nothing(world: World, claims: dict[str, Any]) -> None:
    for key, algorithm in (
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"),
        (SECRET, "HS256"),
    ):
        token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": SIGNING_KEY_ID})
        assert shown(world, token).status == 401


@pytest.mark.parametrize(
    "other",
    [
        lambda now: {"exp": now - MINUTE - 1},
        lambda now: {"exp": ...},
        lambda now: {"nbf": now + MINUTE + 1},
        lambda now: {"iat": now + 3600},
        lambda now: {"iss": "https://evil.example/auth/v1"},
        lambda now: {"iss": ...},
        lambda now: {"aud": "another-project"},
        lambda now: {"aud": ["another-project", "anon"]},
        lambda now: {"aud": ...},
        lambda now: {"role": "anon"},
        lambda now: {"role": "service_role"},
        lambda now: {"role": ...},
        lambda now: {"sub": ...},
        lambda now: {"sub": "class:physics_101"},
    ],
    ids=(
        "expired, no exp, not yet, from the future, other issuer, no issuer, other audience, other audiences,"
        " no audience, anon, service_role, no role, no subject, a class"
    ).split(", "),
)
def test_a_token_with_foreign_claims_is_refused(world: World, other: Callable[[int], dict[str, Any]]) -> None:
    now = int(world.adapters.clock.now().timestamp())
    assert shown(world, world.adapters.identity.mint(world.person("ada"), **other(now))).status == 401


def test_an_audience_among_others_is_accepted(world: World) -> None:
    several = world.adapters.identity.mint(world.person("ada"), aud=["else", "authenticated"])
    assert shown(world, several).status == 200


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "../../../etc/passwd"},
        {"kid": "x' UNION SELECT 'secret' --"},
        {"kid": "k" * 1_000_000},
        {"kid": ["of-the-tests"]},
        {"kid": None},
        {"kid": SIGNING_KEY_ID, "crit": ["b64"], "b64": False},
    ],
    ids=["path", "sql", "1 MB", "list", "null", "crit"],
)
def test_a_malicious_key_id_is_only_looked_up(
    world: World, servers: Upstreams, claims: dict[str, Any], header: dict[str, Any]
) -> None:
    shown(world, world.adapters.identity.mint(world.person("ada")))
    world.adapters.clock.advance(PAUSE_SECONDS)
    servers.supabase.asked.clear()
    token = signed_with(SECRET, {"alg": "HS256", "typ": "JWT", **header}, claims)
    assert shown(world, token).status == 401
    assert len(servers.supabase.asked) == asked_for_keys(servers) <= 1


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
def test_keys_that_a_token_brings_along_are_never_fetched_or_used(
    world: World, servers: Upstreams, claims: dict[str, Any], name: str
) -> None:
    theirs = ec.generate_private_key(ec.SECP256R1())
    own: dict[str, Any] = {"kid": "theirs", **ECAlgorithm.to_jwk(theirs.public_key(), as_dict=True)}
    servers.supabase.asked.clear()
    servers.connections.asked.clear()
    brought: Any = {"jwk": own, "x5c": ["MIIB"]}.get(name, f"{servers.connections.url}/jwks.json")
    for key_id in ("theirs", SIGNING_KEY_ID):
        token = jwt.encode(claims, theirs, algorithm="ES256", headers={"kid": key_id, name: brought})
        assert shown(world, token).status == 401
    assert servers.connections.asked == []
    assert len(servers.supabase.asked) == asked_for_keys(servers) <= 1


def test_a_flood_of_unknown_key_ids_reads_the_keys_once_an_interval(
    world: World, servers: Upstreams, claims: dict[str, Any]
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())

    def flood(rounds: str) -> None:
        for number in range(50):
            headers = {"kid": f"{rounds}-{number}"}
            assert shown(world, jwt.encode(claims, key, algorithm="ES256", headers=headers)).status == 401

    shown(world, world.adapters.identity.mint(world.person("ada")))
    servers.supabase.asked.clear()
    flood("at once")
    assert asked_for_keys(servers) == 0  # the keys were read a moment ago
    world.adapters.clock.advance(PAUSE_SECONDS)
    flood("later")
    assert asked_for_keys(servers) == 1


def test_a_refused_token_causes_no_request_to_the_directory(world: World, servers: Upstreams) -> None:
    expired = world.adapters.identity.mint(world.person("ada"), seconds=-3600)
    servers.supabase.asked.clear()
    assert shown(world, expired).status == 401
    assert len(servers.supabase.asked) == asked_for_keys(servers)


def test_roles_in_user_metadata_are_ignored(world: World) -> None:
    """The user can edit ``user_metadata``."""
    claimed = {"role": "teacher", "active_role": "teacher", "user_id": "grace"}
    token = world.adapters.identity.mint(
        world.person("ada"), user_metadata=claimed, app_metadata=claimed, user_role="teacher"
    )
    me = shown(world, token).body
    assert (me["user_id"], me["active_role"]) == ("ada", "student")
    asked = {"Authorization": f"Bearer {token}"}
    answer = world.anyone().get("/api/teacher/subjects/physics_101/ai-analytics", headers=asked)
    assert answer.status == 403
