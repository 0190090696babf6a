"""AWS regions that this program supports."""

import re

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")
# Regions of the partitions aws-cn, aws-iso, aws-iso-b, -e, -f and aws-eusc (botocore, data/partitions.json): their
# services answer under other domains, and their endpoint services have other names.
FOREIGN = re.compile(r"cn-.*|[a-z]{2}-iso[a-z]*-.*|eusc-.*")


def is_supported(region: str) -> bool:
    """Check whether the rule for regions accepts it; other settings are not compared with an unsupported region."""
    return bool(REGION.fullmatch(region)) and not FOREIGN.fullmatch(region)
