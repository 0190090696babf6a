"""A service of an app team: the platform's contract in, one service in the mesh out."""

import pulumi
import pulumi_kubernetes as kubernetes

from shop import sources
from shop.catalog import Catalog, CatalogArgs
from shop.settings import Settings

settings = Settings.load()
contract = sources.read(settings.source)
# Signs in as whoever runs this: the role that the platform lists among the namespace's editors.
cluster = kubernetes.Provider(
    "cluster",
    kubeconfig=contract.apply(lambda found: found.kubeconfig),
    # Otherwise the provider guesses from the kubeconfig whether it is another cluster, and replaces everything.
    cluster_identifier=contract.apply(lambda found: found.cluster_arn),
)
catalog = Catalog(
    "catalog",
    CatalogArgs(contract=contract, settings=settings),
    pulumi.ResourceOptions(providers=[cluster]),
)
pulumi.export("url", catalog.url)
pulumi.export("principal", catalog.principal)
