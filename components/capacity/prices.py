"""List prices in US dollars of the parts that are always on, in us-east-1, without discounts and taxes.

EC2: AWS Price List API, as Karpenter 1.15.1 ships it (pricing, generated 2026-07-20). NAT gateway: example on
aws.amazon.com/vpc/pricing, read 2026-09-20. EKS: "Amazon EKS extended support for Kubernetes versions pricing" on the
AWS Containers blog, 2024. NLB, endpoints, gp3, KMS: AWS Price List, as infracost's tests record it. Public IPv4: AWS'
announcement of February 2024, as quoted by others. This project read none of them from AWS itself.
"""

from . import instance_types

REGION = "us-east-1"
EC2_AS_OF = "2026-07-20"
# Date of the other prices, which AWS rarely changes; the oldest source above is from 2024, the newest from 2026.
SERVICES_AS_OF = "2026-09-20 or before"
# Hours of a month in AWS' own estimates.
HOURS = 730

# On-demand price per hour of the family's `large`; every price doubles with the size.
_LARGE = {
    "t3": 0.0832,
    "t3a": 0.0752,
    "t4g": 0.0672,
    "m6i": 0.096,
    "m6a": 0.0864,
    "m6g": 0.077,
    "m7i": 0.1008,
    "m7a": 0.11592,
    "m7g": 0.0816,
    "m8i": 0.10584,
    "m8g": 0.08976,
    "c6i": 0.085,
    "c6g": 0.068,
    "c7i": 0.08925,
    "c7g": 0.0725,
    "c8i": 0.09371,
    "c8g": 0.07976,
    "r6i": 0.126,
    "r6g": 0.1008,
    "r7i": 0.1323,
    "r7g": 0.1071,
    "r8i": 0.13892,
    "r8g": 0.11782,
}
_SIZES = {"medium": 0.5, "large": 1, "xlarge": 2, "2xlarge": 4, "4xlarge": 8, "8xlarge": 16}

CLUSTER_HOUR = 0.10
NAT_GATEWAY_HOUR = 0.045
LOAD_BALANCER_HOUR = 0.0225
# Price of one interface endpoint in one zone.
ENDPOINT_HOUR = 0.01
PUBLIC_ADDRESS_HOUR = 0.005
GP3_GIB_MONTH = 0.08
KEY_MONTH = 1.0


def instance_hour(name: str) -> float | None:
    """Return the on-demand price per hour for Linux, or ``None`` if the type is not in the table."""
    family, _, size = name.partition(".")
    if family not in _LARGE or instance_types.find(name) is None:
        return None
    return _LARGE[family] * _SIZES[size]
