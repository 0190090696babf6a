"""meshConfig as istiod will read it."""

from typing import Any

import yaml

from components.settings import names
from tests.support.charts import pods, variants
from tests.support.charts.deployed import Deployed
from tests.support.charts.releases import Rendered

OUTBOUND = {"allow-any": "ALLOW_ANY", "registry-only": "REGISTRY_ONLY"}


def mesh(istiod: Rendered) -> dict[str, Any]:
    text = istiod.one("ConfigMap", f"istio-{istiod.release.values['revision']}")["data"]["mesh"]
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_proxies_find_the_istiod_of_their_revision(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        (service,) = istiod.all("Service")
        name, ports = service["metadata"]["name"], {each["port"] for each in service["spec"]["ports"]}
        address = f"{name}.{names.ISTIO_SYSTEM}.svc:15012"
        assert 15012 in ports
        assert mesh(istiod)["defaultConfig"]["discoveryAddress"] == address


def test_istiod_sees_the_namespaces_of_the_mesh_and_of_the_gateways(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        selectors = mesh(istiod)["discoverySelectors"]
        for namespace in cluster.made("Namespace"):
            labels = namespace["metadata"]["labels"]
            seen = any(pods.selected(each, labels) for each in selectors)
            assert seen == (namespace["metadata"]["name"] != names.ISTIO_CNI)


def test_mesh_configuration_is_what_the_stack_says(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        found = mesh(istiod)
        assert found["trustDomain"] == cluster.stack.outputs["trustDomain"]
        outbound = variants.settings(cluster.variant).mesh.outbound
        assert found["outboundTrafficPolicy"]["mode"] == OUTBOUND[outbound]
        assert found["pathNormalization"] == {"normalization": "MERGE_SLASHES"}
        assert found["defaultConfig"]["proxyMetadata"]["PROXY_CONFIG_XDS_AGENT"] == "true"
        assert found["rootNamespace"] == names.ISTIO_SYSTEM
