"""Every image that the two stacks' Pods name has a program here, whatever registry it comes from."""

import re
import sys
from pathlib import Path

import pytest

from components.bookinfo import plan as bookinfo
from components.settings import Images
from local import bookinfo as stand_ins
from local.node import images
from tests.support.needs import istio_charts


@pytest.mark.parametrize(
    ("image", "program"),
    [
        ("registry.istio.io/release/pilot:1.31.0", "/usr/local/bin/pilot-discovery"),
        ("pilot", "/usr/local/bin/pilot-discovery"),
        ("localhost:5000/cache/istio/proxyv2:1.31.0-distroless", "/usr/local/bin/pilot-agent"),
        ("gcr.io/istio-release/proxyv2@sha256:0123", "/usr/local/bin/pilot-agent"),
        ("gcr.io/istio-release/install-cni:1.31.0@sha256:0123", "/usr/local/bin/install-cni"),
    ],
)
def test_istios_images_by_name_alone(image: str, program: str) -> None:
    found = images.program(image)
    assert found is not None
    assert found.argv == (program,)


@pytest.mark.parametrize("image", ["", "nginx:1.29", "pilot/nginx", "proxyv2-debug", "library/pilots:1"])
def test_nothing_runs_for_an_image_that_nothing_is_known_of(image: str) -> None:
    assert images.program(image) is None


def test_each_image_of_bookinfo_is_the_service_of_its_name() -> None:
    deployments = bookinfo.deployments(Images())
    named = [each["spec"]["template"]["spec"]["containers"][0]["image"] for each in deployments]
    found = {image: images.program(image) for image in named}
    assert all(program and program.argv[2] in stand_ins.SERVICES for program in found.values())
    assert len({program.argv for program in found.values() if program}) == len(deployments)


def test_the_images_of_bookinfo_are_not_roots_as_their_pods_demand() -> None:
    specs = [each["spec"]["template"]["spec"] for each in bookinfo.deployments(Images())]
    assert all(spec["securityContext"]["runAsNonRoot"] for spec in specs)
    programs = [images.program(spec["containers"][0]["image"]) for spec in specs]
    assert all(program and program.uid > 0 for program in programs)


def test_python_programs_are_started_by_the_python_that_runs_this() -> None:
    client = images.program(images.CLIENT)
    assert client is not None
    assert client.argv[0] == sys.executable
    assert Path(client.argv[1]).is_file()


def test_the_chart_of_the_cni_still_names_its_program_and_the_port_it_is_ready_on() -> None:
    text = (istio_charts()["cni"] / "templates" / "daemonset.yaml").read_text()
    assert 'command: ["install-cni"]' in text
    assert re.search(r"readinessProbe:\s+httpGet:\s+path: /readyz\s+port: 8000", text)
