"""A stack with everything that stands behind it: an AWS account, a cluster, app teams, pods to ask from."""
