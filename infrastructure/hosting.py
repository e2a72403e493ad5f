"""The console in a private bucket behind CloudFront: an option of the stack, and its files (decision 34)."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chalicelib.composition.profiles.local.console_files import (
    PERMISSIONS,
    cache_control,
    content_policy,
    media_type,
)
from infrastructure.buckets import bucket_policy, objects_of, private_bucket
from infrastructure.names import console_bucket_name, stack_name
from infrastructure.values import Resources, Value, attribute, ref, sub, when

CONDITION = "ServesConsole"
BUCKET = "ConsoleBucket"
"""The logical id of the bucket, and the name of the output that contains the bucket's name."""
URL = "ConsoleURL"
"""The name of the output with the console's address."""
ORIGIN = sub("https://${ConsoleDistribution.DomainName}")
PATHS = Path(__file__).parent / "console_paths.js"
"""The function of CloudFront that gives every path of the console the same page."""
PAGE = "index.html"
_UNSET = '<meta name="lyceum" content="" />'
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7442e88f4d55"
"""AWS's own cache policy: it keeps what a file's ``Cache-Control`` says, and compresses.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
"""
_YEAR_SECONDS = 31_536_000
KEPT = timedelta(days=7)
"""A file of an earlier build is deleted only if the replaced page was uploaded at least so much later than the file. So
the files of the replaced build always stay: pages that are open still ask for them.
"""


class NotConfigurable(ValueError):
    """The console cannot be configured: its page has no place for that, or the key is one that no page may know."""


def allowed_origins(parameter: str) -> Value:
    """The origins that the parameter lists, joined by commas, and that of the console if the stack has one."""
    given = {"Fn::Join": [",", ref(parameter)]}
    return when(CONDITION, {"Fn::Join": [",", [given, ORIGIN]]}, given)


def outputs() -> dict[str, Any]:
    return {
        URL: {"Condition": CONDITION, "Value": ORIGIN},
        BUCKET: {"Condition": CONDITION, "Value": ref(BUCKET)},
    }


def hosting(stage: str) -> Resources:
    """The bucket, which only the distribution reads, and the distribution, which everybody reads by HTTPS."""
    name = sub(f"{stack_name(stage)}-console-${{AWS::Region}}")
    resources: Resources = {
        BUCKET: {
            "Type": "AWS::S3::Bucket",
            # It holds no data of anybody: the files are built again at any time.
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": private_bucket(sub(console_bucket_name(stage))),
        },
        "ConsoleBucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": bucket_policy(BUCKET, _the_distribution_reads()),
        },
        "ConsoleAccess": {
            "Type": "AWS::CloudFront::OriginAccessControl",
            "Properties": {
                "OriginAccessControlConfig": {
                    "Name": name,
                    "OriginAccessControlOriginType": "s3",
                    "SigningBehavior": "always",
                    "SigningProtocol": "sigv4",
                }
            },
        },
        "ConsolePaths": {
            "Type": "AWS::CloudFront::Function",
            "Properties": {
                "Name": name,
                "AutoPublish": True,
                "FunctionCode": PATHS.read_text(),
                "FunctionConfig": {"Comment": "Every path is the page", "Runtime": "cloudfront-js-2.0"},
            },
        },
        "ConsoleHeaders": {
            "Type": "AWS::CloudFront::ResponseHeadersPolicy",
            "Properties": {"ResponseHeadersPolicyConfig": {"Name": name, **_headers()}},
        },
        "ConsoleDistribution": {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {"DistributionConfig": _distribution(stage)},
        },
    }
    return {logical: {"Condition": CONDITION, **one} for logical, one in resources.items()}


def _the_distribution_reads() -> dict[str, Any]:
    distribution = sub(
        "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${ConsoleDistribution}"
    )
    return {
        "Sid": "TheDistributionReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": objects_of(BUCKET),
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }


def _headers() -> dict[str, Any]:
    """The headers of every response. Their content policy allows every address that uses TLS; the policy in the page
    names the addresses. If the headers named them, the headers would depend on the API, which depends on the
    console's origin.
    """
    return {
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": {
                "ContentSecurityPolicy": content_policy(("https:", "wss:")),
                "Override": True,
            },
            "ContentTypeOptions": {"Override": True},
            "FrameOptions": {"FrameOption": "DENY", "Override": True},
            "ReferrerPolicy": {"ReferrerPolicy": "no-referrer", "Override": True},
            "StrictTransportSecurity": {
                "AccessControlMaxAgeSec": _YEAR_SECONDS,
                "IncludeSubdomains": False,
                "Override": True,
            },
        },
        "CustomHeadersConfig": {
            "Items": [{"Header": "Permissions-Policy", "Value": PERMISSIONS, "Override": True}]
        },
    }


