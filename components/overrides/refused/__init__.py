"""Values that look right but break the mesh or are ignored: one row each, with what to write instead.

Unless a row names another source, it was read in Istio's source or rendered from its charts at 1.30 and 1.31.
"""

from .elsewhere import ADDONS, EVERYWHERE, retired
from .environment import ENVIRONMENT
from .gateway import GATEWAYS
from .istio import CONTROL_PLANE

__all__ = ["REFUSED", "retired"]

REFUSED = (*ENVIRONMENT, *CONTROL_PLANE, *GATEWAYS, *ADDONS, *EVERYWHERE)
