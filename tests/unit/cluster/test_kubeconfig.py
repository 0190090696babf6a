"""The way into the cluster."""

import json

from components.cluster import kubeconfig
from tests.support.unit.cluster_stack import eks
from tests.support.unit.recorded import Stack


def test_the_provider_updates_secrets_in_place_and_knows_its_cluster(up: Stack) -> None:
    provider = up.one("pulumi:providers:kubernetes", "cluster-kubernetes")
    # Provider inputs are text on the wire.
    assert provider.inputs["enableSecretMutable"] in (True, "true")
    assert provider.inputs["enableConfigMapMutable"] in (True, "true")
    assert provider.inputs["clusterIdentifier"].startswith("arn:aws:eks:")
    assert provider.reaches(eks(up))


def test_the_kubeconfig_is_plain_and_signs_in_whoever_uses_it(up: Stack) -> None:
    shown = up.outputs["kubeconfig"]
    user = json.loads(shown)["users"][0]["user"]
    assert list(user) == ["exec"], "no token, no certificate, no password"
    assert user["exec"]["command"] == "aws"
    assert user["exec"]["apiVersion"] == "client.authentication.k8s.io/v1beta1"


def test_a_kubeconfig_names_its_cluster_and_region() -> None:
    made = json.loads(kubeconfig.render("mesh", "https://api", "Y2E=", "eu-west-1"))
    assert made["clusters"][0]["cluster"] == {"server": "https://api", "certificate-authority-data": "Y2E="}
    args = made["users"][0]["user"]["exec"]["args"]
    assert args[args.index("--cluster-name") + 1] == "mesh"
    assert args[args.index("--region") + 1] == "eu-west-1"
    assert made["current-context"] == made["contexts"][0]["name"]