def _distribution(stage: str) -> dict[str, Any]:
    return {
        "Comment": f"{stack_name(stage)}: the console",
        "Enabled": True,
        "DefaultRootObject": PAGE,
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "PriceClass": "PriceClass_100",
        "Origins": [
            {
                "Id": "bucket",
                "DomainName": attribute(BUCKET, "RegionalDomainName"),
                "OriginAccessControlId": attribute("ConsoleAccess", "Id"),
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ],
        "DefaultCacheBehavior": {
            "TargetOriginId": "bucket",
            "ViewerProtocolPolicy": "redirect-to-https",
            "AllowedMethods": ["GET", "HEAD"],
            "Compress": True,
            "CachePolicyId": _CACHING_OPTIMIZED,
            "ResponseHeadersPolicyId": ref("ConsoleHeaders"),
            "FunctionAssociations": [
                {
                    "EventType": "viewer-request",
                    "FunctionARN": attribute("ConsolePaths", "FunctionMetadata.FunctionARN"),
                }
            ],
        },
    }


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses that the console connects to. ``api`` has no slash at its end, because paths are appended to it."""

    api: str
    socket: str
    uploads: str
    supabase: str
    supabase_key: str
    """The project's publishable key, which every page may know."""


def origin_of(address: str) -> str:
    """The scheme and host of an address. A policy gets no path: it would allow only that path."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def configured(page: str, addresses: Addresses) -> str:
    """The built page with its configuration, and with a policy by which it connects to these addresses only.

    Raises ``NotConfigurable``.
    """
    if page.count(_UNSET) != 1:
        raise NotConfigurable(f"the console's {PAGE} has no {_UNSET}: it was built from other sources")
    configuration = {
        "api": addresses.api,
        "supabase": {"url": addresses.supabase, "key": addresses.supabase_key},
    }
    connected = (addresses.api, addresses.socket, addresses.uploads, addresses.supabase)
    policy = content_policy([origin_of(one) for one in connected])
    in_page = policy.replace("; frame-ancestors 'none'", "")  # the browser takes it from a header only
    return page.replace(
        _UNSET,
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(in_page)}" />\n'
        f'    <meta name="lyceum" content="{html.escape(json.dumps(configuration))}" />',
    )


def check_publishable(key: str) -> None:
    """Raise ``NotConfigurable`` if this is not the key that Supabase intends for pages.

    A legacy key contains its role. The one for pages has the role ``anon``.
    """
    if key.startswith("sb_publishable_"):
        return
    try:
        claims = key.split(".")[1]
        role = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["role"]
    except (IndexError, KeyError, TypeError, ValueError):
        role = None
    if role != "anon":
        raise NotConfigurable("ConsoleSupabaseKey is not the publishable key, and every page would know it")


def publish(s3: Any, bucket: str, built: Path, addresses: Addresses, *, kept: timedelta = KEPT) -> None:
    """Put the built files into the bucket, the page last: it names all others.

    Deletes files of earlier builds that were uploaded at least ``kept`` before the page that is replaced. Raises
    ``NotConfigurable`` if the page was built from other sources.
    """
    page = configured((built / PAGE).read_text(encoding="utf-8"), addresses)
    files = {
        path.relative_to(built).as_posix(): path.read_bytes() for path in built.rglob("*") if path.is_file()
    }
    earlier: Mapping[str, Any] = {
        one["Key"]: one["LastModified"]
        for part in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for one in part.get("Contents", ())
    }
    for key, content in sorted({**files, PAGE: page.encode()}.items(), key=lambda one: one[0] == PAGE):
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=content,
            ContentType=media_type(key),
            CacheControl=cache_control(key),
        )
    for key in sorted(earlier.keys() - files.keys()):
        if PAGE in earlier and earlier[PAGE] - earlier[key] >= kept:
            s3.delete_object(Bucket=bucket, Key=key)
