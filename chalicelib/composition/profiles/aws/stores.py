"""The stores of the aws profile: DynamoDB and S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.common import AwsCommon

if TYPE_CHECKING:
    from ports.inventory import Inventory
    from ports.key_value_store import KeyValueStore
    from ports.object_store import ObjectStore


class AwsStores(AwsCommon):
    @lazy
    def key_values(self) -> KeyValueStore:
        from adapters.aws.dynamodb import DynamoDBKeyValueStore
        from domain.base.tables import TABLES

        prefix, retries = self._settings.aws.table_prefix, self._retries()
        return DynamoDBKeyValueStore(
            self._client("dynamodb"), TABLES, self.clock, prefix=prefix, retries=retries
        )

    @lazy
    def objects(self) -> ObjectStore:
        from adapters.aws.s3 import S3ObjectStore

        return S3ObjectStore(self._client("s3"), self._settings.bucket, self.clock, retries=self._retries())

    def inventory(self) -> Inventory:
        """All rows of the tables, for an operator: no function of the stack may read them."""
        from adapters.aws.inventory import DynamoDBInventory

        prefix = self._settings.aws.table_prefix
        return DynamoDBInventory(self._client("dynamodb"), self._retries(), prefix=prefix)
