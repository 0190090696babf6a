"""The stack: settings, components from the network to Bookinfo, and the outputs that app teams build on."""

import pulumi

import stack_config
from components.addons import Addons, AddonsArgs
from components.bookinfo import Bookinfo, BookinfoArgs
from components.certificate_authority import CertificateAuthority, CertificateAuthorityArgs
from components.cluster import Cluster, ClusterArgs
from components.editors import Editors, EditorsArgs
from components.existing_network import ExistingNetwork, ExistingNetworkArgs
from components.gateway import Gateway, GatewayArgs
from components.istio import Istio, IstioArgs
from components.load_balancer_controller import LoadBalancerController, LoadBalancerControllerArgs
from components.mesh_namespace import MeshNamespace, MeshNamespaceArgs
from components.mesh_policy import MeshPolicy, MeshPolicyArgs
from components.network import Network, NetworkArgs
from components.nodes import NodeGroups, NodeGroupsArgs
from components.system_namespaces import SystemNamespaces, SystemNamespacesArgs
from design import addons, addressing, charts, contract, editors, gateways, names, namespaces, nodes, routing, trust

stack = stack_config.load()
settings, environment, region = stack.settings, stack.environment, stack.region
mesh, tags, protect = settings.mesh, settings.tags, settings.protect


def after(*resources: pulumi.Resource) -> pulumi.ResourceOptions:
    """Made after these, and deleted before them."""
    return pulumi.ResourceOptions(depends_on=list(resources))


def inside(*resources: pulumi.Resource) -> pulumi.ResourceOptions:
    """``after``, in the cluster."""
    return pulumi.ResourceOptions(depends_on=list(resources), providers=[cluster.provider])


network: Network | ExistingNetwork
if settings.network.existing:
    network = ExistingNetwork("network", ExistingNetworkArgs(settings=settings.network.existing))
else:
    address_plan = addressing.plan(settings.network.cidr, settings.network.zones)
    network = Network(
        "network",
        NetworkArgs(
            plan=address_plan,
            settings=settings.network,
            region=region,
            environment=environment,
            tags=tags,
            protect=protect,
        ),
    )

cluster = Cluster(
    "cluster",
    ClusterArgs(
        settings=settings.cluster,
        environment=environment,
        region=region,
        vpc_id=network.vpc_id,
        private_subnet_ids=network.private_subnet_ids,
        public_subnet_ids=network.public_subnet_ids,
        tags=tags,
        protect=protect,
    ),
)
core_addons = Addons(
    "core-addons",
    AddonsArgs(cluster_name=cluster.name, plans=addons.before_nodes(settings.cluster), tags=tags),
    after(*network.egress),
)
node_groups = NodeGroups(
    "nodes",
    NodeGroupsArgs(
        cluster=cluster,
        plans=nodes.groups(settings.cluster.nodes, settings.cluster.version),
        private_subnet_ids=network.private_subnet_ids,
        environment=environment,
        tags=tags,
    ),
    after(core_addons),
)
cluster_addons = Addons(
    "cluster-addons",
    AddonsArgs(cluster_name=cluster.name, plans=addons.after_nodes(settings.cluster, region), tags=tags),
    after(node_groups),
)
controller = LoadBalancerController(
    "load-balancer-controller",
    LoadBalancerControllerArgs(
        cluster_name=cluster.name,
        vpc_id=network.vpc_id,
        region=region,
        settings=settings.cluster.load_balancer_controller,
        provider=cluster.provider,
        tags=tags,
    ),
    after(cluster_addons),
)
system = SystemNamespaces("system-namespaces", SystemNamespacesArgs(), inside(cluster_addons))
authority = CertificateAuthority(
    "certificate-authority",
    CertificateAuthorityArgs(
        plan=trust.plan(mesh.certificates, mesh.trust_domain), namespace=system.istio_system, protect=protect
    ),
    inside(system),
)
istio = Istio("istio", IstioArgs(mesh=mesh, images=settings.images), inside(system, authority, cluster_addons))
policy = MeshPolicy("mesh-policy", MeshPolicyArgs(mesh=mesh), inside(istio))

entries: dict[str, Gateway] = {}
for name, gateway in settings.gateways.items():
    plan = gateways.plan(name, gateway, mesh.size)
    public = gateway.scheme == "internet-facing"
    entries[name] = Gateway(
        names.gateway_workload(name),
        GatewayArgs(
            plan=plan,
            vpc_id=network.vpc_id,
            vpc_cidr=network.vpc_cidr,
            subnet_ids=network.public_subnet_ids if public else network.private_subnet_ids,
            cluster_security_group_id=cluster.security_group_id,
            release=charts.gateway(plan, mesh, gateway.values),
            environment=environment,
            tags=tags,
            protect=protect,
        ),
        inside(istio, controller, *network.egress),
    )

Editors(
    "editors",
    EditorsArgs(
        cluster_name=cluster.name,
        entries=editors.entries(settings.namespaces),
        environment=environment,
        tags=tags,
    ),
)
for namespace in settings.namespaces:
    MeshNamespace(
        f"namespace-{namespace.name}", MeshNamespaceArgs(settings=namespace, mesh=mesh), inside(istio, policy)
    )
bookinfo_url: pulumi.Output[str] | None = None
if settings.bookinfo.enabled:
    entrance = settings.gateways[settings.bookinfo.gateway]
    Bookinfo(
        "bookinfo",
        BookinfoArgs(settings=settings.bookinfo, mesh=mesh, images=settings.images, gateway=entrance),
        inside(istio, policy),
    )
    dns_name = entries[settings.bookinfo.gateway].dns_name
    bookinfo_url = dns_name.apply(lambda known: routing.url(entrance, known))

outputs = {
    "contractVersion": contract.VERSION,
    "region": region,
    "vpcId": network.vpc_id,
    "privateSubnetIds": network.private_subnet_ids,
    "publicSubnetIds": network.public_subnet_ids,
    "clusterName": cluster.name,
    "clusterArn": cluster.arn,
    "oidcProviderArn": cluster.oidc_provider_arn,
    "kubeconfig": cluster.kubeconfig,
    "revisionTag": mesh.tag,
    "istioVersion": mesh.version,
    "trustDomain": mesh.trust_domain,
    "discoveryLabel": names.DISCOVERY_LABELS,
    "appNodes": {"labels": nodes.APPS_SELECTOR, "tolerations": []},
    "gateways": {
        name: {
            **gateways.outputs(gateways.plan(name, settings.gateways[name], mesh.size), mesh.trust_domain),
            "dnsName": entry.dns_name,
            "hostedZoneId": entry.hosted_zone_id,
        }
        for name, entry in entries.items()
    },
    "namespaces": namespaces.contract(settings),
    "rootCertificateFingerprints": authority.root_fingerprints,
    "certificates": authority.certificates,
    "bookinfoUrl": bookinfo_url,
}
for key, value in outputs.items():
    pulumi.export(key, value)
