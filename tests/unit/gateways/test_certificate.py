"""The certificate that a gateway makes for itself."""

from components.gateways.certificate import certificate
from tests.support.unit.gateway_plans import TLS, settings_of


def test_a_self_signed_certificate_names_the_hosts() -> None:
    plan = certificate("gateway-public", settings_of(tls=TLS["self-signed"]))
    assert plan is not None
    assert plan.dns_names == ("*.example.com", "www.example.org")


def test_a_certificate_for_any_host_still_has_a_name() -> None:
    plan = certificate("gateway-public", settings_of(hosts=["bookinfo/*"], tls=TLS["self-signed"]))
    assert plan is not None
    assert plan.dns_names == ("gateway-public",)
