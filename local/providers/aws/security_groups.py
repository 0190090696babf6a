"""Security groups and their rules."""

import re
from collections.abc import Collection
from typing import Any, ClassVar

from local.providers.aws import in_use
from local.providers.aws.resource import Ec2Resource, Inputs, Outputs, given, specifications
from local.providers.aws.session import refuse

# The API reference, IpRange and CreateSecurityGroup: what a description may hold.
DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


class SecurityGroup(Ec2Resource):
    """A security group without rules in the program: the provider takes AWS's allow-all egress away."""

    type = "aws:ec2/securityGroup:SecurityGroup"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the group, and revoke its default egress.

        Source: terraform-provider-aws vpc_security_group.go, create.
        """
        # The bridge's default, pulumi-aws provider/resources.go.
        description = inputs.get("description", "Managed by Pulumi")
        _check_description("CreateSecurityGroup", description)
        id_ = self.aws.ec2.create_security_group(
            GroupName=inputs["name"],
            Description=description,
            VpcId=inputs["vpcId"],
            TagSpecifications=specifications("security-group", inputs),
        )["GroupId"]
        _close(self.aws.ec2, id_)
        return id_, {"arn": self.aws.arn("ec2", f"security-group/{id_}"), "ownerId": self.aws.account}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the group when no interface carries it and no other group's rule names it."""
        in_use.security_group(self.aws, id_)
        self.aws.ec2.delete_security_group(GroupId=id_)


class DefaultSecurityGroup(Ec2Resource):
    """The group AWS makes with a VPC, emptied; deleting the resource leaves the group as it is."""

    type = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Adopt the default group and revoke its rules."""
        if inputs.get("ingress") or inputs.get("egress"):
            raise NotImplementedError("rules in the default security group are not implemented")
        default = [{"Name": "vpc-id", "Values": [inputs["vpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
        group = self.aws.ec2.describe_security_groups(Filters=default)["SecurityGroups"][0]
        _close(self.aws.ec2, group["GroupId"])
        self.retag(group["GroupId"], {}, inputs.get("tags", {}), ())
        return group["GroupId"], {
            "arn": self.aws.arn("ec2", f"security-group/{group['GroupId']}"),
            "name": group["GroupName"],
            "description": group["Description"],
            "ownerId": self.aws.account,
        }

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Do nothing: AWS deletes the group with the VPC."""


class Rule(Ec2Resource):
    """One rule of a group."""

    direction: ClassVar[str]

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Authorize the rule; moto refuses missing groups, but takes a rule twice and any description."""
        _check_description(f"AuthorizeSecurityGroup{self.direction.title()}", inputs.get("description", ""))
        self._refuse_twice(inputs)
        authorize = getattr(self.aws.ec2, f"authorize_security_group_{self.direction}")
        made = authorize(
            GroupId=inputs["securityGroupId"],
            IpPermissions=[_permission(inputs)],
            TagSpecifications=specifications("security-group-rule", inputs),
        )["SecurityGroupRules"][0]
        id_ = made["SecurityGroupRuleId"]
        return id_, {"securityGroupRuleId": id_, "arn": self.aws.arn("ec2", f"security-group-rule/{id_}")}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update anything but the group."""
        rule = given(
            IpProtocol=news["ipProtocol"],
            FromPort=news.get("fromPort"),
            ToPort=news.get("toPort"),
            CidrIpv4=news.get("cidrIpv4"),
            ReferencedGroupId=news.get("referencedSecurityGroupId"),
            Description=news.get("description"),
        )
        self.aws.ec2.modify_security_group_rules(
            GroupId=news["securityGroupId"],
            SecurityGroupRules=[{"SecurityGroupRuleId": id_, "SecurityGroupRule": rule}],
        )
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Revoke the rule."""
        revoke = getattr(self.aws.ec2, f"revoke_security_group_{self.direction}")
        revoke(GroupId=outputs["securityGroupId"], SecurityGroupRuleIds=[id_])

    def _refuse_twice(self, inputs: Inputs) -> None:
        of_group = [{"Name": "group-id", "Values": [inputs["securityGroupId"]]}]
        for rule in self.aws.ec2.describe_security_group_rules(Filters=of_group)["SecurityGroupRules"]:
            if rule["IsEgress"] == (self.direction == "egress") and _identity(rule) == _wanted(inputs):
                peer = inputs.get("cidrIpv4") or inputs.get("referencedSecurityGroupId")
                ports = f"from port: {inputs.get('fromPort')}, to port: {inputs.get('toPort')}"
                rule_text = f"peer: {peer}, {inputs['ipProtocol'].upper()}, {ports}, ALLOW"
                text = f'the specified rule "{rule_text}" already exists'
                refuse(f"AuthorizeSecurityGroup{self.direction.title()}", "InvalidPermission.Duplicate", text)


class IngressRule(Rule):
    """Who may come in."""

    type = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    direction = "ingress"


class EgressRule(Rule):
    """Where to go."""

    type = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    direction = "egress"


def _permission(inputs: Inputs) -> dict[str, Any]:
    said = given(Description=inputs.get("description"))
    peer = (
        {"UserIdGroupPairs": [{"GroupId": inputs["referencedSecurityGroupId"], **said}]}
        if inputs.get("referencedSecurityGroupId")
        else {"IpRanges": [{"CidrIp": inputs["cidrIpv4"], **said}]}
    )
    ports = given(FromPort=inputs.get("fromPort"), ToPort=inputs.get("toPort"))
    return {"IpProtocol": inputs["ipProtocol"], **ports, **peer}


def _identity(rule: dict[str, Any]) -> tuple[Any, ...]:
    peer = rule.get("CidrIpv4") or rule.get("ReferencedGroupInfo", {}).get("GroupId")
    return rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"), peer


def _wanted(inputs: Inputs) -> tuple[Any, ...]:
    peer = inputs.get("cidrIpv4") or inputs.get("referencedSecurityGroupId")
    return inputs["ipProtocol"], inputs.get("fromPort"), inputs.get("toPort"), peer


def _close(ec2: Any, group_id: str) -> None:
    """Revoke every rule of a group."""
    group = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group_id, IpPermissions=group["IpPermissionsEgress"])


def _check_description(operation: str, description: str) -> None:
    if not DESCRIPTION.fullmatch(description):
        text = (
            f"Invalid description '{description}'. Valid descriptions are strings less than 256 characters from the "
            "following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
        )
        refuse(operation, "InvalidParameterValue", text)


RESOURCES = (SecurityGroup, DefaultSecurityGroup, IngressRule, EgressRule)
