"""Values that look right and break the mesh, or that nothing reads. One row each, with what to write instead.

Where a row names no other source, it was read in Istio's source or rendered from its charts at 1.30 and 1.31.
"""

from .elsewhere import ADDONS, EVERYWHERE, retired
from .environment import ENVIRONMENT
from .gateway import GATEWAYS
from .istio import CONTROL_PLANE

__all__ = ["REFUSED", "retired"]

REFUSED = (*ENVIRONMENT, *CONTROL_PLANE, *GATEWAYS, *ADDONS, *EVERYWHERE)
