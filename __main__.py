"""The stack: its settings, six components from the network to Bookinfo, and the outputs that app teams build on."""

import pulumi

from components.bookinfo.component import Bookinfo, BookinfoArgs
from components.cluster.component import Cluster, ClusterArgs
from components.contract import component_outputs as outputs
from components.contract.component_parameter import ContractParameter, ContractParameterArgs
from components.gateways.component import MeshGateway, MeshGatewayArgs
from components.istio.component import Mesh, MeshArgs
from components.namespaces.component import MeshNamespace, MeshNamespaceArgs
from components.network.component import Network, NetworkArgs
from components.stack import stack_config
from components.stack.component_destroy_guard import DestroyGuard, DestroyGuardArgs

stack = stack_config.load()
settings, site = stack.settings, stack.site
# Everything depends on this read, because a file backend must not be read while the engine writes it.
last_up = outputs.previous()

network = Network(
    "network", NetworkArgs(settings=settings.network, site=site), pulumi.ResourceOptions(depends_on=[last_up])
)
cluster = Cluster(
    "cluster",
    ClusterArgs(
        settings=settings.cluster,
        vpc_id=network.vpc_id,
        private_subnet_ids=network.private_subnet_ids,
        public_subnet_ids=network.public_subnet_ids,
        egress=network.egress,
        namespaces=settings.namespaces,
        site=site,
    ),
    pulumi.ResourceOptions(depends_on=[last_up]),
)
mesh = Mesh(
    "mesh",
    MeshArgs(
        settings=settings.mesh,
        images=settings.images,
        site=site,
        previous_certificates=last_up.get_output("certificates"),
        previous_version=last_up.get_output("istioVersion"),
        clock=stack_config.now,
    ),
    cluster.inside(last_up),
)
gateways = {
    name: MeshGateway(
        f"gateway-{name}",
        MeshGatewayArgs(
            name=name,
            settings=gateway,
            mesh=settings.mesh,
            vpc_id=network.vpc_id,
            vpc_cidr=network.vpc_cidr,
            private_subnet_ids=network.private_subnet_ids,
            public_subnet_ids=network.public_subnet_ids,
            cluster_security_group_id=cluster.security_group_id,
            site=site,
        ),
        cluster.inside(mesh, cluster.load_balancer_controller, *network.egress),
    )
    for name, gateway in settings.gateways.items()
}
namespaces = [
    MeshNamespace(
        f"namespace-{namespace.name}",
        MeshNamespaceArgs(settings=namespace, tag=settings.mesh.tag),
        cluster.inside(mesh),
    )
    for namespace in settings.namespaces
]
bookinfo = (
    Bookinfo(
        "bookinfo",
        BookinfoArgs(
            settings=settings.bookinfo,
            mesh=settings.mesh,
            images=settings.images,
            gateway=settings.gateways[settings.bookinfo.gateway],
            gateway_dns_name=gateways[settings.bookinfo.gateway].dns_name,
        ),
        cluster.inside(mesh),
    )
    if settings.bookinfo.enabled
    else None
)

contract = outputs.contract(stack, network=network, cluster=cluster, mesh=mesh, gateways=gateways, bookinfo=bookinfo)
built: list[pulumi.Resource] = [network, cluster, mesh, *gateways.values(), *namespaces]
built += [bookinfo] if bookinfo else []
if settings.contract_parameter:
    # Last, so that everything it names exists when consumers read it.
    parameter = ContractParameter(
        "contract", ContractParameterArgs(outputs=contract, site=site), pulumi.ResourceOptions(depends_on=list(built))
    )
    built.append(parameter)
DestroyGuard(
    "destroy-guard",
    DestroyGuardArgs(protect=site.protect, namespace=mesh.istio_system, remote=cluster.hidden),
    cluster.inside(*built),
)

for key, value in contract.items():
    pulumi.export(key, value)
