"""Parameters of Systems Manager."""

from collections.abc import Collection, Mapping

from local.providers.aws.resource import Inputs, Outputs, Resource, given, pairs
from local.providers.aws.session import refuse

# Bytes of a value by tier (AWS Systems Manager, "Managing parameter tiers"); moto takes every length.
BYTES = {"Standard": 4096, "Advanced": 8192}
INTELLIGENT = "Intelligent-Tiering"


class Parameter(Resource):
    """A text under a path, in plain sight."""

    type = "aws:ssm/parameter:Parameter"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Put the parameter; moto refuses a name in use and one that AWS reserves."""
        return inputs["name"], self._put(inputs, "Standard", Tags=pairs(inputs.get("tags")))

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Put another version of the parameter; the tier never goes back."""
        return self._put(news, self._tier_of(id_), Overwrite=True)

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Change tags through Systems Manager's own tag API."""
        place = {"ResourceType": "Parameter", "ResourceId": id_}
        if gone:
            self.aws.ssm.remove_tags_from_resource(**place, TagKeys=sorted(gone))
        if tags:
            self.aws.ssm.add_tags_to_resource(**place, Tags=pairs(tags))

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the parameter with all its versions."""
        self.aws.ssm.delete_parameter(Name=id_)

    def _tier_of(self, name: str) -> str:
        found = self.aws.ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])
        return str(found["Parameters"][0]["Tier"])

    def _put(self, inputs: Inputs, before: str, **how: object) -> Outputs:
        value = inputs["insecureValue"]
        tier = _tier(value, inputs.get("tier", "Standard"), before)
        request = {"Name": inputs["name"], "Type": inputs["type"], "Value": value, "Tier": tier}
        put = self.aws.ssm.put_parameter(**request, **given(Description=inputs.get("description")), **how)
        arn = self.aws.arn("ssm", f"parameter/{inputs['name'].removeprefix('/')}")
        return {"arn": arn, "version": put["Version"], "tier": tier, "dataType": "text"}


def _tier(value: str, wanted: str, before: str) -> str:
    if "{{" in value:
        text = "Parameter value can't nest another parameter. Do not use {{}} in the value of a parameter."
        refuse("PutParameter", "ValidationException", text)
    size = len(value.encode())
    tier = wanted
    if wanted == INTELLIGENT:
        tier = "Advanced" if size > BYTES["Standard"] else before
    if size > BYTES[tier]:
        text = f"{tier} tier parameters support a maximum parameter value of {BYTES[tier]} characters."
        refuse("PutParameter", "ValidationException", text)
    return tier


RESOURCES = (Parameter,)
