"""What keeps answering while pods and nodes come and go."""

from typing import Any

from tests.support.unit.diff_risks.case import Case, Cases, Resource
from tests.support.unit.diff_risks.resources import gateway, release
from tests.support.unit.diff_world import kubernetes, resource


def target_group(**inputs: Any) -> Resource:
    return resource("aws:lb/targetGroup:TargetGroup", "public-80", inputs)


def listener(port: int = 80) -> Resource:
    return resource("aws:lb/listener:Listener", "public-80", {"port": port, "loadBalancerArn": "[unknown]"})


def disruption_budget(**spec: Any) -> Resource:
    spec = {"selector": {"matchLabels": {"app": "web"}}, **spec}
    return kubernetes("PodDisruptionBudget", "web", "shop", spec=spec)


def deployment(**spec: Any) -> Resource:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": spec}
    return kubernetes("Deployment", "web", "shop", spec={"template": template})


RISKY: Cases = {
    "drain-is-loosened": [
        Case(
            id="deregistration",
            before=[target_group(deregistrationDelay=120)],
            after=[target_group(deregistrationDelay=30)],
            says="deregistrationDelay: 120 \u2192 30",
        ),
        Case(
            id="termination",
            before=[target_group(connectionTermination=False)],
            after=[target_group(connectionTermination=True)],
            says="are reset",
        ),
        Case(
            id="grace-in-values",
            before=[release("g", "gateway", terminationGracePeriodSeconds=180)],
            after=[release("g", "gateway", terminationGracePeriodSeconds=30)],
            says="terminationGracePeriodSeconds: 180 \u2192 30",
        ),
        Case(
            id="pre-stop",
            before=[deployment(lifecycle={"preStop": {"sleep": {"seconds": 130}}})],
            after=[deployment(lifecycle={"preStop": {"sleep": {"seconds": 5}}})],
            says="preStop.sleep.seconds: 130 \u2192 5",
        ),
        Case(
            id="inside-an-annotation",
            before=[release("g", "gateway", podAnnotations={"proxy": '{"terminationDrainDuration": "30s"}'})],
            after=[release("g", "gateway", podAnnotations={"proxy": '{"terminationDrainDuration": "5s"}'})],
            says="terminationDrainDuration: 30s \u2192 5s",
        ),
    ],
    "budget-is-loosened": [
        Case(
            id="floor",
            before=[disruption_budget(minAvailable=2)],
            after=[disruption_budget(minAvailable=1)],
            says="minAvailable: 2 \u2192 1",
        ),
        Case(
            id="ceiling",
            before=[disruption_budget(maxUnavailable=1)],
            after=[disruption_budget(maxUnavailable=2)],
            says="maxUnavailable: 1 \u2192 2",
        ),
        Case(
            id="gone",
            before=[deployment(), disruption_budget(minAvailable=1)],
            after=[deployment()],
            says="all of its pods",
        ),
        Case(
            id="replicas",
            before=[release("g", "gateway", autoscaling={"minReplicas": 3})],
            after=[release("g", "gateway", autoscaling={"minReplicas": 1})],
            says="minReplicas: 3 \u2192 1",
        ),
    ],
    "way-in-goes": [
        Case(id="listener", before=[listener()], says="port 80 is removed"),
        Case(id="gateway", before=[gateway({80: None})], says="404"),
    ],
}

CALM: Cases = {
    "drain-is-loosened": [
        Case(
            id="longer",
            before=[target_group(deregistrationDelay=30, connectionTermination=True)],
            after=[target_group(deregistrationDelay=120, connectionTermination=False)],
        )
    ],
    "budget-is-loosened": [
        Case(id="tightened", before=[disruption_budget(minAvailable=1)], after=[disruption_budget(minAvailable=2)]),
        Case(id="with-its-pods", before=[deployment(), disruption_budget(minAvailable=1)]),
        Case(
            id="left-to-an-autoscaler",
            before=[kubernetes("Deployment", "web", "shop", spec={"replicas": 3})],
            after=[kubernetes("Deployment", "web", "shop", spec={})],
        ),
    ],
    "way-in-goes": [Case(id="added", after=[listener(), gateway({80: None})])],
}
