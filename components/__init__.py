"""The product: one folder per subject.

Six components carry a stack: ``Network`` of network, ``Cluster`` of cluster, ``Mesh`` of istio (with the certificate
authority of trust), ``MeshGateway`` of gateways, ``MeshNamespace`` of namespaces, ``Bookinfo`` of bookinfo. contract is
what app teams build on, capacity nodes and prices, overrides what settings write over charts, stack the stack as a
whole. charts, kubernetes and aws are what several of them share, settings the shape of a stack file.
"""
