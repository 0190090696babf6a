"""One way into the mesh."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_tls as tls

from ..charts import component as helm
from ..charts.plan import Release
from ..kubernetes import component as manifests
from ..namespaces import plan as namespaces
from ..settings.context import Site
from . import certificate as gateway_certificate
from . import plan as gateways
from .component_load_balancer import GatewayLoadBalancer, GatewayLoadBalancerArgs


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """``subnet_ids`` and ``cluster_security_group_id`` as of ``GatewayLoadBalancerArgs``; ``release``: the pods."""

    plan: gateways.GatewayPlan
    vpc_id: pulumi.Input[str]
    vpc_cidr: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    cluster_security_group_id: pulumi.Input[str]
    release: Release
    site: Site


class Gateway(pulumi.ComponentResource):
    """NLB, gateway pods, their Istio Gateway and certificate, and the bindings that register the pods.

    Asks ``gateways.plan`` (Istio Gateway, bindings), ``gateways.certificate``, ``namespaces.plan``; its NLB
    asks ``gateways.load_balancer``; the release comes from ``gateways.chart``.

    Order: namespace, rules and listeners, release, bindings. A pod that starts after its binding waits, by a readiness
    gate, until the NLB finds it healthy; without listeners it would wait forever. The first pods have no gate.

    dns_name, hosted_zone_id: the NLB, for an alias record.
    """

    dns_name: pulumi.Output[str]
    hosted_zone_id: pulumi.Output[str]

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        plan = args.plan
        inputs = {"gateway": plan.name, "scheme": plan.scheme, "hosts": list(plan.hosts), "tlsMode": plan.tls_mode}
        super().__init__("istio-eks:gateway:Gateway", name, inputs, opts)
        self._prefix, self._plan = name, plan

        namespace = manifests.apply(
            f"{name}-namespace", namespaces.gateway_namespace(plan.name), pulumi.ResourceOptions(parent=self)
        )
        balancer = GatewayLoadBalancer(
            name,
            GatewayLoadBalancerArgs(
                plan=plan,
                vpc_id=args.vpc_id,
                vpc_cidr=args.vpc_cidr,
                subnet_ids=args.subnet_ids,
                cluster_security_group_id=args.cluster_security_group_id,
                site=args.site,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        in_namespace = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        certificate = [self._certificate(plan.certificate, in_namespace)] if plan.certificate else []
        istio_gateway = manifests.apply(
            f"{name}-gateway",
            gateways.istio_gateway(plan),
            pulumi.ResourceOptions(parent=self, depends_on=[namespace, *certificate]),
        )
        release = helm.release(
            name, args.release, pulumi.ResourceOptions(parent=self, depends_on=[namespace, *balancer.ready])
        )
        self._bind(balancer, [release, istio_gateway], args.site.protect)

        self.dns_name = balancer.dns_name
        self.hosted_zone_id = balancer.hosted_zone_id
        self.register_outputs({"dnsName": self.dns_name, "hostedZoneId": self.hosted_zone_id})

    def _certificate(
        self, plan: gateway_certificate.CertificatePlan, in_namespace: pulumi.ResourceOptions
    ) -> pulumi.CustomResource:
        child = pulumi.ResourceOptions(parent=self)
        key = tls.PrivateKey(f"{self._prefix}-tls", algorithm="ECDSA", ecdsa_curve="P256", opts=child)
        certificate = tls.SelfSignedCert(
            f"{self._prefix}-tls",
            private_key_pem=key.private_key_pem,
            subject=tls.SelfSignedCertSubjectArgs(common_name=plan.common_name),
            dns_names=list(plan.dns_names),
            validity_period_hours=plan.validity_hours,
            early_renewal_hours=plan.early_renewal_hours,
            allowed_uses=["digital_signature", "server_auth"],
            opts=child,
        )
        secret = gateway_certificate.secret(plan, self._plan.workload, certificate.cert_pem, key.private_key_pem)
        return manifests.apply(f"{self._prefix}-tls", secret, in_namespace)

    def _bind(self, balancer: GatewayLoadBalancer, after: Sequence[pulumi.Resource], protect: bool) -> None:
        """Last: what they let in finds a gateway that listens."""
        opts = pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            protect=protect,
            # The controller's webhook refuses to change the group of a binding.
            replace_on_changes=["spec.targetGroupARN"],
            delete_before_replace=True,
        )
        for listener, target_group in zip(self._plan.listeners, balancer.target_groups, strict=True):
            manifests.apply(
                f"{self._prefix}-{listener.group}", gateways.binding(self._plan, listener, target_group.arn), opts
            )
