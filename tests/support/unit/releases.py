"""The Helm releases of a stack, from settings that a test is about."""

import json
from typing import Any, get_args

import pytest

from components import settings
from components.charts.plan import Release
from components.cluster import controller_chart
from components.gateways import chart as gateway_chart
from components.gateways import plan as gateways
from components.istio import charts
from tests.support.unit.mesh_settings import mesh

SIZES: tuple[settings.Size, ...] = get_args(settings.Size)
ALL = pytest.mark.parametrize("size", SIZES)
IMAGES = settings.Images(istio="hub.example.org/istio")


def istiod(**written: Any) -> Release:
    asked = mesh(**written)
    return charts.istiod(asked, IMAGES, asked.version)


def gateway(size: settings.Size = "medium", values: dict[str, Any] | None = None, **written: Any) -> Release:
    asked = settings.Gateway.model_validate_json(json.dumps({"hosts": ["shop/*"], "values": values or {}, **written}))
    return gateway_chart.release(gateways.plan("public", asked, mesh(size=size)))


def controller(values: dict[str, Any] | None = None) -> Release:
    asked = settings.LoadBalancerController(values=values or {})
    return controller_chart.load_balancer_controller("istio-eks-dev", "us-west-2", "vpc-1", asked)


def every(size: settings.Size) -> list[Release]:
    asked = mesh(size=size, canaryVersion="1.30.5")
    return [
        charts.base(asked),
        charts.cni(asked, IMAGES),
        *charts.istiods(asked, IMAGES),
        gateway(size),
        controller(),
    ]
