"""Cost, capacity, addresses and certificates of one stack as JSON: ``python -m ops.diff.numbers STACK DAY``.

``ops diff`` runs it in each revision's folder, so that each calculates with its own code.
"""

import datetime
import json
import sys
from pathlib import Path
from typing import Any

from components import trust
from components.capacity import report as capacity
from components.network import addressing
from components.settings import Settings
from components.stack import reading
from ops.offline import stack_file


def numbers(settings: Settings, region: str, today: datetime.date) -> dict[str, Any]:
    """Return the numbers in a form that all revisions share: dates as text, prices in USD per month."""
    report = capacity.report(settings, region)
    plan = trust.plan(settings.mesh.certificates, settings.mesh.trust_domain)
    return {
        "region": region,
        "cost": {
            "least": round(report.cost.least, 2),
            "most": round(report.cost.most, 2),
            "notPriced": list(report.cost.not_priced),
            "lines": [
                {"what": line.what, "least": line.least, "most": line.most, "month": line.month}
                for line in report.cost.lines
            ],
        },
        "nodes": [
            {
                "group": group.name,
                "instanceTypes": list(group.instance_types),
                "least": group.least,
                "most": group.most,
                "rest": group.rest,
                "upgrade": group.upgrade,
                "peak": group.peak,
            }
            for group in report.groups
        ],
        "addresses": _addresses(settings, report),
        "certificates": {
            "phase": plan.phase.value,
            "generations": [
                {
                    "kind": each.kind,
                    "number": each.number,
                    "signs": each.signs,
                    "ends": str(each.ends),
                    "replaceBy": str(each.replace_by),
                }
                for each in trust.expiries(plan, today)
            ],
        },
    }


def _addresses(settings: Settings, report: capacity.CapacityReport) -> dict[str, Any]:
    if settings.network.existing:
        return {"vpc": settings.network.existing.vpc_id, "subnets": []}
    plan = addressing.plan(settings.network.cidr, settings.network.zones)
    private = {each.zone: each for each in report.subnets}
    subnets = [
        {
            "zone": zone.zone,
            "private": zone.private,
            "public": zone.public,
            "free": private[zone.zone].addresses,
            "needed": private[zone.zone].needed,
        }
        for zone in plan.zones
    ]
    return {"vpc": plan.vpc, "subnets": subnets}


def main(stack: str, day: str) -> None:
    """Print the numbers of a stack of the current folder."""
    today = datetime.date.fromisoformat(day)
    file = stack_file.read(stack_file.path_of(Path.cwd(), stack))
    loaded = reading.load(file.values, stack=stack, today=today, secret_keys=file.secrets, source=file.path.name)
    print(json.dumps(numbers(loaded.settings, loaded.region, today)))


if __name__ == "__main__":
    main(*sys.argv[1:])
