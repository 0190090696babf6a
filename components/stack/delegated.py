"""Rules that stand beside what they protect: certificates, gateways, namespaces, Bookinfo,
capacity, contract."""

from collections.abc import Callable, Iterable
from datetime import date

from .. import trust
from ..bookinfo import routing
from ..capacity import report as capacity
from ..contract import parameter as contract_parameter
from ..gateways import rules as gateway_rules
from ..namespaces import plan as namespaces
from ..settings import Certificates, Gateway, Settings, Size
from ..settings.problems import Problem
from ..settings.registry import Context, name_of, register


def _of_settings(check: Callable[[Settings], Iterable[Problem]]) -> None:
    register(name_of(check), lambda context: check(context.settings))


def _of_settings_in_region(check: Callable[[Settings, str], Iterable[Problem]]) -> None:
    register(name_of(check), lambda context: check(context.settings, context.region))


def _of_stack(check: Callable[[Settings, str, str], Iterable[Problem]]) -> None:
    register(name_of(check), lambda context: check(context.settings, context.region, context.stack))


def _of_certificates(check: Callable[[Certificates, date], Iterable[Problem]]) -> None:
    register(name_of(check), lambda context: check(context.settings.mesh.certificates, context.today))


def _of_gateway(check: Callable[[str, Gateway], Iterable[Problem]]) -> None:
    def every(context: Context) -> Iterable[Problem]:
        for name, gateway in context.settings.gateways.items():
            yield from check(name, gateway)

    register(name_of(check), every)


def _of_sized_gateway(check: Callable[[str, Gateway, Size], Iterable[Problem]]) -> None:
    def every(context: Context) -> Iterable[Problem]:
        for name, gateway in context.settings.gateways.items():
            yield from check(name, gateway, context.settings.mesh.size)

    register(name_of(check), every)


for _check in (*namespaces.RULES, *routing.RULES):
    _of_settings(_check)
for _certificate_check in trust.RULES:
    _of_certificates(_certificate_check)
for _gateway_check in gateway_rules.RULES:
    _of_gateway(_gateway_check)
for _sized_check in gateway_rules.SIZED_RULES:
    _of_sized_gateway(_sized_check)
for _regional_check in capacity.RULES:
    _of_settings_in_region(_regional_check)
for _stack_check in contract_parameter.RULES:
    _of_stack(_stack_check)
