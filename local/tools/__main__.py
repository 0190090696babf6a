"""``python -m local.tools``."""

import sys

from local.tools.tools import main

if __name__ == "__main__":
    sys.exit(main())
