"""Pushes through API Gateway pass the contract, with real botocore and a stub of ``@connections``. Errors of the
gateway are translated into the port's errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.aws.api_gateway import ApiGatewayConnections
from adapters.upstream.calls import Retries
from fakes.system import FrozenClock
from ports.connection_gateway import MAX_MESSAGE_BYTES, Gone, MessageTooLarge
from ports.errors import PortError, Throttled, TimedOut, Unavailable
from tests.contracts.connection_gateway.contract import ConnectionGatewayContract
from tests.stubs.api_gateway import ApiGatewayEndpoint, refusal
from tests.stubs.aws import client_of
from tests.stubs.aws_endpoint import Answer

CONNECTION = "d6wF7cYkoAMCJ3g="
GONE = "0000000000000-_="


@pytest.fixture(scope="module")
def server() -> Iterator[ApiGatewayEndpoint]:
    with ApiGatewayEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(server: ApiGatewayEndpoint) -> ApiGatewayEndpoint:
    server.forget()
    server.open(CONNECTION)
    return server


def connections(endpoint: ApiGatewayEndpoint, **options: Any) -> ApiGatewayConnections:
    client = client_of("apigatewaymanagementapi", endpoint_url=endpoint.stage_url, read_seconds=0.5)
    clock = FrozenClock()
    retries = Retries(clock, sleep=clock.advance, jitter=lambda: 1.0, **options)
    return ApiGatewayConnections(lambda: client, retries=retries)


@pytest.fixture
def gateway(endpoint: ApiGatewayEndpoint) -> ApiGatewayConnections:
    return connections(endpoint)


class TestApiGatewayConnections(ConnectionGatewayContract):
    @pytest.fixture
    def client(self, endpoint: ApiGatewayEndpoint, gateway: ApiGatewayConnections) -> tuple[Any, ...]:
        return (
            gateway,
            CONNECTION,
            lambda count: endpoint.received[CONNECTION][-count:],
            lambda: endpoint.drop(CONNECTION),
        )


def test_closing_ends_the_connection_at_the_gateway(
    endpoint: ApiGatewayEndpoint, gateway: ApiGatewayConnections
) -> None:
    gateway.close(CONNECTION)
    assert endpoint.received == {}
    with pytest.raises(Gone):
        gateway.send(CONNECTION, "hello")


def test_too_large_a_message_is_not_even_sent(
    endpoint: ApiGatewayEndpoint, gateway: ApiGatewayConnections
) -> None:
    with pytest.raises(MessageTooLarge):
        gateway.send(CONNECTION, "é" * (MAX_MESSAGE_BYTES // 2 + 1))
    assert endpoint.asked == []


@pytest.mark.parametrize("turned_away", [refusal("LimitExceededException", 429), Answer(429, b"")])
def test_a_throttled_push_is_sent_again(
    endpoint: ApiGatewayEndpoint, gateway: ApiGatewayConnections, turned_away: Answer
) -> None:
    endpoint.script(turned_away, turned_away)
    gateway.send(CONNECTION, "hello")
    assert endpoint.received[CONNECTION] == ["hello"]
    assert len(endpoint.asked) == 3


@pytest.mark.parametrize(
    ("scripted", "expected", "asked"),
    [
        (refusal("LimitExceededException", 429), Throttled, 4),
        (refusal("ForbiddenException", 403), Unavailable, 1),
        (refusal("GoneException", 410), Gone, 1),
        (Answer(410, b""), Gone, 1),
        (refusal("PayloadTooLargeException", 413), MessageTooLarge, 1),
        (refusal("InternalServerErrorException", 500), TimedOut, 1),
        (Answer(502, b"<html>"), TimedOut, 1),
        (Answer(dropped=True), TimedOut, 1),
        (Answer(silent=True), TimedOut, 1),
    ],
    ids=["limit", "forbidden", "gone", "gone without a word", "too large", "500", "502", "dropped", "silent"],
)
def test_a_push_that_may_have_arrived_is_not_sent_again(
    endpoint: ApiGatewayEndpoint,
    gateway: ApiGatewayConnections,
    scripted: Answer,
    expected: type[PortError],
    asked: int,
) -> None:
    endpoint.script(*[scripted] * asked)
    with pytest.raises(expected) as failed:
        gateway.send(CONNECTION, "hello")
    assert "vendor" not in str(failed.value)
    assert len(endpoint.asked) == asked


def test_closing_is_retried_until_it_surely_succeeded(
    endpoint: ApiGatewayEndpoint, gateway: ApiGatewayConnections
) -> None:
    endpoint.script(Answer(dropped=True), refusal("InternalServerErrorException", 500))
    gateway.close(CONNECTION)
    assert endpoint.received == {}


def test_a_refused_closing_raises_unavailable(
    endpoint: ApiGatewayEndpoint, gateway: ApiGatewayConnections
) -> None:
    endpoint.script(refusal("ForbiddenException", 403))
    with pytest.raises(Unavailable):
        gateway.close(CONNECTION)


def test_closing_a_gone_connection_is_no_error(
    endpoint: ApiGatewayEndpoint, gateway: ApiGatewayConnections
) -> None:
    gateway.close(GONE)
    assert len(endpoint.asked) == 1


def test_the_check_for_an_open_connection_is_retried_until_it_succeeds(
    endpoint: ApiGatewayEndpoint, gateway: ApiGatewayConnections
) -> None:
    passing = (
        Answer(dropped=True),
        refusal("InternalServerErrorException", 500),
        refusal("LimitExceededException", 429),
    )
    endpoint.script(*passing)
    assert gateway.is_open(CONNECTION) is True
    endpoint.script(*passing)
    assert gateway.is_open(GONE) is False
    assert [request.method for request in endpoint.asked] == ["GET"] * 8


@pytest.mark.parametrize(
    ("scripted", "expected", "asked"),
    [
        (refusal("LimitExceededException", 429), Throttled, 4),
        (refusal("ForbiddenException", 403), Unavailable, 1),
        (refusal("InternalServerErrorException", 500), Unavailable, 4),
        (Answer(200, b"<html>"), Unavailable, 4),
        (Answer(silent=True), TimedOut, 4),
    ],
    ids=["limit", "forbidden", "500", "no JSON", "silent"],
)
def test_an_ambiguous_check_never_says_that_a_connection_is_open_or_gone(
    endpoint: ApiGatewayEndpoint,
    gateway: ApiGatewayConnections,
    scripted: Answer,
    expected: type[PortError],
    asked: int,
) -> None:
    endpoint.script(*[scripted] * asked)
    with pytest.raises(expected) as failed:
        gateway.is_open(CONNECTION)
    assert "vendor" not in str(failed.value)
    assert len(endpoint.asked) == asked


def test_without_time_left_no_push_is_sent(endpoint: ApiGatewayEndpoint) -> None:
    with pytest.raises(TimedOut):
        connections(endpoint, seconds=lambda: 0.0).send(CONNECTION, "hello")
    assert endpoint.asked == []
