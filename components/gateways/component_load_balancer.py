"""AWS resources of one gateway."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..settings.context import Site
from . import load_balancer
from .plan import GatewayPlan


@dataclass(frozen=True, kw_only=True)
class GatewayLoadBalancerArgs:
    """Arguments of GatewayLoadBalancer."""

    plan: GatewayPlan
    """Plan of the gateway."""
    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    vpc_cidr: pulumi.Input[str]
    """Address range of the VPC."""
    subnet_ids: Sequence[pulumi.Input[str]]
    """Public subnets for an internet-facing gateway, otherwise private ones."""
    cluster_security_group_id: pulumi.Input[str]
    """Security group that EKS created for nodes and pods."""
    site: Site
    """Tags and protection of the stack."""


class GatewayLoadBalancer(pulumi.ComponentResource):
    """NLB, target groups, listeners and every security-group rule, as planned by ``gateways.load_balancer``."""

    dns_name: pulumi.Output[str]
    """DNS name of the NLB."""
    hosted_zone_id: pulumi.Output[str]
    """Route 53 zone id of that name, for an alias record."""
    target_groups: list[aws.lb.TargetGroup]
    """One target group per listener of the plan, in its order."""
    ready: list[pulumi.Resource]
    """Listeners and rules, without which the NLB never reports a pod healthy."""

    def __init__(self, name: str, args: GatewayLoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {
            "scheme": args.plan.scheme,
            "ports": [listener.port for listener in args.plan.listeners],
            "crossZone": args.plan.cross_zone,
        }
        super().__init__("istio-eks:gateways:GatewayLoadBalancer", name, inputs, opts)
        self._prefix, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._tags = args.site.named(name)

        # An NLB that is created without a security group can never get one.
        group = aws.ec2.SecurityGroup(
            f"{name}-nlb", description=f"NLB {name}", vpc_id=args.vpc_id, tags=self._tags, opts=self._child
        )
        rules = [self._rule(rule, group) for rule in args.plan.rules]
        balancer = self._load_balancer(group)
        self.target_groups = [self._target_group(listener) for listener in args.plan.listeners]
        listeners = [
            self._listener(listener, balancer, target_group, rules)
            for listener, target_group in zip(args.plan.listeners, self.target_groups, strict=True)
        ]

        self.ready = [*rules, *listeners]
        self.dns_name = balancer.dns_name
        self.hosted_zone_id = balancer.zone_id
        self.register_outputs({})

    def _rule(self, rule: load_balancer.Rule, group: aws.ec2.SecurityGroup) -> pulumi.Resource:
        groups = {load_balancer.NLB: group.id, load_balancer.CLUSTER: self._args.cluster_security_group_id}
        ranges = {load_balancer.VPC: self._args.vpc_cidr}
        peer_is_group = rule.peer in groups
        make = aws.vpc.SecurityGroupIngressRule if rule.direction == "in" else aws.vpc.SecurityGroupEgressRule
        return make(
            f"{self._prefix}-{rule.key}",
            security_group_id=groups[rule.group],
            ip_protocol="tcp",
            from_port=rule.port,
            to_port=rule.port,
            referenced_security_group_id=groups[rule.peer] if peer_is_group else None,
            cidr_ipv4=None if peer_is_group else ranges.get(rule.peer, rule.peer),
            description=rule.description,
            tags=self._tags,
            opts=self._child,
        )

    def _load_balancer(self, group: aws.ec2.SecurityGroup) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            self._prefix,
            load_balancer_type="network",
            internal=self._args.plan.scheme == "internal",
            subnets=self._args.subnet_ids,
            security_groups=[group.id],
            enable_cross_zone_load_balancing=self._args.plan.cross_zone,
            enable_deletion_protection=self._args.site.protect,
            tags=self._tags,
            # DNS records elsewhere point at its name.
            opts=pulumi.ResourceOptions(parent=self, protect=self._args.site.protect),
        )

    def _target_group(self, listener: load_balancer.Listener) -> aws.lb.TargetGroup:
        """Create a target group; a replacement is created before the old group is deleted.

        AWS deletes no target group that a listener forwards to. This requires a generated name, which in turn limits
        the length of the gateway's name.
        """
        client_ip = self._args.plan.client_ip
        check = load_balancer.HealthCheck()
        return aws.lb.TargetGroup(
            f"{self._prefix}-{listener.group}",
            vpc_id=self._args.vpc_id,
            target_type="ip",
            protocol=listener.protocol,
            port=listener.port,
            preserve_client_ip=str(client_ip.preserve_client_ip).lower(),
            proxy_protocol_v2=client_ip.proxy_protocol,
            deregistration_delay=self._args.plan.drain.deregistration,
            connection_termination=False,
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                protocol=check.protocol,
                port=str(check.port),
                path=check.path,
                interval=check.interval,
                timeout=check.timeout,
                healthy_threshold=check.healthy_threshold,
                unhealthy_threshold=check.unhealthy_threshold,
            ),
            tags=self._tags,
            opts=self._child,
        )

    def _listener(
        self,
        listener: load_balancer.Listener,
        balancer: aws.lb.LoadBalancer,
        target_group: aws.lb.TargetGroup,
        rules: Sequence[pulumi.Resource],
    ) -> aws.lb.Listener:
        ends_tls = listener.protocol == "TLS"
        return aws.lb.Listener(
            f"{self._prefix}-{listener.port}",
            load_balancer_arn=balancer.arn,
            port=listener.port,
            protocol=listener.protocol,
            certificate_arn=listener.certificate_arn,
            ssl_policy=load_balancer.TLS_POLICY if ends_tls else None,
            alpn_policy=load_balancer.ALPN_POLICY if ends_tls else None,
            tcp_idle_timeout_seconds=listener.idle_seconds,
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target_group.arn)],
            tags=self._tags,
            # A target group belongs to one NLB at a time: when the NLB is replaced, delete the old listener first.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(rules), delete_before_replace=True),
        )
