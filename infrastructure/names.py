"""The names of a stage's resources in the AWS account."""

from __future__ import annotations

import re

API_STAGE = "api"
"""The name of the API stage in API Gateway, for both APIs. It is also in ``.chalice/config.json``."""


def checked_stage(stage: str) -> str:
    """The given stage, unchanged. Raises ``ValueError`` if it cannot be part of all names: S3 allows 63 characters for
    a bucket.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", stage):
        raise ValueError("STAGE must be 1-16 small letters and digits, and begin with a letter")
    return stage


def is_kept(stage: str) -> bool:
    """Whether the stage's data is kept when its stack is deleted."""
    return stage == "prod"


def stack_name(stage: str) -> str:
    return f"lyceum-{stage}"


def table_prefix(stage: str) -> str:
    return f"lyceum-{stage}-"


def secrets_path(stage: str) -> str:
    """The path in the Parameter Store where the operator stores the secrets."""
    return f"/lyceum/{stage}"


def bucket_name(stage: str) -> str:
    """The name of the bucket, for ``sub``. It is no reference to the resource: the bucket's events name functions, and
    the functions name the bucket, so references would be a cycle.
    """
    return f"lyceum-{stage}-documents-${{AWS::AccountId}}-${{AWS::Region}}"


def console_bucket_name(stage: str) -> str:
    """The name of the bucket with the console's files, for ``sub``."""
    return f"lyceum-{stage}-console-${{AWS::AccountId}}-${{AWS::Region}}"
