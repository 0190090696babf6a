"""What IAM allows: in policies of whatever resource has one, and whom roles trust."""

import json
from collections.abc import Mapping
from typing import Any

from tests.support.unit.diff_risks.case import Case, Cases, Resource
from tests.support.unit.diff_world import resource

ROLE_URN = "urn:pulumi:dev::istio-eks::aws:iam/role:Role::writer"


def statement(*actions: str, where: str = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": where, **rest}


DENY_DELETE = statement("s3:Delete*", Effect="Deny")


def policy_of(*statements: Mapping[str, Any], type_: str = "aws:iam/rolePolicy:RolePolicy", **options: Any) -> Resource:
    return resource(type_, "writes", {"policy": json.dumps({"Statement": list(statements)})}, **options)


def role_policy(*actions: str, where: str = "*", **rest: Any) -> Resource:
    return policy_of(statement(*actions, where=where, **rest))


def key_policy(*principals: str) -> Resource:
    return policy_of(statement("kms:Decrypt", Principal={"AWS": list(principals)}), type_="aws:kms/key:Key")


def source_arn(operator: str, *values: str) -> dict[str, Any]:
    """A condition."""
    return {operator: {"aws:SourceArn": list(values)}}


def role_assumed_by(*services: str) -> Resource:
    trust = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return resource("aws:iam/role:Role", "writer", {"assumeRolePolicy": json.dumps({"Statement": [trust]})})


RISKY: Cases = {
    "iam-actions-are-added": [
        Case(id="action", before=[role_policy("a:B")], after=[role_policy("a:B", "c:D")], says="allows c:D"),
        Case(id="resource", before=[role_policy("a:B", where="x")], after=[role_policy("a:B", where="y")], says="on y"),
        Case(id="new", after=[role_policy("a:*")], says="allows a:*"),
        Case(
            id="condition-gone",
            before=[role_policy("a:B", Condition={"Bool": {"x": "true"}})],
            after=[role_policy("a:B")],
            says="allows a:B.",
        ),
        Case(
            id="condition-loosened",
            before=[role_policy("a:B", Condition=source_arn("StringEquals", "arn:x"))],
            after=[role_policy("a:B", Condition=source_arn("StringLike", "*"))],
            says="allows a:B when StringLike aws:SourceArn *.",
        ),
        Case(
            id="condition-holds-less",
            before=[role_policy("a:B", Condition={**source_arn("StringEquals", "x"), "Bool": {"y": "true"}})],
            after=[role_policy("a:B", Condition=source_arn("StringEquals", "x"))],
            says="allows a:B when StringEquals aws:SourceArn x.",
        ),
        Case(
            id="deny-gone",
            before=[policy_of(statement("s3:*"), DENY_DELETE)],
            after=[policy_of(statement("s3:*"))],
            says="policy no longer denies s3:Delete*.",
        ),
        Case(
            id="deny-under-a-condition",
            before=[policy_of(DENY_DELETE)],
            after=[policy_of({**DENY_DELETE, "Condition": source_arn("StringEquals", "x")})],
            says="policy no longer denies s3:Delete*.",
        ),
        Case(id="deny-with-its-policy", before=[policy_of(DENY_DELETE)], says="policy no longer denies s3:Delete*."),
        Case(
            id="key-policy",
            before=[key_policy("arn:a")],
            after=[key_policy("*")],
            says="policy allows kms:Decrypt for any principal.",
        ),
        Case(
            id="other-than",
            before=[role_policy("a:B", where="x")],
            after=[policy_of({"Effect": "Allow", "Action": "a:B", "NotResource": "y"})],
            says="allows a:B on everything except y.",
        ),
        Case(
            id="trust",
            before=[role_assumed_by("ec2")],
            after=[role_assumed_by("ec2", "lambda")],
            says="sts:AssumeRole for lambda",
        ),
        Case(
            id="attachment",
            after=[resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {"policyArn": "arn:aws:x"})],
            says="attaches arn:aws:x",
        ),
        Case(
            id="unknown",
            before=[role_policy("a:B")],
            after=[resource("aws:iam/rolePolicy:RolePolicy", "writes", {"policy": "[unknown]"})],
            says="known only after",
        ),
    ],
}

CALM: Cases = {
    "iam-actions-are-added": [
        Case(id="less", before=[role_policy("a:B", "c:D")], after=[role_policy("a:B")]),
        Case(id="denied", before=[role_policy("a:B")], after=[role_policy("c:D", Effect="Deny")]),
        Case(id="within-a-pattern", before=[role_policy("a:*")], after=[role_policy("a:B", where="x")]),
        Case(
            id="condition-comes",
            before=[role_policy("a:B")],
            after=[role_policy("a:B", Condition=source_arn("StringEquals", "x"))],
        ),
        Case(
            id="condition-tightened",
            before=[role_policy("a:B", Condition=source_arn("StringLike", "arn:*"))],
            after=[role_policy("a:B", Condition=source_arn("StringEquals", "arn:x"))],
        ),
        Case(id="denies-more", before=[policy_of(DENY_DELETE)], after=[policy_of({**DENY_DELETE, "Action": "s3:*"})]),
        Case(
            id="deny-with-its-role",
            before=[resource("aws:iam/role:Role", "writer"), policy_of(DENY_DELETE, dependencies=[ROLE_URN])],
        ),
        Case(id="key-policy-for-fewer", before=[key_policy("*")], after=[key_policy("arn:a")]),
        Case(id="order", before=[role_policy("a:B", "c:D")], after=[role_policy("c:D", "a:B")]),
    ],
}
