"""Listeners of load balancers."""

from collections.abc import Collection
from typing import Any

from local.providers.aws.elb import ElbResource, attributes
from local.providers.aws.resource import Inputs, Outputs, given, pairs
from local.providers.aws.session import refuse


class Listener(ElbResource):
    """A listener."""

    type = "aws:lb/listener:Listener"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the listener.

        Moto refuses missing target groups and certificates, but takes a port twice and TLS without a certificate.
        """
        balancer = inputs["loadBalancerArn"]
        taken = self.aws.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
        if any(listener["Port"] == inputs["port"] for listener in taken):
            text = f"A listener already exists on this port for this load balancer '{balancer}'"
            refuse("CreateListener", "DuplicateListener", text)
        if inputs["protocol"] == "TLS" and not inputs.get("certificateArn"):
            refuse("CreateListener", "ValidationError", "A certificate must be specified for TLS listeners")
        arn = self.aws.elb.create_listener(
            LoadBalancerArn=balancer,
            **_listener(inputs),
            **({"Tags": pairs(inputs["tags"])} if inputs.get("tags") else {}),
        )["Listeners"][0]["ListenerArn"]
        self._idle_timeout(arn, inputs)
        return arn, {"arn": arn}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update anything but the load balancer."""
        self.aws.elb.modify_listener(ListenerArn=id_, **_listener(news))
        self._idle_timeout(id_, news)
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the listener."""
        self.aws.elb.delete_listener(ListenerArn=id_)

    def _idle_timeout(self, arn: str, inputs: Inputs) -> None:
        seconds = inputs.get("tcpIdleTimeoutSeconds")
        if seconds is None:
            return
        if not 60 <= seconds <= 6000:
            text = f"The value of 'tcp.idle_timeout.seconds' must be between 60 and 6000, not {seconds}"
            refuse("ModifyListenerAttributes", "InvalidConfigurationRequest", text)
        wanted = attributes({"tcp.idle_timeout.seconds": seconds})
        self.aws.elb.modify_listener_attributes(ListenerArn=arn, Attributes=wanted)


def _listener(inputs: Inputs) -> dict[str, Any]:
    certificate, alpn = inputs.get("certificateArn"), inputs.get("alpnPolicy")
    return given(
        Protocol=inputs["protocol"],
        Port=inputs["port"],
        SslPolicy=inputs.get("sslPolicy"),
        Certificates=[{"CertificateArn": certificate}] if certificate else None,
        AlpnPolicy=[alpn] if alpn else None,
        DefaultActions=[
            {"Type": action["type"], "TargetGroupArn": action["targetGroupArn"]} for action in inputs["defaultActions"]
        ],
    )


RESOURCES = (Listener,)
