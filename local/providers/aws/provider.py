"""The aws provider: every resource is carried out through boto3, on moto in this process.

Checked by botocore: parameters, types, and the limits of AWS's service model. Checked by moto: what it refuses as AWS
does. Checked in this folder: what moto takes and AWS does not, as far as this stack can run into it.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, TypeVar

from local.providers.aws.resource import Resource
from local.providers.aws.resource_types import TYPES
from local.providers.aws.session import REFUSALS, Session
from local.providers.protocol.base import Deed, Failure, Inputs, Outputs, StandIn
from local.providers.protocol.failures import RefusedError
from local.providers.protocol.naming import AutoName
from ops.diff.tables.difference import DEFAULTS
from ops.diff.tables.replacement import Rule
from ops.diff.tables.replacement_aws import RULES
from ops.diff.tables.unknown import UNKNOWN

Result = TypeVar("Result")

# Lengths as in pulumi-aws provider/resources.go: 255 unless AWS allows less.
NAMES: dict[str, AutoName] = {
    "aws:cloudwatch/logGroup:LogGroup": AutoName(longest=255),
    "aws:ec2/launchTemplate:LaunchTemplate": AutoName(longest=255),
    "aws:ec2/securityGroup:SecurityGroup": AutoName(longest=255),
    "aws:eks/cluster:Cluster": AutoName(longest=255),
    "aws:eks/nodeGroup:NodeGroup": AutoName(property="nodeGroupName", longest=63),
    "aws:iam/role:Role": AutoName(longest=64),
    "aws:iam/rolePolicy:RolePolicy": AutoName(longest=255),
    "aws:kms/alias:Alias": AutoName(longest=255),
    "aws:lb/loadBalancer:LoadBalancer": AutoName(longest=32),
    "aws:lb/targetGroup:TargetGroup": AutoName(longest=32),
}
RANDOM_ENDING = 8


class Aws(StandIn):
    """One account and region, for as long as its cloud runs."""

    package = "aws"
    rules: ClassVar[Mapping[str, Rule]] = RULES
    naming: ClassVar[Mapping[str, AutoName]] = NAMES

    def __init__(self, session: Session, *, deeds: list[Deed] | None = None) -> None:
        super().__init__(deeds=deeds)
        self.session = session
        self._resources = {token: make(session) for token, make in TYPES.items()}

    def configure(self, config: Inputs) -> None:
        """Refuse an account that is not allowed, and a region that this cloud is not in."""
        allowed = _plain(config.get("allowedAccountIds", []))
        if allowed and self.session.account not in allowed:
            raise RefusedError(f"AWS account ID not allowed: {self.session.account}")
        region = config.get("region", self.session.region)
        if region != self.session.region:
            raise RefusedError(f"the stand-in's cloud is in {self.session.region}, the provider asks for {region}")

    def check(self, type_: str, inputs: Inputs) -> tuple[Inputs, list[Failure]]:
        """Add the provider's default tags (pulumi-aws provider/tags.go), and check that names are short enough."""
        failures = []
        rule = NAMES.get(type_)
        if rule and rule.property in inputs.get(DEFAULTS, ()):
            name = self.request.name
            if len(name) + RANDOM_ENDING > rule.longest:
                reason = (
                    f"name '{name}' plus {RANDOM_ENDING - 1} random chars is longer than maximum length {rule.longest}"
                )
                failures.append(Failure(property=rule.property, reason=reason))
        return self._tagged(type_, inputs), failures

    def plan(self, type_: str, inputs: Inputs) -> Outputs:
        """Return the blocks that AWS adds to, with the additions unknown before the creation."""
        if type_ == "aws:eks/cluster:Cluster":
            added = {"clusterSecurityGroupId": UNKNOWN, "vpcId": UNKNOWN}
            return {"vpcConfig": UNKNOWN if inputs["vpcConfig"] is UNKNOWN else inputs["vpcConfig"] | added}
        return {}

    def plan_update(self, type_: str, olds: Inputs, news: Inputs, outputs: Outputs) -> Outputs:
        """Return what an update changes: blocks that AWS adds to, and the number of a new version."""
        if type_ == "aws:eks/cluster:Cluster" and isinstance(news.get("vpcConfig"), dict):
            return {"vpcConfig": outputs["vpcConfig"] | news["vpcConfig"]}
        if type_ == "aws:ec2/launchTemplate:LaunchTemplate" and _changed(olds, news) - {"tags"}:
            return {"latestVersion": UNKNOWN}
        if type_ == "aws:ssm/parameter:Parameter" and _changed(olds, news) - {"tags"}:
            return {"version": UNKNOWN}
        return {}

    def create(self, type_: str, name: str, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the resource through the API of AWS."""
        id_, outputs = self._carried_out(lambda: self._resource(type_).create(inputs))
        return id_, outputs | self._all_tags(type_, inputs)

    def update(self, type_: str, id_: str, olds: Inputs, news: Inputs, outputs: Outputs) -> Outputs:
        """Update the resource through the API of AWS: tags first, then the rest."""
        resource = self._resource(type_)
        changed = _changed(olds, news)
        kept = {key: value for key, value in outputs.items() if key not in olds}

        def act() -> Outputs:
            if "tags" in changed:
                self._retag(resource, id_, outputs, news)
            rest = changed - {"tags"}
            return resource.update(id_, rest, news, outputs) if rest else _blocks(type_, outputs)

        return kept | self._carried_out(act) | self._all_tags(type_, news)

    def delete(self, type_: str, id_: str, outputs: Outputs) -> None:
        """Delete the resource through the API of AWS."""
        self._carried_out(lambda: self._resource(type_).delete(id_, outputs))

    def invoke(self, token: str, args: Inputs) -> Outputs:
        """Answer the lookups that the program and pulumi-eks use."""
        match token:
            case "aws:ec2/getVpc:getVpc":
                found = self._carried_out(lambda: self.session.ec2.describe_vpcs(VpcIds=[args["id"]]))["Vpcs"][0]
                return {"id": found["VpcId"], "cidrBlock": found["CidrBlock"], "default": found["IsDefault"]}
            case "aws:ssm/getParameter:getParameter":
                return self._parameter(args["name"])
            case "aws:index/getCallerIdentity:getCallerIdentity":
                return {"accountId": self.session.account, "arn": self.session.caller_arn, "id": self.session.account}
            case "aws:index/getPartition:getPartition":
                return {"partition": "aws", "dnsSuffix": "amazonaws.com", "id": "aws"}
            case "aws:index/getRegion:getRegion":
                return {"name": self.session.region, "region": self.session.region, "id": self.session.region}
        raise RefusedError(f"the function {token} is not implemented")

    def _parameter(self, name: str) -> Outputs:
        """Return a parameter as pulumi-aws does: ``value`` is secret, ``insecureValue`` is the same in plain."""
        found = self._carried_out(lambda: self.session.ssm.get_parameter(Name=name))["Parameter"]
        kept = {"name": name, "arn": found["ARN"], "type": found["Type"], "version": found["Version"], "id": name}
        return {**kept, "value": found["Value"], "insecureValue": found["Value"]}

    def _resource(self, type_: str) -> Resource:
        if type_ not in self._resources:
            raise RefusedError(f"{type_} is not implemented by the stand-in")
        return self._resources[type_]

    def _carried_out(self, act: Callable[[], Result]) -> Result:
        """Carry out one call at a time, and report AWS's refusals as the user would see them."""
        try:
            with self.session.lock:
                return act()
        except REFUSALS as refusal:
            raise RefusedError(str(refusal)) from refusal

    def _tagged(self, type_: str, inputs: Inputs) -> Inputs:
        defaults = _plain(self.request.config.get("defaultTags", {})).get("tags", {})
        own = inputs.get("tags", {})
        if type_ not in TYPES or not TYPES[type_].tagged or not defaults or own is UNKNOWN:
            return inputs
        return inputs | {"tags": defaults | own}

    def _all_tags(self, type_: str, inputs: Inputs) -> Outputs:
        return {"tagsAll": inputs.get("tags", {})} if TYPES[type_].tagged else {}

    def _retag(self, resource: Resource, id_: str, outputs: Outputs, news: Inputs) -> None:
        before: Mapping[str, str] = outputs.get("tags", {})
        now: Mapping[str, str] = news.get("tags", {})
        gone: Collection[str] = before.keys() - now.keys()
        resource.retag(id_, outputs, now, gone)


def _blocks(type_: str, outputs: Outputs) -> Outputs:
    """Return the inputs' blocks that AWS adds to: without them an update of tags would lose the additions."""
    return {"vpcConfig": outputs["vpcConfig"]} if type_ == "aws:eks/cluster:Cluster" else {}


def _changed(olds: Inputs, news: Inputs) -> set[str]:
    return {key for key in olds.keys() | news.keys() if olds.get(key) != news.get(key)} - {DEFAULTS}


def _plain(value: Any) -> Any:
    """Return provider inputs as values: those that are no text arrive as JSON."""
    return json.loads(value) if isinstance(value, str) else value
