"""Launch templates."""

from collections.abc import Collection
from typing import Any

from local.providers.aws.resource import Ec2Resource, Inputs, Outputs, given, pairs, specifications


class LaunchTemplate(Ec2Resource):
    """A launch template; every change of its data is a version."""

    type = "aws:ec2/launchTemplate:LaunchTemplate"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the template with its first version."""
        made = self.aws.ec2.create_launch_template(
            LaunchTemplateName=inputs["name"],
            LaunchTemplateData=_data(inputs),
            TagSpecifications=specifications("launch-template", inputs),
        )["LaunchTemplate"]
        id_ = made["LaunchTemplateId"]
        return id_, {
            "arn": self.aws.arn("ec2", f"launch-template/{id_}"),
            "latestVersion": made["LatestVersionNumber"],
            "defaultVersion": made["DefaultVersionNumber"],
        }

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Add a version; the default stays, as the provider leaves it without ``updateDefaultVersion``."""
        made = self.aws.ec2.create_launch_template_version(LaunchTemplateId=id_, LaunchTemplateData=_data(news))
        return {"latestVersion": made["LaunchTemplateVersion"]["VersionNumber"]}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the template with all versions."""
        self.aws.ec2.delete_launch_template(LaunchTemplateId=id_)


def _data(inputs: Inputs) -> dict[str, Any]:
    metadata = inputs.get("metadataOptions") or {}
    return given(
        MetadataOptions=given(
            HttpEndpoint=metadata.get("httpEndpoint"),
            HttpTokens=metadata.get("httpTokens"),
            HttpPutResponseHopLimit=metadata.get("httpPutResponseHopLimit"),
        )
        or None,
        BlockDeviceMappings=[_device(each) for each in inputs.get("blockDeviceMappings", [])] or None,
        TagSpecifications=[
            {"ResourceType": each["resourceType"], "Tags": pairs(each["tags"])}
            for each in inputs.get("tagSpecifications", [])
        ]
        or None,
        ImageId=inputs.get("imageId"),
        UserData=inputs.get("userData"),
    )


def _device(mapping: dict[str, Any]) -> dict[str, Any]:
    ebs = mapping.get("ebs", {})
    return {
        "DeviceName": mapping["deviceName"],
        "Ebs": given(
            VolumeType=ebs.get("volumeType"),
            VolumeSize=ebs.get("volumeSize"),
            Encrypted=_flag(ebs.get("encrypted")),
            DeleteOnTermination=_flag(ebs.get("deleteOnTermination")),
        ),
    }


def _flag(text: str | bool | None) -> bool | None:
    """Return a flag as a boolean: the provider takes these flags as text."""
    return text if text is None or isinstance(text, bool) else text == "true"


RESOURCES = (LaunchTemplate,)
