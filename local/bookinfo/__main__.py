"""``python local/bookinfo reviews-v2 --port 9080``: one service, until it is told to end."""

import importlib
import sys
from pathlib import Path

# Started as a folder, by a pod that knows nothing of this repository.
sys.path[0] = str(Path(__file__).parents[2])
importlib.import_module("local.bookinfo.run").main()
