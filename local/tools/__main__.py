"""``python -m local.tools``."""

import sys

from local.tools.command import main

if __name__ == "__main__":
    sys.exit(main())
