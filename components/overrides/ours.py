"""What this program itself tells every chart and add-on, before the settings' own values are merged over it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..cluster import addons, controller_chart
from ..gateways import chart as gateway_chart
from ..gateways import plan as gateways
from ..istio import charts
from ..settings import Addon, ChartValues, LoadBalancerController, Settings

Location = tuple[str | int, ...]


def by_location(settings: Settings, region: str = "") -> dict[Location, Mapping[str, Any]]:
    """Our values by the place in the settings that is merged over them; of istiod those of the version of the tag."""
    return dict(_all(settings, region))


def _all(settings: Settings, region: str) -> Iterator[tuple[Location, Mapping[str, Any]]]:
    mesh, images = settings.mesh.model_copy(update={"values": ChartValues()}), settings.images
    yield ("mesh", "values", "base"), charts.base(mesh).values
    yield ("mesh", "values", "cni"), charts.cni(mesh, images).values
    yield ("mesh", "values", "istiod"), charts.istiod(mesh, images, mesh.version).values
    for name, gateway in settings.gateways.items():
        yield (
            ("gateways", name, "values"),
            gateway_chart.gateway(gateways.plan(name, gateway, mesh.size), mesh, {}).values,
        )
    plain = settings.cluster.model_copy(update={"addons": {name: Addon() for name in settings.cluster.addons}})
    for plan in (*addons.before_nodes(plain), *addons.after_nodes(plain, region)):
        yield ("cluster", "addons", plan.name, "configuration"), json.loads(plan.configuration or "{}")
    controller = controller_chart.load_balancer_controller("", region, "", LoadBalancerController())
    yield ("cluster", "loadBalancerController", "values"), controller.values
