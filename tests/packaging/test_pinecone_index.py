"""The index that a stage needs is created once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pinecone import Pinecone

from infrastructure.pinecone_index import NoIndex, ensure_index, probe
from tests.stubs.pinecone_control import PineconeControl
from tests.stubs.pinecone_server import KEY, PineconeServer, failing

DIMENSION = 16


@pytest.fixture
def server() -> Iterator[PineconeServer]:
    with PineconeServer(DIMENSION) as server:
        yield server


@pytest.fixture
def control(server: PineconeServer) -> Iterator[PineconeControl]:
    with PineconeControl(host=server.host) as control:
        yield control


@pytest.fixture
def client(control: PineconeControl) -> Iterator[Pinecone]:
    client = Pinecone(api_key=KEY, host=control.url)
    yield client
    client.close()


def ready(control: PineconeControl, **field: object) -> None:
    """A control plane that has an index already."""
    dense = {"type": "dense_vector", "dimension": DIMENSION, "metric": "dotproduct", **field}
    control.indexes["lyceum-dev"] = {
        "name": "lyceum-dev",
        "host": control.host,
        "schema": {"fields": {"_values": dense}},
        "deployment": {"deployment_type": "managed", "cloud": "aws", "region": "us-east-1"},
        "status": {"ready": True, "state": "Ready"},
        "deletion_protection": "disabled",
    }


def test_the_index_is_made_once_with_dense_and_sparse_vectors(
    client: Pinecone, control: PineconeControl
) -> None:
    assert ensure_index(client, "prod", DIMENSION, "eu-west-1") == control.host
    assert ensure_index(client, "prod", DIMENSION, "eu-west-1") == control.host
    [made] = [request.json for request in control.asked if request.method == "POST"]
    assert made["name"] == "lyceum-prod"
    assert made["schema"]["fields"] == {
        "_values": {"type": "dense_vector", "dimension": DIMENSION, "metric": "dotproduct"},
        "_sparse_values": {"type": "sparse_vector"},
    }
    assert made["deployment"] == {"deployment_type": "managed", "cloud": "aws", "region": "eu-west-1"}
    assert made["deletion_protection"] == "enabled"


def test_an_existing_index_is_used(client: Pinecone, control: PineconeControl) -> None:
    ready(control)
    assert ensure_index(client, "dev", DIMENSION, "eu-west-1") == control.host
    assert [request.method for request in control.asked] == ["GET"]


def test_an_index_of_another_dimension_or_metric_is_refused_and_unchanged(
    client: Pinecone, control: PineconeControl
) -> None:
    for field in ({"dimension": 1024}, {"metric": "cosine"}):
        ready(control, **field)
        with pytest.raises(NoIndex, match="lyceum-dev"):
            ensure_index(client, "dev", DIMENSION, "eu-west-1")
    assert {request.method for request in control.asked} == {"GET"}


def test_the_probe_leaves_a_suitable_index_empty(server: PineconeServer) -> None:
    probe(server.host, KEY, DIMENSION)
    [written, *_] = [request for request in server.requests if request.path == "/vectors/upsert"]
    assert written.body["vectors"][0]["sparseValues"]["indices"] == [1]
    assert [request.path for request in server.requests] == ["/vectors/upsert", "/vectors/delete"]


def test_the_probe_reports_an_index_that_refuses_our_records(server: PineconeServer) -> None:
    server.fail(failing(400, "vendor's words"))
    with pytest.raises(NoIndex, match="does not take our records"):
        probe(server.host, KEY, DIMENSION)
