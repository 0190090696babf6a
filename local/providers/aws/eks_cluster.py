"""EKS clusters: moto keeps the cluster; what it forgets and what EKS makes beside it are added here."""

from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from local.providers.aws import iam
from local.providers.aws.resource import Inputs, Outputs, Resource, given, pairs
from local.providers.aws.session import REFUSALS, refuse

# What moto ignores of CreateCluster.
FORGOTTEN = ("accessConfig", "bootstrapSelfManagedAddons", "deletionProtection", "upgradePolicy")


class Cluster(Resource):
    """A cluster."""

    type = "aws:eks/cluster:Cluster"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the cluster, the security group and the log group that EKS makes, and the creator's access."""
        self._refuse_what_moto_takes(inputs)
        name, network = inputs["name"], inputs["vpcConfig"]
        vpc_id = self._subnets(network["subnetIds"])[0]["VpcId"]
        group_id = self._security_group(name, vpc_id, inputs.get("tags", {}))
        request = self._request(inputs)
        request["resourcesVpcConfig"]["subnetIds"] = network["subnetIds"]
        # Its own answer to the request, which moto would leave out.
        answer = {"clusterSecurityGroupId": group_id, "vpcId": vpc_id}
        self.aws.eks.create_cluster(**request)
        self._moto(name).resources_vpc_config.update(answer)
        self.aws.kept.clusters[name] = {key: inputs.get(key) for key in FORGOTTEN}
        self._let_creator_in(name, inputs.get("accessConfig") or {})
        self._write_log(name, inputs)
        return name, self._outputs(name, inputs)

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update version, endpoint, log, protection and upgrade policy."""
        request = self._request(news)
        if "version" in changed:
            self.aws.validate("eks", "UpdateClusterVersion", {"name": id_, "version": news["version"]})
            self._one_minor_up(outputs["version"], news["version"])
            self._moto(id_).version = news["version"]
        if "vpcConfig" in changed:
            endpoint = {key: value for key, value in request["resourcesVpcConfig"].items() if key != "subnetIds"}
            before = dict(self._moto(id_).resources_vpc_config)
            self.aws.eks.update_cluster_config(name=id_, resourcesVpcConfig=endpoint)
            # Moto takes the request for the whole.
            self._moto(id_).resources_vpc_config = before | endpoint
        if "enabledClusterLogTypes" in changed:
            self.aws.eks.update_cluster_config(name=id_, logging=request.get("logging", {"clusterLogging": []}))
        if set(FORGOTTEN) & set(changed):
            known = given(deletionProtection=news.get("deletionProtection"), upgradePolicy=news.get("upgradePolicy"))
            self.aws.validate("eks", "UpdateClusterConfig", {"name": id_, **known})
            self.aws.kept.clusters[id_] |= known
        return self._outputs(id_, news)

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Change tags through EKS's own tag API."""
        if gone:
            self.aws.eks.untag_resource(resourceArn=outputs["arn"], tagKeys=sorted(gone))
        if tags:
            self.aws.eks.tag_resource(resourceArn=outputs["arn"], tags=dict(tags))

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the cluster and all that EKS made, unless protected; moto refuses while it has node groups."""
        if self.aws.kept.clusters[id_].get("deletionProtection"):
            text = f"The cluster {id_} has deletion protection enabled, and cannot be deleted until it is disabled"
            refuse("DeleteCluster", "InvalidRequestException", text)
        self.aws.eks.delete_cluster(name=id_)
        self.aws.kept.forget(id_)
        try:
            self.aws.ec2.delete_security_group(GroupId=outputs["vpcConfig"]["clusterSecurityGroupId"])
        except REFUSALS:
            # EKS leaves a group that others still name, and says nothing.
            return

    def _refuse_what_moto_takes(self, inputs: Inputs) -> None:
        self._trusted(inputs["roleArn"])
        if len({subnet["AvailabilityZone"] for subnet in self._subnets(inputs["vpcConfig"]["subnetIds"])}) < 2:
            _invalid("Subnets specified must be in at least two different AZs")
        network = inputs["vpcConfig"]
        if not network.get("endpointPublicAccess", True) and not network.get("endpointPrivateAccess", False):
            _invalid("Private and public endpoint access cannot be false")
        key = ((inputs.get("encryptionConfig") or {}).get("provider") or {}).get("keyArn")
        if key and self.aws.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "Enabled":
            _invalid(f"The key {key} is not in the state Enabled")

    def _trusted(self, role_arn: str) -> None:
        if "eks.amazonaws.com" not in iam.trusted_services(self.aws, role_arn):
            _invalid(
                "Following required service principals [eks.amazonaws.com] were not found in the trust relationships "
                f"of clusterRole {role_arn}"
            )
        if "AmazonEKSClusterPolicy" not in iam.managed_policies(self.aws, role_arn):
            _invalid(
                "The provided role doesn't have the Amazon EKS Managed Policies associated with it. Please ensure the "
                f"following policy [arn:aws:iam::aws:policy/AmazonEKSClusterPolicy] is attached to {role_arn}"
            )

    def _request(self, inputs: Inputs) -> dict[str, Any]:
        network = inputs["vpcConfig"]
        access, encryption = inputs.get("accessConfig"), inputs.get("encryptionConfig")
        logs = inputs.get("enabledClusterLogTypes")
        return given(
            name=inputs["name"],
            version=inputs.get("version"),
            roleArn=inputs["roleArn"],
            resourcesVpcConfig=given(
                subnetIds=network["subnetIds"],
                endpointPrivateAccess=network.get("endpointPrivateAccess"),
                endpointPublicAccess=network.get("endpointPublicAccess"),
                publicAccessCidrs=network.get("publicAccessCidrs"),
            ),
            logging={"clusterLogging": [{"types": logs, "enabled": True}]} if logs else None,
            encryptionConfig=[encryption] if encryption else None,
            accessConfig=access,
            bootstrapSelfManagedAddons=inputs.get("bootstrapSelfManagedAddons"),
            upgradePolicy=inputs.get("upgradePolicy"),
            deletionProtection=inputs.get("deletionProtection"),
            tags=inputs.get("tags") or None,
        )

    def _security_group(self, name: str, vpc_id: str, tags: Mapping[str, str]) -> str:
        """Create the group that EKS makes: itself in, everything out (EKS user guide, security group requirements)."""
        group_id: str = self.aws.ec2.create_security_group(
            GroupName=f"eks-cluster-sg-{name}",
            Description="EKS created security group applied to ENI that is attached to EKS Control Plane master nodes",
            VpcId=vpc_id,
            TagSpecifications=[
                {
                    "ResourceType": "security-group",
                    "Tags": pairs({**tags, "aws:eks:cluster-name": name, f"kubernetes.io/cluster/{name}": "owned"}),
                }
            ],
        )["GroupId"]
        self.aws.ec2.authorize_security_group_ingress(
            GroupId=group_id, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group_id}]}]
        )
        return group_id

    def _let_creator_in(self, name: str, access: Mapping[str, Any]) -> None:
        if access.get("bootstrapClusterCreatorAdminPermissions", True):
            creator = self.aws.caller_arn
            self.aws.kept.entries[name, creator] = {"principalArn": creator, "type": "STANDARD", "policies": {}}

    def _write_log(self, name: str, inputs: Inputs) -> None:
        """Create the log group when it is missing, as EKS does, also after a deletion."""
        group = f"/aws/eks/{name}/cluster"
        there = self.aws.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if inputs.get("enabledClusterLogTypes") and not there:
            self.aws.logs.create_log_group(logGroupName=group)

    def _outputs(self, name: str, inputs: Inputs) -> Outputs:
        cluster = self.aws.eks.describe_cluster(name=name)["cluster"]
        network = cluster["resourcesVpcConfig"]
        made = {key: network[key] for key in ("clusterSecurityGroupId", "vpcId")}
        return {
            "arn": cluster["arn"],
            "endpoint": cluster["endpoint"].rstrip("/"),
            "certificateAuthority": {"data": cluster["certificateAuthority"]["data"]},
            "identities": [{"oidcs": [{"issuer": cluster["identity"]["oidc"]["issuer"]}]}],
            "vpcConfig": inputs["vpcConfig"] | made,
            "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
            "platformVersion": cluster["platformVersion"],
            "status": cluster["status"],
            "createdAt": cluster["createdAt"].isoformat(),
        }

    def _one_minor_up(self, before: str, now: str) -> None:
        if int(now.split(".")[1]) - int(before.split(".")[1]) != 1:
            refuse(
                "UpdateClusterVersion",
                "InvalidParameterException",
                f"Unsupported Kubernetes minor version update from {before} to {now}",
            )

    def _subnets(self, ids: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.aws.ec2.describe_subnets(SubnetIds=ids)["Subnets"]
        return found

    def _moto(self, name: str) -> Any:
        """Return moto's own record, for what moto's API cannot set."""
        from moto.eks.models import eks_backends

        return eks_backends[self.aws.account][self.aws.region].clusters[name]


def _invalid(text: str) -> NoReturn:
    refuse("CreateCluster", "InvalidParameterException", text)


RESOURCES = (Cluster,)
