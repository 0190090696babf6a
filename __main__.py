"""The stack: settings, components from the network to Bookinfo, and the outputs that app teams build on."""

import pulumi

from components import trust
from components.bookinfo.component import Bookinfo, BookinfoArgs
from components.cluster import access, addons, nodes
from components.cluster.component import Cluster, ClusterArgs
from components.cluster.component_access import AccessEntries, AccessEntriesArgs
from components.cluster.component_addons import Addons, AddonsArgs
from components.cluster.component_controller import LoadBalancerController, LoadBalancerControllerArgs
from components.cluster.component_controller_identity import ControllerIdentity, ControllerIdentityArgs
from components.cluster.component_nodes import NodeGroups, NodeGroupsArgs
from components.cluster.component_viewers import Viewers
from components.contract import component_outputs as outputs
from components.contract.component_parameter import ContractParameter, ContractParameterArgs
from components.gateways import chart as gateway_chart
from components.gateways import plan as gateways
from components.gateways.component import Gateway, GatewayArgs
from components.istio.component import Istio, IstioArgs
from components.istio.component_namespaces import SystemNamespaces, SystemNamespacesArgs
from components.istio.component_policy import MeshPolicy, MeshPolicyArgs
from components.namespaces import editors
from components.namespaces.component import MeshNamespace, MeshNamespaceArgs
from components.network import addressing
from components.network.component import Network, NetworkArgs
from components.network.component_existing import ExistingNetwork, ExistingNetworkArgs
from components.settings import names
from components.stack import stack_config
from components.stack.component_destroy_guard import DestroyGuard, DestroyGuardArgs
from components.trust.component import CertificateAuthority, CertificateAuthorityArgs

stack = stack_config.load()
settings, site, mesh = stack.settings, stack.site, stack.settings.mesh
last_up = outputs.previous()


def after(*resources: pulumi.Resource) -> pulumi.ResourceOptions:
    """Made after these, and deleted before them.

    After the last state is read, too: a backend of files may be read while the engine writes it.
    """
    return pulumi.ResourceOptions(depends_on=[last_up, *resources])


def inside(*resources: pulumi.Resource) -> pulumi.ResourceOptions:
    """``after``, in the cluster: after what lets us in, too."""
    return pulumi.ResourceOptions(depends_on=[last_up, entries, *resources], providers=[cluster.provider])


network: Network | ExistingNetwork
if settings.network.existing:
    network = ExistingNetwork("network", ExistingNetworkArgs(settings=settings.network.existing), after())
else:
    address_plan = addressing.plan(settings.network.cidr, settings.network.zones)
    network = Network("network", NetworkArgs(plan=address_plan, settings=settings.network, site=site), after())

cluster = Cluster(
    "cluster",
    ClusterArgs(
        settings=settings.cluster,
        vpc_id=network.vpc_id,
        private_subnet_ids=network.private_subnet_ids,
        public_subnet_ids=network.public_subnet_ids,
        site=site,
    ),
    after(),
)
entries = AccessEntries(
    "access",
    AccessEntriesArgs(
        cluster_name=cluster.name,
        plans=[*access.entries(settings.cluster), *editors.entries(settings.namespaces)],
        site=site,
    ),
    after(),
)
identity = ControllerIdentity(
    "controller-identity",
    ControllerIdentityArgs(cluster_name=cluster.name, settings=settings.cluster.load_balancer_controller, site=site),
    after(),
)
core_addons = Addons(
    "core-addons",
    AddonsArgs(cluster_name=cluster.name, plans=addons.before_nodes(settings.cluster), site=site),
    after(*network.egress),
)
node_groups = NodeGroups(
    "nodes",
    NodeGroupsArgs(
        cluster=cluster,
        plans=nodes.groups(settings.cluster.nodes, settings.cluster.version),
        private_subnet_ids=network.private_subnet_ids,
        site=site,
    ),
    after(core_addons),
)
cluster_addons = Addons(
    "cluster-addons",
    AddonsArgs(cluster_name=cluster.name, plans=addons.after_nodes(settings.cluster, site.region), site=site),
    after(node_groups),
)
controller = LoadBalancerController(
    "load-balancer-controller",
    LoadBalancerControllerArgs(
        cluster_name=cluster.name,
        vpc_id=network.vpc_id,
        identity=identity,
        settings=settings.cluster.load_balancer_controller,
        provider=cluster.provider,
        site=site,
    ),
    after(entries, cluster_addons),
)
read_access = [Viewers("viewers", inside(cluster_addons))] if settings.cluster.viewers else []
system = SystemNamespaces("system-namespaces", SystemNamespacesArgs(), inside(cluster_addons))
authority = CertificateAuthority(
    "certificate-authority",
    CertificateAuthorityArgs(
        plan=trust.plan(mesh.certificates, mesh.trust_domain),
        previous=last_up.get_output("certificates"),
        clock=stack_config.now,
        namespace=system.istio_system,
        protect=site.protect,
    ),
    inside(system),
)
istio_args = IstioArgs(mesh=mesh, images=settings.images, previous=last_up.get_output("istioVersion"))
istio = Istio("istio", istio_args, inside(system, authority, cluster_addons))
policy = MeshPolicy("mesh-policy", MeshPolicyArgs(mesh=mesh), inside(istio))

ways_in: dict[str, Gateway] = {}
for name, gateway in settings.gateways.items():
    plan = gateways.plan(name, gateway, mesh.size)
    public = gateway.scheme == "internet-facing"
    ways_in[name] = Gateway(
        names.gateway_workload(name),
        GatewayArgs(
            plan=plan,
            vpc_id=network.vpc_id,
            vpc_cidr=network.vpc_cidr,
            subnet_ids=network.public_subnet_ids if public else network.private_subnet_ids,
            cluster_security_group_id=cluster.security_group_id,
            release=gateway_chart.gateway(plan, mesh, gateway.values),
            site=site,
        ),
        inside(istio, controller, *network.egress),
    )

tenants: list[pulumi.Resource] = [
    MeshNamespace(
        f"namespace-{namespace.name}", MeshNamespaceArgs(settings=namespace, mesh=mesh), inside(istio, policy)
    )
    for namespace in settings.namespaces
]
if settings.bookinfo.enabled:
    entrance = settings.gateways[settings.bookinfo.gateway]
    tenants.append(
        Bookinfo(
            "bookinfo",
            BookinfoArgs(settings=settings.bookinfo, mesh=mesh, images=settings.images, gateway=entrance),
            inside(istio, policy),
        )
    )

contract = outputs.contract(stack, network, cluster, authority, ways_in)
published: list[pulumi.Resource] = []
if settings.contract_parameter:
    args = ContractParameterArgs(outputs=contract, site=site)
    published.append(ContractParameter("contract", args, after(*ways_in.values(), *tenants)))

guarded: list[pulumi.Resource] = [network, cluster, entries, identity, core_addons, node_groups, cluster_addons]
guarded += [controller, *read_access, system, authority, istio, policy, *ways_in.values(), *tenants, *published]
DestroyGuard(
    "destroy-guard",
    DestroyGuardArgs(
        protect=site.protect, namespace=system.istio_system, remote=[*cluster.hidden, *node_groups.hidden]
    ),
    inside(*guarded),
)

for key, value in contract.items():
    pulumi.export(key, value)
