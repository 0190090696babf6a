"""Who may call whom."""

from collections.abc import Sequence
from typing import Any

from tests.support.unit.diff_risks.case import Case, Cases, Resource
from tests.support.unit.diff_risks.resources import namespace
from tests.support.unit.diff_world import kubernetes


def authorization_policy(*rules: Any, action: str = "ALLOW", **spec: Any) -> Resource:
    return kubernetes("AuthorizationPolicy", "web", "shop", spec={"action": action, "rules": list(rules), **spec})


def rule_for(*principals: str, methods: Sequence[str] = ("GET",)) -> dict[str, Any]:
    source = {"source": {"principals": list(principals)}}
    return {"from": [source], "to": [{"operation": {"methods": list(methods)}}]}


RISKY: Cases = {
    "authorization-is-loosened": [
        Case(
            id="principal",
            before=[authorization_policy(rule_for("a"))],
            after=[authorization_policy(rule_for("a", "b"))],
            says="allows more: principals b",
        ),
        Case(
            id="anybody",
            before=[authorization_policy(rule_for("a"))],
            after=[authorization_policy({})],
            says="any caller to any operation",
        ),
        Case(
            id="method",
            before=[authorization_policy(rule_for("a"))],
            after=[authorization_policy(rule_for("a", methods=("GET", "POST")))],
            says="methods POST",
        ),
        Case(
            id="new",
            before=[namespace()],
            after=[namespace(), authorization_policy(rule_for("a"))],
            says="allows more",
        ),
        Case(
            id="deny-by-default", before=[namespace(), authorization_policy()], after=[namespace()], says="is removed"
        ),
        Case(
            id="deny",
            before=[namespace(), authorization_policy({}, action="DENY")],
            after=[namespace()],
            says="denies less",
        ),
        Case(
            id="action",
            before=[authorization_policy({}, action="DENY")],
            after=[authorization_policy({})],
            says="action: DENY \u2192 ALLOW",
        ),
        Case(
            id="target",
            before=[authorization_policy(selector={"matchLabels": {"app": "a"}})],
            after=[authorization_policy(selector={"matchLabels": {"app": "b"}})],
            says="other workloads",
        ),
    ],
}

CALM: Cases = {
    "authorization-is-loosened": [
        Case(
            id="tightened",
            before=[authorization_policy(rule_for("a", "b"))],
            after=[authorization_policy(rule_for("a"))],
        ),
        Case(id="with-its-namespace", before=[namespace(), authorization_policy()]),
        Case(id="of-a-new-namespace", after=[namespace(), authorization_policy(rule_for("a"))]),
        Case(id="deny-more", before=[namespace()], after=[namespace(), authorization_policy({}, action="DENY")]),
        Case(id="caller-gone", before=[namespace(), authorization_policy(rule_for("a"))], after=[namespace()]),
    ],
}
