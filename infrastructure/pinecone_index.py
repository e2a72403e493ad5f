"""`make pinecone-index`: creates the index of a stage, with the fields that ``adapters/pinecone/store.py`` uses.

An existing index is only checked. Needs ``PINECONE_API_KEY``.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from pinecone import Pinecone
from pinecone.errors.exceptions import NotFoundError, PineconeError

from chalicelib.composition.profiles.aws.pinecone import pinecone_store
from infrastructure.names import checked_stage, is_kept, stack_name
from ports.errors import UpstreamError
from ports.vector_store import SparseVector, Vector

_DENSE, _SPARSE = "_values", "_sparse_values"
"""The names of a record's two vectors in the vectors API. Pinecone also creates an index without the second one, but
such an index refuses every record with a sparse vector.
"""
_METRIC = "dotproduct"
_SECONDS = 300
_PROBE = Vector("probe", (), {"probe": True}, SparseVector((1,), (1.0,)))
_PROBE_NAMESPACE = "probe"


class NoIndex(SystemExit):
    """The index does not exist, or cannot be used."""


def ensure_index(client: Pinecone, stage: str, dimension: int, region: str) -> str:
    """The host of the stage's index. Creates the index if it does not exist. Raises ``NoIndex`` and ``PineconeError``."""
    name = stack_name(stage)
    try:
        index = client.indexes.describe(name)
    except NotFoundError:
        index = client.indexes.create(
            name=name,
            schema={
                "fields": {
                    _DENSE: {"type": "dense_vector", "dimension": dimension, "metric": _METRIC},
                    _SPARSE: {"type": "sparse_vector"},
                }
            },
            deployment={"deployment_type": "managed", "cloud": "aws", "region": region},
            deletion_protection="enabled" if is_kept(stage) else "disabled",
            tags={"stage": stage},
            timeout=_SECONDS,
        )
    _check(index, name, dimension)
    return str(index.host)


def _check(index: Any, name: str, dimension: int) -> None:
    dense = index.schema.fields.get(_DENSE)
    found = (getattr(dense, "dimension", None), getattr(dense, "metric", None))
    if found != (dimension, _METRIC):
        raise NoIndex(
            f"the index {name} has dimension {found[0]} and metric {found[1]}: delete it, or choose another"
        )
    if not index.status.ready:
        raise NoIndex(f"the index {name} is {index.status.state}")


def probe(host: str, api_key: str, dimension: int) -> None:
    """Write and remove a record with a sparse vector, as the app does. Raises ``NoIndex``."""
    store = pinecone_store(host, api_key, dimension)
    record = Vector(_PROBE.id, (1.0,) + (0.0,) * (dimension - 1), _PROBE.metadata, _PROBE.sparse)
    try:
        store.upsert(_PROBE_NAMESPACE, [record])
        store.delete(_PROBE_NAMESPACE, [record.id])
    except UpstreamError as error:
        raise NoIndex(f"the index at {host} does not take our records: {error}") from None
    finally:
        store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--dimension", type=int, default=1536, help="the parameter EmbeddingDimension")
    parser.add_argument("--region", default="us-east-1", help="a region of AWS in which Pinecone runs")
    parser.add_argument("--control-plane", help="the address of Pinecone's control plane, if not the default")
    asked = parser.parse_args()
    key = os.environ.get("PINECONE_API_KEY")
    if not key:
        sys.exit("PINECONE_API_KEY is not set")
    try:
        client = Pinecone(api_key=key, host=asked.control_plane)
        host = ensure_index(client, checked_stage(asked.stage), asked.dimension, asked.region)
    except (PineconeError, ValueError) as error:
        sys.exit(f"Pinecone: {error}")
    probe(host, key, asked.dimension)
    print(f"PineconeHost: {host.removeprefix('https://')}")


if __name__ == "__main__":
    main()
