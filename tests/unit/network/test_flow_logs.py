"""Records of the traffic."""

import json

import pytest

from tests.support.unit.network_stack import FLOW_LOG, LOG_GROUP, ROLE, ROLE_POLICY, built, only
from tests.support.unit.recorded import Stack


@pytest.mark.parametrize(("traffic", "recorded"), [("all", "ALL"), ("rejected", "REJECT")])
def test_flow_logs_record_what_the_settings_say(traffic: str, recorded: str) -> None:
    stack = built(flowLogs={"traffic": traffic, "retentionDays": 90})
    log, group = only(stack, FLOW_LOG).inputs, only(stack, LOG_GROUP)
    assert (log["trafficType"], log["vpcId"]) == (recorded, "network-id")
    assert group.inputs["retentionInDays"] == 90
    assert only(stack, FLOW_LOG).reaches(group)


def test_flow_logs_can_be_written_before_they_begin(single: Stack) -> None:
    assert only(single, FLOW_LOG).reaches(only(single, ROLE_POLICY))
    trust = json.loads(only(single, ROLE).inputs["assumeRolePolicy"])["Statement"]
    assert [statement["Principal"] for statement in trust] == [{"Service": "vpc-flow-logs.amazonaws.com"}]


def test_flow_logs_write_into_their_own_group_and_create_none(single: Stack) -> None:
    [statement] = json.loads(only(single, ROLE_POLICY).inputs["policy"])["Statement"]
    assert all(resource.split(":")[-1] in ("*", "logGroup/network-flow-logs") for resource in statement["Resource"])
    assert "logs:PutLogEvents" in statement["Action"]
    assert "logs:CreateLogGroup" not in statement["Action"]


def test_flow_logs_none_builds_nothing() -> None:
    assert not built(flowLogs={"traffic": "none"}).of_type(FLOW_LOG, LOG_GROUP, ROLE, ROLE_POLICY)
