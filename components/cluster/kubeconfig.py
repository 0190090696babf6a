"""The kubeconfig of the contract."""

import json


def render(cluster: str, endpoint: str, certificate_authority: str, region: str) -> str:
    """A kubeconfig that holds no secret: ``aws eks get-token`` signs in whoever uses it, as themselves.

    certificate_authority: base64, as EKS gives it.
    """
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": cluster,
                    "cluster": {"server": endpoint, "certificate-authority-data": certificate_authority},
                }
            ],
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
            "current-context": cluster,
            "users": [{"name": cluster, "user": {"exec": _sign_in(cluster, region)}}],
        }
    )


def _sign_in(cluster: str, region: str) -> dict[str, object]:
    return {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", cluster, "--region", region, "--output", "json"],
    }
