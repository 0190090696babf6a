"""KMS keys and log groups."""

from collections.abc import Collection, Mapping

from local.providers.aws.resource import Inputs, Outputs, Resource
from local.providers.aws.session import refuse

# The API reference, PutRetentionPolicy: days that can be chosen.
RETENTION_DAYS = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)


class Key(Resource):
    """A symmetric key."""

    type = "aws:kms/key:Key"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the key, then enable its rotation."""
        # The bridge's default, pulumi-aws provider/resources.go.
        key = self.aws.kms.create_key(
            Description=inputs.get("description", "Managed by Pulumi"), Tags=_kms(inputs.get("tags", {}))
        )["KeyMetadata"]
        if inputs.get("enableKeyRotation"):
            self.aws.kms.enable_key_rotation(KeyId=key["KeyId"])
        return key["KeyId"], {"arn": key["Arn"], "keyId": key["KeyId"]}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update description and rotation; only the provider knows the deletion window."""
        if "description" in changed:
            self.aws.kms.update_key_description(KeyId=id_, Description=news["description"])
        if "enableKeyRotation" in changed:
            rotate = (
                self.aws.kms.enable_key_rotation if news["enableKeyRotation"] else self.aws.kms.disable_key_rotation
            )
            rotate(KeyId=id_)
        return {}

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Change tags through KMS's own tag API."""
        if gone:
            self.aws.kms.untag_resource(KeyId=id_, TagKeys=sorted(gone))
        if tags:
            self.aws.kms.tag_resource(KeyId=id_, Tags=_kms(tags))

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Schedule the deletion: KMS never deletes a key at once."""
        days = outputs.get("deletionWindowInDays", 30)
        if not 7 <= days <= 30:
            text = f"Value '{days}' at 'pendingWindowInDays' failed to satisfy constraint: between 7 and 30"
            refuse("ScheduleKeyDeletion", "ValidationException", text)
        self.aws.kms.schedule_key_deletion(KeyId=id_, PendingWindowInDays=days)


class Alias(Resource):
    """A key's name."""

    type = "aws:kms/alias:Alias"
    tagged = False

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the alias; moto refuses a name in use and a missing key, AWS also its own prefix."""
        name = inputs["name"]
        if name.startswith("alias/aws/"):
            refuse("CreateAlias", "NotAuthorizedException", "Aliases that begin with alias/aws/ are reserved")
        self.aws.kms.create_alias(AliasName=name, TargetKeyId=inputs["targetKeyId"])
        key = self.aws.kms.describe_key(KeyId=inputs["targetKeyId"])["KeyMetadata"]
        return name, {"arn": self.aws.arn("kms", name), "targetKeyArn": key["Arn"]}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Point the alias to another key."""
        self.aws.kms.update_alias(AliasName=id_, TargetKeyId=news["targetKeyId"])
        return {"targetKeyArn": self.aws.kms.describe_key(KeyId=news["targetKeyId"])["KeyMetadata"]["Arn"]}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the alias."""
        self.aws.kms.delete_alias(AliasName=id_)


class LogGroup(Resource):
    """A log group."""

    type = "aws:cloudwatch/logGroup:LogGroup"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the log group, then set its retention."""
        name = inputs["name"]
        self._check_retention(inputs)
        tags = {"tags": inputs["tags"]} if inputs.get("tags") else {}
        self.aws.logs.create_log_group(logGroupName=name, **tags)
        if inputs.get("retentionInDays"):
            self.aws.logs.put_retention_policy(logGroupName=name, retentionInDays=inputs["retentionInDays"])
        return name, {"arn": self.aws.arn("logs", f"log-group:{name}")}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update the retention."""
        self._check_retention(news)
        if news.get("retentionInDays"):
            self.aws.logs.put_retention_policy(logGroupName=id_, retentionInDays=news["retentionInDays"])
        else:
            self.aws.logs.delete_retention_policy(logGroupName=id_)
        return {}

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Change tags through the log service's own tag API."""
        if gone:
            self.aws.logs.untag_resource(resourceArn=outputs["arn"], tagKeys=sorted(gone))
        if tags:
            self.aws.logs.tag_resource(resourceArn=outputs["arn"], tags=dict(tags))

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the log group with all its logs."""
        self.aws.logs.delete_log_group(logGroupName=id_)

    def _check_retention(self, inputs: Inputs) -> None:
        days = inputs.get("retentionInDays")
        if days and days not in RETENTION_DAYS:
            text = f"Invalid retention period: {days}; one of {sorted(RETENTION_DAYS)}"
            refuse("PutRetentionPolicy", "InvalidParameterException", text)


def _kms(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in sorted(tags.items())]


RESOURCES = (Key, Alias, LogGroup)
