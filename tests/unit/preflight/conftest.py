"""A project with one stack file."""

from pathlib import Path

import pytest

from tests.support.unit.preflight_machine import ACCOUNT, ROLE

PROJECT = "name: istio-eks\nruntime: python\n"
STACK = f"""\
config:
  aws:region: us-east-1
  aws:allowedAccountIds: ["{ACCOUNT}"]
  pulumi:disable-default-providers: [kubernetes]
  istio-eks:network: {{zones: [us-east-1a, us-east-1b]}}
  istio-eks:cluster: {{deployer: "{ROLE}"}}
  istio-eks:mesh:
    certificates:
      root: {{generations: [{{number: 1, issued: "2026-01-01"}}], signing: 1}}
      intermediate: {{generations: [{{number: 1, issued: "2026-01-01"}}], signing: 1}}
  istio-eks:gateways: {{public: {{hosts: [bookinfo/shop.mycompany.io]}}}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    return tmp_path
