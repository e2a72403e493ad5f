"""The tables, made from their definitions in ``domain/base/tables.py``, and the bucket."""

from __future__ import annotations

from typing import Any

from domain.base.tables import TABLES
from infrastructure.buckets import bucket_policy, private_bucket
from infrastructure.hosting import allowed_origins
from infrastructure.names import bucket_name, is_kept, table_prefix
from infrastructure.tables import table_definitions
from infrastructure.values import Resources, sub
from ports.key_value_store import Table

BUCKET = "DocumentsBucket"
RECOVERY_DAYS = 14
"""The number of days back to which a table can be restored. Erased data can be restored for the same time."""
PASSING = {"exports/": 2, "recognised/": 7, "transcripts/": 7, "voice-interviews/": 7}
"""The number of days after which objects under a prefix are deleted. The link to an export is valid for minutes; a
recording is needed for one answer; recognised text becomes part of the document.
"""


def storage(stage: str) -> Resources:
    return {**_tables(stage), **_bucket(stage)}


def table_resource(table: Table) -> str:
    """The logical id of a table's resource, for example ``LmsUserFilesTable``."""
    return "".join(word.capitalize() for word in table.name.split("-")) + "Table"


def _tables(stage: str) -> Resources:
    definitions = table_definitions(TABLES, table_prefix(stage))
    return {
        table_resource(table): {
            "Type": "AWS::DynamoDB::Table",
            **_deletion_policy(stage),
            "Properties": {
                **definition,
                "DeletionProtectionEnabled": is_kept(stage),
                "PointInTimeRecoverySpecification": {
                    "PointInTimeRecoveryEnabled": True,
                    "RecoveryPeriodInDays": RECOVERY_DAYS,
                },
                "SSESpecification": {"SSEEnabled": True},
            },
        }
        for table, definition in zip(TABLES, definitions, strict=True)
    }


def _deletion_policy(stage: str) -> dict[str, str]:
    policy = "Retain" if is_kept(stage) else "Delete"
    return {"DeletionPolicy": policy, "UpdateReplacePolicy": policy}


def _bucket(stage: str) -> Resources:
    return {
        BUCKET: {
            "Type": "AWS::S3::Bucket",
            **_deletion_policy(stage),
            # No versioning: old versions would keep erased data.
            "Properties": private_bucket(
                sub(bucket_name(stage)),
                CorsConfiguration={
                    "CorsRules": [
                        {
                            "AllowedOrigins": {"Fn::Split": [",", allowed_origins("AllowedOrigins")]},
                            "AllowedMethods": ["GET", "POST"],
                            "AllowedHeaders": ["*"],
                            "MaxAge": 3000,
                        }
                    ]
                },
                LifecycleConfiguration={"Rules": _lifecycle()},
            ),
        },
        "DocumentsBucketPolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": bucket_policy(BUCKET)},
    }


def _lifecycle() -> list[dict[str, Any]]:
    return [
        {
            "Id": "unfinished uploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
        *(
            {"Id": prefix.rstrip("/"), "Status": "Enabled", "Prefix": prefix, "ExpirationInDays": days}
            for prefix, days in PASSING.items()
        ),
    ]
