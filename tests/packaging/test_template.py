"""The template of ``make package``, checked as CloudFormation and the SAM translator read it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from infrastructure.deploy import with_code
from infrastructure.functions import FUNCTIONS, role
from tests.packaging.cloud import STAGE
from tests.packaging.stack import Stack
from tests.stubs.aws import REGION
from tests.support.world import World

pytestmark = pytest.mark.packaging


class NoManagedPolicies:
    """No policies: the template uses none of AWS's own."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@pytest.fixture
def translated(template: Any) -> Any:
    """The template after the SAM translator, as CloudFormation gets it."""
    return translation(template)


def translation(template: Any, **parameters: str) -> Any:
    from samtranslator.translator.transform import transform  # seconds that only these tests need

    deployed = with_code(copy.deepcopy(template), "s3://artefacts/deployment.zip", parameters)
    given = {name: one.get("Default", "given") for name, one in template["Parameters"].items()}
    return transform(deployed, given | parameters, NoManagedPolicies())


def said_of(template: Any) -> list[str]:
    """Everything that cfn-lint reports, including warnings."""
    from cfnlint.api import lint

    return [f"{match.rule.id} {match.message}" for match in lint(json.dumps(template), regions=[REGION])]


def test_cfn_lint_has_nothing_to_say(template: Any) -> None:
    said = said_of(template)
    # The parameter's default ("", no role) is no ARN. But the statement has a condition: it applies only with a role.
    assert [line for line in said if not line.startswith("W1030 {'Ref': 'KnowledgeBasesRole'}")] == []


def test_the_sam_translator_accepts_it_and_cfn_lint_accepts_the_result(translated: Any) -> None:
    kinds = {one["Type"] for one in translated["Resources"].values()}
    assert not any(kind.startswith("AWS::Serverless") for kind in kinds)
    assert [line for line in said_of(translated) if line.startswith("E")] == []


def test_every_route_but_the_public_ones_asks_the_authorizer(template: Any) -> None:
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    routes = {(route.method, route.path): route.is_public for route in World().api.routes}
    local = {path for _, path in routes if not path.startswith("/api/")}
    served = {
        (method.upper(), path): "security" not in operation
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "options"
    }
    assert served == {key: public for key, public in routes.items() if key[1] not in local}


def test_events_reach_their_functions(template: Any) -> None:
    events = {
        function.name: template["Resources"][function.name]["Properties"].get("Events", {})
        for function in FUNCTIONS
    }
    prefixes = {}
    for name in ("OnObjectCreated", "OnRecognitionStored", "OnTranscriptCreated"):
        [event] = events[name].values()
        assert (event["Type"], event["Properties"]["Events"]) == ("S3", ["s3:ObjectCreated:*"])
        [rule] = event["Properties"]["Filter"]["S3Key"]["Rules"]
        prefixes[name] = rule["Value"]
    assert prefixes == {
        "OnObjectCreated": "raw-files/",
        "OnRecognitionStored": "recognised/",
        "OnTranscriptCreated": "transcripts/",
    }
    [failed] = events["OnTranscriptionFailed"].values()
    assert failed["Properties"]["Pattern"]["detail"] == {"TranscriptionJobStatus": ["FAILED"]}
    [minute] = events["OnSchedule"].values()
    assert minute["Properties"]["Schedule"] == "rate(1 minute)"


def test_a_function_logs_to_its_own_group_in_its_own_role(template: Any) -> None:
    resources = template["Resources"]
    for function in FUNCTIONS:
        properties = resources[function.name]["Properties"]
        assert properties["Role"] == {"Fn::GetAtt": [role(function.name), "Arn"]}
        group = resources[properties["LoggingConfig"]["LogGroup"]["Ref"]]["Properties"]
        assert group["LogGroupName"] == f"/lyceum/{STAGE}/{function.name}"
        assert group["RetentionInDays"] == {"Ref": "LogDays"}


def test_a_failed_asynchronous_event_is_kept_in_a_queue(template: Any) -> None:
    for function in FUNCTIONS:
        invocation = template["Resources"][function.name]["Properties"].get("EventInvokeConfig")
        assert (invocation is None) == (function.retries is None)
        if function.queue is not None:
            assert invocation["DestinationConfig"]["OnFailure"]["Destination"] == {
                "Fn::GetAtt": [function.queue, "Arn"]
            }


def test_requests_that_a_person_waits_for_go_to_an_alias_that_starts_from_a_snapshot(translated: Any) -> None:
    resources = translated["Resources"]
    published = {function.name for function in FUNCTIONS if function.starts_from_snapshot}
    assert published == {"APIHandler", "Authorize", "WebsocketConnect", "WebsocketMessage"}
    for name in {function.name for function in FUNCTIONS} - published:
        assert "SnapStart" not in resources[name]["Properties"]
        # Otherwise the function would import everything at each start, without a snapshot to keep it.
        assert resources[name]["Properties"]["Environment"]["Variables"]["LYCEUM_SNAP_START"] == "off"
    for name in published:
        assert resources[name]["Properties"]["Environment"]["Variables"]["LYCEUM_SNAP_START"] == {
            "Ref": "SnapStart"
        }
        assert resources[name]["Properties"]["SnapStart"]["ApplyOn"]["Fn::If"][0] == "StartsFromSnapshot"
        alias = f"{name}Aliaslive"
        assert resources[alias]["Type"] == "AWS::Lambda::Alias"
        assert resources[f"{name}InvokePermission"]["Properties"]["FunctionName"] == {"Ref": alias}
    for name in ("WebsocketConnect", "WebsocketMessage"):
        uri = resources[f"{name}APIIntegration"]["Properties"]["IntegrationUri"]
        assert uri["Fn::Sub"][1] == {"Alias": {"Ref": f"{name}Aliaslive"}}
    body = json.dumps(resources["RestAPI"]["Properties"]["Body"])
    assert {name for name in published if f"{name}Aliaslive" in body} == {"APIHandler", "Authorize"}
    assert ".Arn}/invocations" not in body
    warm = resources["WebsocketMessageAliaslive"]["Properties"]["ProvisionedConcurrencyConfig"]
    assert warm["Fn::If"][0] == "StaysWarm"


def test_a_changed_setting_publishes_a_new_version(template: Any) -> None:
    """Otherwise the functions that a person waits for would keep the old setting."""

    def versions(**parameters: str) -> set[str]:
        resources = translation(template, **parameters)["Resources"]
        return {name for name, one in resources.items() if one["Type"] == "AWS::Lambda::Version"}

    assert len(versions()) == 4
    assert versions() == versions()
    assert not versions() & versions(MessagesADay="7")


def test_snapshots_and_provisioned_concurrency_exclude_each_other(template: Any) -> None:
    [assertion] = template["Rules"]["WarmOrFromSnapshot"]["Assertions"]
    given = {"SnapStart": "on", "WebSocketConcurrency": "1"}
    assert not Stack(template, given).holds(assertion["Assert"])
    for name, value in {"SnapStart": "off", "WebSocketConcurrency": "0"}.items():
        assert Stack(template, given | {name: value}).holds(assertion["Assert"])


def test_the_template_holds_no_secret(archive: Path) -> None:
    text = (archive.parent / "sam.json").read_text().lower()
    for name in ("api-key", "supabase-key", "jwt-secret"):
        assert f'"{name}"' not in text
    assert "lyceum_llm_api_key" not in text
