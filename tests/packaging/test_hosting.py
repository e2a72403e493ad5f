"""The console in a bucket behind CloudFront: what the stack makes of it, what is put into the bucket, and that it is an
option.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from chalicelib.settings import read_settings
from infrastructure.console import CLIENTS
from infrastructure.deploy import Deployment
from infrastructure.hosting import (
    BUCKET,
    CONDITION,
    Addresses,
    NotConfigurable,
    check_publishable,
    configured,
    hosting,
    publish,
)
from infrastructure.parameters import CONDITIONS, RULES, declared_parameters, environment
from infrastructure.storage import BUCKET as DOCUMENTS
from infrastructure.storage import storage
from tests.packaging.stack import Stack
from tests.packaging.test_stage import GIVEN
from tests.stubs.aws import client_of

KEY = "sb_publishable_abc"
ON = {"Console": "on", "ConsoleSupabaseKey": KEY}
CONSOLE = "https://DomainName-of-ConsoleDistribution"
ADDRESSES = Addresses(
    api="https://abc.execute-api.eu-west-1.amazonaws.com/api",
    socket="wss://def.execute-api.eu-west-1.amazonaws.com/api/",
    uploads="https://documents.s3.eu-west-1.amazonaws.com",
    supabase="https://abc.supabase.co",
    supabase_key=KEY,
)
PAGE = (CLIENTS / "console" / "index.html").read_text(encoding="utf-8")


def stack(**parameters: str) -> Stack:
    resources = {
        **storage("test"),
        **hosting("test"),
        "Function": {"Properties": {"Environment": {"Variables": environment("test")}}},
    }
    template = {"Parameters": declared_parameters(), "Conditions": CONDITIONS, "Resources": resources}
    return Stack(template, GIVEN | parameters)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "index-1a2b.js").write_text("export {};")
    (folder / "assets" / "worker-3c4d.mjs").write_text("export {};")
    (folder / "assets" / "index-5e6f.css").write_text("p {}")
    return folder


def test_without_the_option_nothing_is_made_and_nobody_else_is_let_in() -> None:
    plain = stack()
    assert {one["Condition"] for one in hosting("test").values()} == {CONDITION}
    assert not plain.holds(CONDITIONS[CONDITION])
    assert read_settings(plain.environment("Function")).allowed_origins == tuple(
        GIVEN["AllowedOrigins"].split(",")
    )


def test_the_api_and_the_documents_let_in_the_console_beside_the_school_s_pages() -> None:
    served = stack(**ON)
    origins = [*GIVEN["AllowedOrigins"].split(","), CONSOLE]
    allowed = read_settings(served.environment("Function")).allowed_origins
    assert list(allowed) == [origin.lower() for origin in origins]
    [cors] = served.properties(DOCUMENTS)["CorsConfiguration"]["CorsRules"]
    assert cors["AllowedOrigins"] == origins


def test_the_bucket_is_private_and_only_the_distribution_reads_it() -> None:
    served = stack(**ON)
    assert set(served.properties(BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    allowed, denied = served.properties("ConsoleBucketPolicy")["PolicyDocument"]["Statement"]
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "s3:GetObject")
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Condition"]["StringEquals"]["AWS:SourceArn"].endswith("distribution/ConsoleDistribution")
    assert (denied["Effect"], denied["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    behaviour = served.properties("ConsoleDistribution")["DistributionConfig"]["DefaultCacheBehavior"]
    assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"


def test_nothing_of_the_console_refers_to_the_api_which_refers_to_the_console() -> None:
    """CloudFormation refuses resources that refer to each other in a circle."""
    named = set(
        re.findall(r'"Ref": "(\w+)"|"Fn::GetAtt": \["(\w+)"|\$\{(\w+)[.}]', json.dumps(hosting("test")))
    )
    names = {name for found in named for name in found if name}
    assert names <= set(hosting("test"))


def test_a_console_without_a_key_to_sign_in_with_is_refused() -> None:
    [assertion] = RULES["ConsoleSignsIn"]["Assertions"]
    assert stack().holds(assertion["Assert"])
    assert stack(**ON).holds(assertion["Assert"])
    assert not stack(Console="on").holds(assertion["Assert"])


def legacy(role: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"role": role}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{claims}.signature"


def test_only_a_key_that_is_meant_for_pages_is_published() -> None:
    check_publishable(KEY)
    check_publishable(legacy("anon"))
    for key in ("", "sb_secret_abc", "eyJ", legacy("service_role")):
        with pytest.raises(NotConfigurable, match="publishable"):
            check_publishable(key)


def content_of(page: str, attribute: str, name: str) -> str:
    found = re.search(rf'<meta {attribute}="{name}" content="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def test_the_page_is_told_its_addresses_and_connects_to_no_other() -> None:
    page = configured(PAGE, ADDRESSES)
    told = json.loads(content_of(page, "name", "lyceum"))
    assert told == {"api": ADDRESSES.api, "supabase": {"url": ADDRESSES.supabase, "key": KEY}}
    policy = content_of(page, "http-equiv", "Content-Security-Policy")
    assert (
        "connect-src 'self' https://abc.execute-api.eu-west-1.amazonaws.com wss://def.execute-api.eu-west-1.amazonaws.com "
        "https://documents.s3.eu-west-1.amazonaws.com https://abc.supabase.co;"
    ) in policy
    assert "frame-ancestors" not in policy
    assert page.index("http-equiv") < page.index("<script")


def test_an_address_cannot_end_the_element_that_it_stands_in() -> None:
    page = configured(PAGE, replace(ADDRESSES, api='https://a"><script>'))
    assert page.count("<script") == PAGE.count("<script")


def test_a_page_that_cannot_be_configured_is_not_published(built: Path) -> None:
    (built / "index.html").write_text("<title>Lyceum</title>")
    with pytest.raises(NotConfigurable, match="other sources"):
        publish(None, "console", built, ADDRESSES)


def objects(bucket: str) -> Mapping[str, Any]:
    s3 = client_of("s3")
    names = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
    return {name: s3.get_object(Bucket=bucket, Key=name) for name in names}


@pytest.mark.usefixtures("empty_account")
def test_files_have_their_types_and_only_hashed_ones_are_kept_by_browsers(built: Path) -> None:
    s3 = client_of("s3")
    s3.create_bucket(Bucket="console", CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    publish(s3, "console", built, ADDRESSES)
    told = {key: (one["ContentType"], one["CacheControl"]) for key, one in objects("console").items()}
    for_good = "public, max-age=31536000, immutable"
    assert told == {
        "index.html": ("text/html; charset=utf-8", "no-cache"),
        "assets/index-1a2b.js": ("text/javascript", for_good),
        "assets/worker-3c4d.mjs": ("text/javascript", for_good),
        "assets/index-5e6f.css": ("text/css", for_good),
    }


@pytest.mark.usefixtures("empty_account")
def test_files_of_an_earlier_build_stay_for_pages_that_are_open_and_go_later(built: Path) -> None:
    s3 = client_of("s3")
    s3.create_bucket(Bucket="console", CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    old = built / "assets" / "index-old.js"
    old.write_text("export {};")
    publish(s3, "console", built, ADDRESSES)
    old.unlink()
    with_old = set(objects("console"))
    publish(s3, "console", built, ADDRESSES)
    assert set(objects("console")) == with_old  # the replaced build stays whole
    publish(s3, "console", built, ADDRESSES, kept=timedelta(0))
    assert set(objects("console")) == {
        "index.html",
        "assets/index-1a2b.js",
        "assets/worker-3c4d.mjs",
        "assets/index-5e6f.css",
    }


def packaged(folder: Path) -> Path:
    """The package of a stack with the buckets of the real one, but without CloudFront, which moto cannot make."""
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Lyceum, stage prod",
        "Parameters": {
            name: {"Type": "String", "Default": default}
            for name, default in {"Console": "off", "ConsoleSupabaseKey": "", "SupabaseUrl": "none"}.items()
        },
        "Conditions": {CONDITION: CONDITIONS[CONDITION]},
        "Resources": {
            "DocumentsBucket": {
                "Type": "AWS::S3::Bucket",
                "DeletionPolicy": "Retain",
                "Properties": {"BucketName": "documents"},
            },
            BUCKET: {
                "Type": "AWS::S3::Bucket",
                "Condition": CONDITION,
                "Properties": {"BucketName": "console"},
            },
        },
        "Outputs": {
            "EndpointURL": {"Value": "https://abc.execute-api.eu-west-1.amazonaws.com/api/"},
            "WebsocketConnectEndpointURL": {"Value": "wss://def.execute-api.eu-west-1.amazonaws.com/api/"},
            "Bucket": {"Value": {"Ref": "DocumentsBucket"}},
            BUCKET: {"Condition": CONDITION, "Value": {"Ref": BUCKET}},
        },
    }
    (folder / "sam.json").write_text(json.dumps(template))
    (folder / "deployment.zip").write_bytes(b"PK of the tests")
    return folder


def buckets() -> set[str]:
    return {one["Name"] for one in client_of("s3").list_buckets()["Buckets"]}


@pytest.mark.slow
@pytest.mark.usefixtures("empty_account")
def test_a_deployment_publishes_the_console_if_it_is_on_and_removes_it_if_it_is_off(
    tmp_path: Path, built: Path
) -> None:
    deployment = Deployment(Session(), "prod")
    package = packaged(tmp_path)
    supabase = {"SupabaseUrl": "https://abc.supabase.co/"}
    deployment.deploy(package, supabase, built)
    assert "console" not in buckets()
    deployment.deploy(package, supabase | ON, built)
    page = objects("console")["index.html"]["Body"].read().decode()
    assert json.loads(content_of(page, "name", "lyceum")) == {
        "api": "https://abc.execute-api.eu-west-1.amazonaws.com/api",
        "supabase": {"url": "https://abc.supabase.co", "key": KEY},
    }
    deployment.deploy(package, supabase, built)
    assert objects("console") == {}  # CloudFormation deletes it then, as moto does not


@pytest.mark.slow
@pytest.mark.usefixtures("empty_account")
def test_the_console_goes_with_the_stack_though_the_data_of_prod_is_kept(tmp_path: Path, built: Path) -> None:
    deployment = Deployment(Session(), "prod")
    deployment.deploy(packaged(tmp_path), {"SupabaseUrl": "https://abc.supabase.co"} | ON, built)
    assert deployment.destroy() == ["documents"]
    assert "console" not in buckets()


@pytest.mark.usefixtures("empty_account")
def test_a_secret_key_stops_the_deployment_before_anything_is_made(tmp_path: Path, built: Path) -> None:
    secret = ON | {"ConsoleSupabaseKey": legacy("service_role")}
    with pytest.raises(NotConfigurable):
        Deployment(Session(), "prod").deploy(packaged(tmp_path), secret, built)
    assert Deployment(Session(), "prod").outputs() == {}
