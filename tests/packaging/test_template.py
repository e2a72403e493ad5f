"""The template of ``make package``, as those read it who are to make a stack of it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint
from samtranslator.translator.transform import transform

from infrastructure.deploy import with_code
from infrastructure.functions import FUNCTIONS, role
from tests.packaging.cloud import STAGE
from tests.stubs.aws import REGION
from tests.support.world import World

pytestmark = pytest.mark.packaging


class NoManagedPolicies:
    """The policies of AWS's own, of which the template uses none."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture
def translated(template: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the SAM translator makes of the template, as it is deployed."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    deployed = with_code(copy.deepcopy(template), "s3://artefacts/deployment.zip")
    given = {name: one.get("Default", "given") for name, one in template["Parameters"].items()}
    return transform(deployed, given, NoManagedPolicies())


def said_of(template: Any) -> list[str]:
    """All that cfn-lint has to say, warnings too."""
    return [f"{match.rule.id} {match.message}" for match in lint(json.dumps(template), regions=[REGION])]


def test_cfn_lint_has_nothing_to_say(template: Any) -> None:
    said = said_of(template)
    # Its default, no role at all, is no ARN; under the condition that the statement has, there is one.
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
    for name in ("OnObjectCreated", "OnTranscriptCreated"):
        [event] = events[name].values()
        assert (event["Type"], event["Properties"]["Events"]) == ("S3", ["s3:ObjectCreated:*"])
        [rule] = event["Properties"]["Filter"]["S3Key"]["Rules"]
        prefixes[name] = rule["Value"]
    assert prefixes == {"OnObjectCreated": "raw-files/", "OnTranscriptCreated": "transcripts/"}
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


def test_websocket_messages_go_to_the_alias_that_can_stay_warm(translated: Any) -> None:
    [alias] = [name for name, one in translated["Resources"].items() if one["Type"] == "AWS::Lambda::Alias"]
    properties = translated["Resources"][alias]["Properties"]
    assert properties["ProvisionedConcurrencyConfig"]["Fn::If"][0] == "StaysWarm"
    uri = translated["Resources"]["WebsocketMessageAPIIntegration"]["Properties"]["IntegrationUri"]
    assert uri["Fn::Sub"][1] == {"Alias": {"Ref": alias}}
    allowed = translated["Resources"]["WebsocketMessageInvokePermission"]["Properties"]
    assert allowed["FunctionName"] == {"Ref": alias}


def test_the_template_holds_no_secret(archive: Path) -> None:
    text = (archive.parent / "sam.json").read_text().lower()
    for name in ("api-key", "supabase-key", "jwt-secret"):
        assert f'"{name}"' not in text
    assert "lyceum_llm_api_key" not in text
