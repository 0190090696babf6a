"""One gateway of the mesh."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_tls as tls

from ..charts import component as helm
from ..kubernetes import component as manifests
from ..namespaces import plan as namespaces
from ..settings import Gateway, Mesh
from ..settings.context import Site
from . import certificate as gateway_certificate
from . import chart, objects
from . import plan as gateways
from .component_load_balancer import GatewayLoadBalancer, GatewayLoadBalancerArgs


@dataclass(frozen=True, kw_only=True)
class MeshGatewayArgs:
    """Arguments of MeshGateway; ids are outputs of ``Network`` and ``Cluster``."""

    name: str
    """Key of the gateway in the settings."""
    settings: Gateway
    """The gateway's settings."""
    mesh: Mesh
    """``mesh`` of the settings: version, size and trust domain."""
    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    vpc_cidr: pulumi.Input[str]
    """Address range of the VPC, which may connect to an internal gateway."""
    private_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of an internal gateway's NLB, one per zone."""
    public_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of an internet-facing gateway's NLB, one per zone."""
    cluster_security_group_id: pulumi.Input[str]
    """Security group that EKS created for nodes and pods."""
    site: Site
    """Region, tags and protection of the stack."""


class MeshGateway(pulumi.ComponentResource):
    """One gateway: NLB, gateway pods, Istio Gateway, certificate, and the bindings that register the pods.

    Order: namespace, rules and listeners, release, bindings. A pod that starts after its binding has a readiness gate,
    and waits until the NLB reports it healthy; without listeners it would wait forever. The first pods have no gate.
    """

    dns_name: pulumi.Output[str]
    """DNS name of the NLB."""
    promises: dict[str, Any]
    """Outputs of the gateway in the contract: reference, identity, hosts, ports and the NLB's DNS name and zone."""

    def __init__(self, name: str, args: MeshGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        plan = gateways.plan(args.name, args.settings, args.mesh)
        inputs = {**args.settings.model_dump(mode="json", by_alias=True), "gateway": args.name}
        super().__init__("istio-eks:gateways:MeshGateway", name, inputs, opts)
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
                subnet_ids=args.public_subnet_ids if plan.scheme == "internet-facing" else args.private_subnet_ids,
                cluster_security_group_id=args.cluster_security_group_id,
                site=args.site,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        in_namespace = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        certificate = [self._certificate(plan.certificate, in_namespace)] if plan.certificate else []
        istio_gateway = manifests.apply(
            f"{name}-gateway",
            objects.istio_gateway(plan),
            pulumi.ResourceOptions(parent=self, depends_on=[namespace, *certificate]),
        )
        release = helm.release(
            name, chart.release(plan), pulumi.ResourceOptions(parent=self, depends_on=[namespace, *balancer.ready])
        )
        self._bind(balancer, [release, istio_gateway], args.site.protect)

        self.dns_name = balancer.dns_name
        self.promises = {
            **objects.outputs(plan, args.mesh.trust_domain),
            "dnsName": balancer.dns_name,
            "hostedZoneId": balancer.hosted_zone_id,
        }
        self.register_outputs(self.promises)

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
        """Create the bindings last, so that clients reach a gateway that already listens."""
        opts = pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            protect=protect,
            # The controller's webhook rejects a change of the target group of a binding.
            replace_on_changes=["spec.targetGroupARN"],
            delete_before_replace=True,
        )
        for listener, target_group in zip(self._plan.listeners, balancer.target_groups, strict=True):
            manifests.apply(
                f"{self._prefix}-{listener.group}", objects.binding(self._plan, listener, target_group.arn), opts
            )
