"""What the resources of Elastic Load Balancing have in common: tags, attributes, names."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from local.providers.aws.resource import Outputs, Resource, pairs
from local.providers.aws.session import refuse

NAME = re.compile(r"(?!internal-)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?")


class ElbResource(Resource):
    """A resource whose tags Elastic Load Balancing keeps under its ARN, which is its id."""

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Change tags through the tag API of Elastic Load Balancing."""
        if gone:
            self.aws.elb.remove_tags(ResourceArns=[id_], TagKeys=sorted(gone))
        if tags:
            self.aws.elb.add_tags(ResourceArns=[id_], Tags=pairs(tags))


def attributes(wanted: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return attributes as AWS takes them: all values are text, flags included."""
    return [{"Key": key, "Value": str(value).lower()} for key, value in wanted.items()]


def check_name(operation: str, what: str, name: str) -> None:
    """Refuse a name that AWS refuses."""
    if len(name) > 32:
        refuse(operation, "ValidationError", f"The {what} name '{name}' cannot be longer than '32' characters")
    if not NAME.fullmatch(name):
        text = (
            f"The {what} name '{name}' can only contain letters, digits and hyphens, must not begin or end with a "
            "hyphen or begin with 'internal-'"
        )
        refuse(operation, "ValidationError", text)
