"""Who may read and write the states, and decrypt what is secret in them.

Where things lie in the bucket was read from pulumi v3.259.0, pkg/backend/diy (store.go, lock.go, meta.go).
"""

from . import names
from .documents import Document, Statement, allow, document
from .settings import Settings

# Days that a version stays after another took its place, and parts of an upload that never ended.
KEPT_DAYS, UNFINISHED_DAYS = 365, 7
# The most KMS allows: until then a key that was deleted can be had back, and the states with it.
KEY_DELETION_DAYS = 30

READ = ("s3:GetObject",)
WRITE = ("s3:PutObject", "s3:DeleteObject")
# Everything but use: who administers the account keeps the key, and reads no secret by that.
ADMINISTER_KEY = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)


def paths(stack: str) -> list[str]:
    """Return the paths of a stack's own objects."""
    project = names.PROJECT
    return [
        f".pulumi/stacks/{project}/{stack}.*",
        f".pulumi/history/{project}/{stack}/*",
        f".pulumi/backups/{project}/{stack}/*",
        f".pulumi/locks/organization/{project}/{stack}/*",
    ]


def readers(settings: Settings, stacks: tuple[str, ...]) -> Document:
    """Allow reading the states of these stacks only."""
    return document(*_read(settings, stacks))


def writers(settings: Settings, stack: str) -> Document:
    """Allow reading and writing the state of one stack."""
    return document(*_read(settings, (stack,)), allow(WRITE, _objects(settings, paths(stack))))


def bucket_policy(settings: Settings) -> Document:
    """Deny all unencrypted reads and writes, even with permission."""
    arn = names.bucket_arn(settings)
    return document(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def decrypters(settings: Settings, stack: str) -> list[str]:
    """Return the ARNs of all who can decrypt a stack's secrets: its pipelines and the platform team."""
    pipelines = (names.deploy_role(stack), names.preview_role(stack), names.DRIFT_ROLE)
    return [*(names.role_arn(settings, name) for name in pipelines), *settings.platform_team]


def encrypters(settings: Settings, stack: str) -> list[str]:
    """Return the ARNs of those who can create a stack's state: its data key is made once, with the stack."""
    return [names.role_arn(settings, names.deploy_role(stack)), *settings.platform_team]


def key_policy(settings: Settings, stack: str) -> Document:
    """Return the policy of the key of one stack's secrets.

    The state of the platform holds the keys of the mesh's authority. The account's own policies may grant the key's
    administration but never its use, so that no administrator of something else decrypts by accident. The roles of the
    pipelines may administer other keys, but not those of states.
    """
    pipelines = [names.role_arn(settings, name) for name in names.roles(settings)]
    administrators: Statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{settings.account}:root"},
        "Action": list(ADMINISTER_KEY),
        "Resource": "*",
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": pipelines}},
    }
    return document(
        administrators,
        _use(["kms:Decrypt", "kms:DescribeKey"], decrypters(settings, stack)),
        _use(["kms:Encrypt"], encrypters(settings, stack)),
    )


def _use(actions: list[str], principals: list[str]) -> Statement:
    return {"Effect": "Allow", "Principal": {"AWS": principals}, "Action": actions, "Resource": "*"}


def _read(settings: Settings, stacks: tuple[str, ...]) -> list[Statement]:
    own = [path for stack in stacks for path in paths(stack)]
    return [
        # Names of objects tell names of stacks; without it an object that is not there is "access denied".
        allow(("s3:ListBucket",), [names.bucket_arn(settings)]),
        allow(READ, _objects(settings, [".pulumi/meta.yaml", *own])),
    ]


def _objects(settings: Settings, own: list[str]) -> list[str]:
    return [f"{names.bucket_arn(settings)}/{path}" for path in own]
