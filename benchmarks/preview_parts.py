"""One offline preview, timed from within in the order in which `ops preview` does it; prints JSON."""

# ruff: noqa: F401 - the imports are what is timed
import gc
import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(stack: str) -> None:
    gc.disable()
    marks: dict[str, float] = {}
    last = time.perf_counter()

    def mark(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        marks[name], last = now - last, now

    import pulumi

    mark("import pulumi")
    import pulumi_aws.ec2
    import pulumi_aws.lb
    import pulumi_eks
    import pulumi_kubernetes.core.v1
    import pulumi_kubernetes.helm.v3
    import pulumi_tls

    mark("import the providers' SDKs")
    from components.settings import clock
    from ops.offline import planned, stack_file
    from ops.preview import text

    mark("import ops and components")
    plan = planned.evaluate(ROOT, stack, stack_file.path_of(ROOT, stack), clock.now().date())
    mark("read settings, run the program")
    text.text(plan)
    mark("lay out the text")
    print(json.dumps(marks))


if __name__ == "__main__":
    main(sys.argv[1])
