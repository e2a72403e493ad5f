"""Secrets of the Parameter Store: on moto, and with a Parameter Store that misbehaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.aws.secrets import KEPT_SECONDS, ParameterStoreSecrets
from adapters.upstream.calls import Retries
from fakes.system import FrozenClock
from ports.errors import Throttled, TimedOut, Unavailable
from tests.stubs.aws import client_of, empty_aws
from tests.stubs.aws_endpoint import AwsEndpoint, json_answer, json_error

PATH = "/lyceum/test"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


def retries(clock: FrozenClock, **options: Any) -> Retries:
    return Retries(clock, sleep=clock.advance, jitter=lambda: 1.0, **options)


class TestOnMoto:
    @pytest.fixture
    def client(self) -> Iterator[Any]:
        with empty_aws():
            client = client_of("ssm")
            client.put_parameter(Name=f"{PATH}/key", Value=" sesame\n", Type="SecureString")
            yield client

    @pytest.fixture
    def secrets(self, clock: FrozenClock, client: Any) -> ParameterStoreSecrets:
        return ParameterStoreSecrets(lambda: client, PATH + "/", retries=retries(clock))

    def test_a_secret_is_returned_decrypted_without_its_line_end(
        self, secrets: ParameterStoreSecrets
    ) -> None:
        assert secrets.get("key") == "sesame"

    def test_a_rotated_secret_is_read_again_after_a_while(
        self, secrets: ParameterStoreSecrets, client: Any, clock: FrozenClock
    ) -> None:
        secrets.get("key")
        client.put_parameter(Name=f"{PATH}/key", Value="new", Type="SecureString", Overwrite=True)
        assert secrets.get("key") == "sesame"
        clock.advance(KEPT_SECONDS)
        assert secrets.get("key") == "new"

    def test_a_missing_secret_is_reported_as_not_found(self, secrets: ParameterStoreSecrets) -> None:
        with pytest.raises(Unavailable, match="ParameterNotFound"):
            secrets.get("other")


def test_without_a_path_no_request_is_sent(clock: FrozenClock) -> None:
    with pytest.raises(Unavailable, match="LYCEUM_SECRETS"):
        ParameterStoreSecrets(lambda: None, None, retries=retries(clock)).get("key")


@pytest.fixture
def endpoint() -> Iterator[AwsEndpoint]:
    with AwsEndpoint() as endpoint:
        yield endpoint


def secrets_at(endpoint: AwsEndpoint, clock: FrozenClock, **options: Any) -> ParameterStoreSecrets:
    client = client_of("ssm", endpoint_url=endpoint.url, read_seconds=2)
    return ParameterStoreSecrets(lambda: client, PATH, retries=retries(clock, **options))


def test_a_throttled_request_is_retried_and_its_answer_is_kept(
    endpoint: AwsEndpoint, clock: FrozenClock
) -> None:
    endpoint.script(json_error("ThrottlingException"), json_answer({"Parameter": {"Value": "sesame"}}))
    secrets = secrets_at(endpoint, clock)
    assert [secrets.get("key"), secrets.get("key")] == ["sesame", "sesame"]
    assert len(endpoint.asked) == 2


def test_endless_throttling_raises_throttled(endpoint: AwsEndpoint, clock: FrozenClock) -> None:
    endpoint.script(*[json_error("ThrottlingException")] * 9)
    with pytest.raises(Throttled):
        secrets_at(endpoint, clock).get("key")


@pytest.mark.parametrize("lie", [{}, {"Parameter": {}}, {"Parameter": {"Value": "  "}}])
def test_an_answer_without_a_secret_is_an_outage(
    endpoint: AwsEndpoint, clock: FrozenClock, lie: dict[str, Any]
) -> None:
    endpoint.script(json_answer(lie))
    with pytest.raises(Unavailable):
        secrets_at(endpoint, clock).get("key")


def test_without_time_left_no_request_is_sent(endpoint: AwsEndpoint, clock: FrozenClock) -> None:
    with pytest.raises(TimedOut):
        secrets_at(endpoint, clock, seconds=lambda: 0.0).get("key")
    assert endpoint.asked == []
