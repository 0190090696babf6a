"""What every AWS resource of the stand-in has in common."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from local.providers.aws.session import Session

Inputs = dict[str, Any]
Outputs = dict[str, Any]


class Resource:
    """One Pulumi type, in boto3 calls.

    type: its token. tagged: whether it has ``tags``.
    """

    type: ClassVar[str]
    tagged: ClassVar[bool] = True

    def __init__(self, aws: Session) -> None:
        self.aws = aws

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the resource; return its id, and the outputs beside the inputs."""
        raise NotImplementedError(self.type)

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Change the inputs named in ``changed``, tags excepted; return the outputs that change with them."""
        raise NotImplementedError(f"{self.type}: an update of {', '.join(sorted(changed))} is not implemented")

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Set ``tags`` and remove the keys in ``gone``."""
        raise NotImplementedError(f"{self.type}: an update of tags is not implemented")

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Remove the resource."""
        raise NotImplementedError(self.type)


class Ec2Resource(Resource):
    """A resource whose tags EC2 keeps under its id."""

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Change tags through the tag API of EC2."""
        if gone:
            self.aws.ec2.delete_tags(Resources=[id_], Tags=[{"Key": key} for key in sorted(gone)])
        if tags:
            self.aws.ec2.create_tags(Resources=[id_], Tags=pairs(tags))


def pairs(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Return tags in the format of most services."""
    return [{"Key": key, "Value": value} for key, value in sorted((tags or {}).items())]


def specifications(kind: str, inputs: Inputs) -> list[dict[str, Any]]:
    """Return tags in EC2's format for a creation; ``kind`` is EC2's word for the resource."""
    tags = pairs(inputs.get("tags"))
    return [{"ResourceType": kind, "Tags": tags}] if tags else []


def given(**params: Any) -> dict[str, Any]:
    """Return the parameters that are set: botocore takes no None."""
    return {key: value for key, value in params.items() if value is not None}
