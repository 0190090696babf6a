"""What an ``up`` does when a setting of a running stack changes: the column "changing it" of docs/settings.md.

Derived from the tables of replacements in ``ops.diff.tables`` and, for ``NEVER``, from what AWS and istiod fix for the
life of a cluster or a certificate. A note after the word names the part that is replaced or what the change costs.
"""

from collections.abc import Mapping

IN_PLACE = "in place"
REPLACES = "replaces"
NEVER = "never"
SEE_PREVIEW = "see preview"
WORDS = (IN_PLACE, REPLACES, NEVER, SEE_PREVIEW)

_ROLLS_PODS = f"{IN_PLACE}; rolls pods"
_NEW_STACK = f"{NEVER}: build another stack"
_NODE_GROUP = f"{REPLACES} the node group"
_NODES = "cluster.nodes.{system,apps}"
_GENERATION = "mesh.certificates.{root,intermediate}.generations[]"

CHANGING: Mapping[str, str] = {
    "network.cidr": _NEW_STACK,
    "network.zones": _NEW_STACK,
    "network.nat": f"{IN_PLACE}; adds or removes NAT gateways",
    "network.endpoints": f"{IN_PLACE}; adds or removes endpoints",
    "network.flowLogs.traffic": f"{REPLACES} the flow log",
    "network.flowLogs.retentionDays": IN_PLACE,
    "network.existing.vpcId": _NEW_STACK,
    "network.existing.privateSubnetIds": f"{REPLACES} the node groups",
    "network.existing.publicSubnetIds": SEE_PREVIEW,
    "cluster.version": f"{IN_PLACE}, one minor at a time, and never back; rolls nodes",
    "cluster.deployer": f"{NEVER}: EKS fixes the creator",
    "cluster.admins": IN_PLACE,
    "cluster.viewers": IN_PLACE,
    "cluster.endpoint.public": IN_PLACE,
    "cluster.endpoint.publicCidrs": IN_PLACE,
    "cluster.logRetentionDays": IN_PLACE,
    f"{_NODES}.instanceTypes": _NODE_GROUP,
    f"{_NODES}.min": IN_PLACE,
    f"{_NODES}.max": IN_PLACE,
    f"{_NODES}.capacity": _NODE_GROUP,
    f"{_NODES}.diskGib": f"{IN_PLACE}; rolls nodes",
    "cluster.addons.<name>": IN_PLACE,
    "cluster.addons.<name>.version": IN_PLACE,
    "cluster.addons.<name>.configuration": IN_PLACE,
    "cluster.loadBalancerController.policyArns": IN_PLACE,
    "cluster.loadBalancerController.values": _ROLLS_PODS,
    "mesh.version": f"{IN_PLACE}, by way of `canaryVersion`",
    "mesh.canaryVersion": f"{IN_PLACE}; adds or removes an istiod",
    "mesh.tag": f"{REPLACES} the tag's webhook",
    "mesh.size": _ROLLS_PODS,
    "mesh.trustDomain": f"{IN_PLACE}, with an interruption: every identity changes",
    "mesh.outbound": IN_PLACE,
    "mesh.accessLogs": IN_PLACE,
    "mesh.values.base": SEE_PREVIEW,
    "mesh.values.cni": SEE_PREVIEW,
    "mesh.values.istiod": SEE_PREVIEW,
    f"{_GENERATION}.number": f"{NEVER}: list another generation",
    f"{_GENERATION}.issued": f"{NEVER}: list another generation",
    "mesh.certificates.{root,intermediate}.signing": f"{IN_PLACE}, as a step of a rotation",
    "mesh.certificates.workloadsRestarted": IN_PLACE,
    "gateways.<name>.scheme": f"{REPLACES} the NLB and its DNS name",
    "gateways.<name>.hosts": IN_PLACE,
    "gateways.<name>.allowedCidrs": IN_PLACE,
    "gateways.<name>.crossZone": IN_PLACE,
    "gateways.<name>.clientIp": f"{IN_PLACE}; to or from `proxy-protocol` with an interruption of minutes",
    "gateways.<name>.tls.mode": f"{IN_PLACE}; to or from `acm` {REPLACES} the target group of 443",
    "gateways.<name>.tls.secretName": IN_PLACE,
    "gateways.<name>.tls.certificateArn": IN_PLACE,
    "gateways.<name>.replicas.min": IN_PLACE,
    "gateways.<name>.replicas.max": IN_PLACE,
    "gateways.<name>.idleTimeoutSeconds": _ROLLS_PODS,
    "gateways.<name>.values": SEE_PREVIEW,
    "namespaces[].name": f"{REPLACES} the namespace and all that is in it",
    "namespaces[].podSecurity": f"{IN_PLACE}; running pods stay",
    "namespaces[].editors": IN_PLACE,
    "namespaces[].kubernetesApi": IN_PLACE,
    "namespaces[].loadBalancers": IN_PLACE,
    "namespaces[].calls": IN_PLACE,
    "bookinfo.enabled": f"{IN_PLACE}; adds or removes Bookinfo",
    "bookinfo.gateway": IN_PLACE,
    "bookinfo.routing": IN_PLACE,
    "bookinfo.weights.v1": IN_PLACE,
    "bookinfo.weights.v2": IN_PLACE,
    "bookinfo.weights.v3": IN_PLACE,
    "images.istio": f"{_ROLLS_PODS} of Istio; sidecars follow when their pods restart",
    "images.bookinfo": _ROLLS_PODS,
    "contractParameter": f"{IN_PLACE}; adds or removes the parameter",
    "tags": f"{IN_PLACE}; rolls nodes",
    "protect": IN_PLACE,
}
