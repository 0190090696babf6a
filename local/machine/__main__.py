"""``python -m local.machine``."""

import sys

from local.machine.machine import main

if __name__ == "__main__":
    sys.exit(main())
