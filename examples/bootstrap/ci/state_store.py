"""The bucket of the states, and a key for the secrets of each stack."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from . import documents, names, state
from .settings import Settings


@dataclass(frozen=True, kw_only=True)
class StateStoreArgs:
    """roles: exist before the keys, whose policies name them; KMS refuses principals that are not there."""

    settings: Settings
    roles: list[aws.iam.Role]


class StateStore(pulumi.ComponentResource):
    """One bucket, versioned and closed, and one key a stack; asks ci.state. Protected: without it every state is lost.

    Has no outputs: its names are fixed, ci.names.
    """

    def __init__(self, name: str, args: StateStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        settings = args.settings
        inputs = {"bucket": names.bucket(settings), "stacks": list(settings.environments)}
        super().__init__("istio-eks-bootstrap:state:StateStore", name, inputs, opts)

        self._bucket(name, settings)
        for stack in settings.environments:
            self._key(f"{name}-{stack}", stack, args)
        self.register_outputs({})

    def _bucket(self, name: str, settings: Settings) -> None:
        child = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(
            name, bucket=names.bucket(settings), opts=pulumi.ResourceOptions(parent=self, protect=True)
        )
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        aws.s3.BucketPolicy(name, bucket=bucket.id, policy=documents.text(state.bucket_policy(settings)), opts=child)
        # S3's own key: what is secret in a state is encrypted by the stack's key before it comes here.
        encryption = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256"
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.id,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=encryption
                )
            ],
            opts=child,
        )
        versioning = aws.s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=child,
        )
        self._lifecycle(name, bucket, versioning)

    def _lifecycle(self, name: str, bucket: aws.s3.Bucket, versioning: aws.s3.BucketVersioning) -> None:
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.id,
            rules=[
                aws.s3.BucketLifecycleConfigurationRuleArgs(
                    id="old-versions",
                    status="Enabled",
                    filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=state.KEPT_DAYS
                    ),
                    abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=state.UNFINISHED_DAYS
                    ),
                )
            ],
            # Before versions exist there are no old ones to speak of.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )

    def _key(self, name: str, stack: str, args: StateStoreArgs) -> None:
        key = aws.kms.Key(
            name,
            description=f"Secrets in the state of {names.environment(stack)}",
            policy=documents.text(state.key_policy(args.settings, stack)),
            enable_key_rotation=True,
            deletion_window_in_days=state.KEY_DELETION_DAYS,
            opts=pulumi.ResourceOptions(parent=self, protect=True, depends_on=args.roles),
        )
        aws.kms.Alias(
            name, name=names.key_alias(stack), target_key_id=key.key_id, opts=pulumi.ResourceOptions(parent=self)
        )
