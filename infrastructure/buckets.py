"""The properties of every bucket of a stack: it is encrypted, and its policy decides who may read it, only with TLS."""

from __future__ import annotations

from typing import Any

from infrastructure.values import Value, attribute, ref, sub


def private_bucket(name: Value, **properties: Any) -> dict[str, Any]:
    """The properties of an encrypted bucket without public access, with this name and the given further ``properties``."""
    return {
        "BucketName": name,
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        **properties,
    }


def objects_of(bucket: str) -> Value:
    """The ARN of all objects in the bucket with this logical id."""
    return sub(f"${{{bucket}.Arn}}/*")


def bucket_policy(bucket: str, *allowed: dict[str, Any]) -> dict[str, Any]:
    """The properties of the policy of the bucket with this logical id. It has the statements ``allowed``, and denies
    every request without TLS.
    """
    only_by_tls = {
        "Sid": "OnlyByTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [attribute(bucket), objects_of(bucket)],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {
        "Bucket": ref(bucket),
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [*allowed, only_by_tls]},
    }
