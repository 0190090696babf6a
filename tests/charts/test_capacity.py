"""What the capacity rules count is what the charts make of it."""

from components.capacity import pods as pod_requests
from components.capacity.nodes import Room
from components.kubernetes.quantities import mebibytes, millicores
from tests.support.charts import variants
from tests.support.charts.deployed import Deployed
from tests.support.charts.releases import Rendered
from tests.support.unit.harness import REGION


def requests(rendered: Rendered) -> Room:
    """Of one pod."""
    asked = [each["resources"]["requests"] for each in rendered.pod["spec"]["containers"]]
    return Room(
        pods=1,
        cpu=sum(millicores(each["cpu"]) for each in asked),
        memory=sum(mebibytes(each["memory"]) for each in asked),
    )


def scale(rendered: Rendered) -> tuple[int, int]:
    """Least and most pods."""
    for autoscaler in rendered.all("HorizontalPodAutoscaler"):
        return autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]
    replicas = rendered.one("Deployment")["spec"]["replicas"]
    return replicas, replicas


def test_requests_and_numbers_of_istiod_and_gateways(cluster: Deployed) -> None:
    counted = {each.name: each for each in pod_requests.system(variants.settings(cluster.variant), REGION)}
    for rendered in [*cluster.istiods, cluster.gateway]:
        pods = counted[rendered.release.name]
        least, most = scale(rendered)
        assert pods.each == requests(rendered)
        assert pods.rest == least < pods.upgrade
        assert most < pods.peak


def test_requests_of_istio_cni(cluster: Deployed) -> None:
    assert pod_requests.daemons(variants.settings(cluster.variant))["istio-cni"] == requests(cluster.cni)
