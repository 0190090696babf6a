"""EKS node groups: moto keeps them; whether their nodes would join is judged here."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from local.providers.aws import iam
from local.providers.aws.resource import Inputs, Outputs, Resource, given
from local.providers.aws.session import refuse

REGISTRY_POLICIES = {"AmazonEC2ContainerRegistryPullOnly", "AmazonEC2ContainerRegistryReadOnly"}
CNI_POLICY = "AmazonEKS_CNI_Policy"


class NodeGroup(Resource):
    """A managed node group."""

    type = "aws:eks/nodeGroup:NodeGroup"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the node group, if its nodes would join."""
        self._scaling("CreateNodegroup", inputs["scalingConfig"])
        cluster = self.aws.eks.describe_cluster(name=inputs["clusterName"])["cluster"]
        self._template(inputs)
        role = inputs["nodeRoleArn"]
        if "ec2.amazonaws.com" not in iam.trusted_services(self.aws, role):
            text = (
                "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships "
                f"of nodeRole {role}"
            )
            refuse("CreateNodegroup", "InvalidParameterException", text)
        reasons = list(self._why_nodes_stay_out(inputs, cluster))
        if reasons:
            text = f"Instances failed to join the kubernetes cluster: {'; '.join(reasons)}"
            refuse("CreateNodegroup", "NodeCreationFailure", text)
        group = self.aws.eks.create_nodegroup(
            clusterName=inputs["clusterName"],
            nodegroupName=inputs["nodeGroupName"],
            subnets=inputs["subnetIds"],
            nodeRole=role,
            scalingConfig=_scaling(inputs),
            **given(
                amiType=inputs.get("amiType"),
                instanceTypes=inputs.get("instanceTypes"),
                capacityType=inputs.get("capacityType"),
                labels=inputs.get("labels"),
                taints=inputs.get("taints"),
                launchTemplate=inputs.get("launchTemplate"),
                version=inputs.get("version"),
                tags=inputs.get("tags") or None,
            ),
        )["nodegroup"]
        # EKS lets the nodes of its own groups in.
        self.aws.kept.entries.setdefault(
            (inputs["clusterName"], role), {"principalArn": role, "type": "EC2_LINUX", "policies": {}}
        )
        return f"{inputs['clusterName']}:{inputs['nodeGroupName']}", {
            "arn": group["nodegroupArn"],
            "status": group["status"],
            "resources": [{"autoscalingGroups": group["resources"]["autoScalingGroups"]}],
        }

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update scaling, labels and taints; also version and launch template, which moto cannot change."""
        names = {"clusterName": news["clusterName"], "nodegroupName": news["nodeGroupName"]}
        self._scaling("UpdateNodegroupConfig", news["scalingConfig"])
        if {"scalingConfig", "labels", "taints"} & set(changed):
            self.aws.eks.update_nodegroup_config(
                **names,
                **given(
                    scalingConfig=_scaling(news) if "scalingConfig" in changed else None,
                    labels=_moved_labels(outputs, news) if "labels" in changed else None,
                    taints=_moved_taints(outputs, news) if "taints" in changed else None,
                ),
            )
        if {"version", "launchTemplate"} & set(changed):
            self._template(news)
            request = given(version=news.get("version"), launchTemplate=news.get("launchTemplate"))
            self.aws.validate("eks", "UpdateNodegroupVersion", names | request)
        return {}

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Check the request only: moto keeps tags of clusters, not of node groups."""
        if tags:
            self.aws.validate("eks", "TagResource", {"resourceArn": outputs["arn"], "tags": dict(tags)})

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the node group; nodes that may no longer manage interfaces leave theirs behind."""
        cluster, group = outputs["clusterName"], outputs["nodeGroupName"]
        if CNI_POLICY not in iam.managed_policies(self.aws, outputs["nodeRoleArn"]):
            self.aws.kept.abandoned |= dict.fromkeys(outputs["subnetIds"], f"{cluster}/{group}")
        self.aws.eks.delete_nodegroup(clusterName=cluster, nodegroupName=group)

    def _why_nodes_stay_out(self, inputs: Inputs, cluster: dict[str, Any]) -> Iterator[str]:
        """Yield why nodes cannot join: role, network plugin, route to the API server and the registries.

        Source: EKS user guide, "Instances fail to join".
        """
        policies = iam.managed_policies(self.aws, inputs["nodeRoleArn"])
        if "AmazonEKSWorkerNodePolicy" not in policies:
            yield "the node role has no AmazonEKSWorkerNodePolicy"
        if not policies & REGISTRY_POLICIES:
            yield "the node role may not pull from Amazon ECR"
        if CNI_POLICY not in policies:
            yield f"the node role has no {CNI_POLICY}, so that pods get no address"
        name = cluster["name"]
        if self.aws.kept.clusters[name].get("bootstrapSelfManagedAddons") is False:
            missing = [addon for addon in ("vpc-cni", "kube-proxy") if (name, addon) not in self.aws.kept.addons]
            yield from (f"the cluster has no {addon}" for addon in missing)
        for subnet in inputs["subnetIds"]:
            if not self._leads_out(subnet):
                yield f"{subnet} has no route to the internet"

    def _leads_out(self, subnet: str) -> bool:
        of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
        tables = self.aws.ec2.describe_route_tables(Filters=of_subnet)["RouteTables"]
        return any(route.get("DestinationCidrBlock") == "0.0.0.0/0" for table in tables for route in table["Routes"])

    def _template(self, inputs: Inputs) -> None:
        """Check that the launch template exists: moto accepts a missing one."""
        template = inputs.get("launchTemplate")
        if template:
            self.aws.ec2.describe_launch_template_versions(
                LaunchTemplateId=template["id"], Versions=[template["version"]]
            )

    def _scaling(self, operation: str, sizes: Mapping[str, int]) -> None:
        if not sizes["minSize"] <= sizes["desiredSize"] <= sizes["maxSize"]:
            order = f"minimum {sizes['minSize']}, desired {sizes['desiredSize']}, maximum {sizes['maxSize']}"
            text = f"Sizes are not in ascending order: {order}"
            refuse(operation, "InvalidParameterException", text)


def _scaling(inputs: Inputs) -> dict[str, int]:
    return {key: inputs["scalingConfig"][key] for key in ("minSize", "maxSize", "desiredSize")}


def _moved_labels(before: Outputs, now: Inputs) -> dict[str, Any]:
    gone = set(before.get("labels", {})) - set(now.get("labels", {}))
    return {"addOrUpdateLabels": now.get("labels", {}), "removeLabels": sorted(gone)}


def _moved_taints(before: Outputs, now: Inputs) -> dict[str, Any]:
    wanted = now.get("taints", [])
    return {
        "addOrUpdateTaints": wanted,
        "removeTaints": [each for each in before.get("taints", []) if each not in wanted],
    }


RESOURCES = (NodeGroup,)
