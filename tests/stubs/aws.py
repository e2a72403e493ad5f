"""AWS in this process, by moto: clients that reach nothing else, and the resources of a deployment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from moto import mock_aws
from moto.core.config import DefaultConfig

from adapters.aws.clients import client_factory
from infrastructure.tables import table_definitions
from ports.key_value_store import Table
from tests.stubs.dynamodb import quicken

REGION = "eu-central-1"
ACCESS_KEY = "AKIATHEKEYOFTHETESTS"
SECRET_KEY = "the secret of the tests"


def client_of(service: str, *, read_seconds: float = 10, **options: Any) -> Any:
    """A client as the adapters make it, with test credentials and further options such as ``endpoint_url``."""
    return client_factory(
        service,
        read_seconds=read_seconds,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        **options,
    )()


quicken()

_AS_IT_IS: DefaultConfig = {
    "core": {
        "mock_credentials": False,
        "reset_boto3_session": True,
        "service_whitelist": None,
        "passthrough": {"urls": [r"http://127\.0\.0\.1"], "services": []},
    }
}


@contextmanager
def empty_aws() -> Iterator[None]:
    """An account without resources, removed at the end. Requests to this machine pass through."""
    with mock_aws(config=_AS_IT_IS):
        yield


def create_tables(client: Any, tables: Sequence[Table], prefix: str) -> None:
    for definition in table_definitions(tables, prefix):
        time_to_live = definition.pop("TimeToLiveSpecification", None)
        client.create_table(**definition)
        if time_to_live is not None:
            client.update_time_to_live(
                TableName=definition["TableName"], TimeToLiveSpecification=time_to_live
            )


def create_bucket(client: Any, bucket: str) -> None:
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
