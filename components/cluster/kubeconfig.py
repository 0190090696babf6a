"""The kubeconfig of the contract."""

import json


def render(cluster: str, endpoint: str, certificate_authority: str, region: str) -> str:
    """Render a kubeconfig without secrets: ``aws eks get-token`` authenticates with the caller's own credentials.

    Args:
        cluster: name of the cluster.
        endpoint: URL of the API server.
        certificate_authority: certificate of the API server's CA in base64, as EKS returns it.
        region: AWS region.
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
