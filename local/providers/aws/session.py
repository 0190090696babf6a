"""boto3 against moto in this process: every request has AWS's shape, and none leaves."""

import threading
from functools import cache, partial
from typing import Any, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.validate import ParamValidator

from local.providers.aws import limits
from local.providers.aws.kept import Kept
from local.providers.protocol.failures import RefusedError

# What AWS answers, and what botocore does not even send.
REFUSALS = (ClientError, ParamValidationError)


class Session:
    """Clients of one account and region, and AWS's refusals.

    caller_arn: the IAM role that signs the requests.
    kept: what moto does not keep.
    lock: hold it around what must not be interleaved; moto's backends are plain dictionaries.
    """

    def __init__(self, *, region: str, account: str, caller_arn: str) -> None:
        self.region, self.account, self.caller_arn = region, account, caller_arn
        self.lock = threading.RLock()
        self.kept = Kept()

    def client(self, service: str) -> Any:
        """Return the client of a service, without retries: nothing here improves by waiting."""
        with self.lock:
            return _client(service, self.region, self.account)

    @property
    def ec2(self) -> Any:
        """Return the client of EC2 and VPC."""
        return self.client("ec2")

    @property
    def elb(self) -> Any:
        """Return the client of Elastic Load Balancing, version 2."""
        return self.client("elbv2")

    @property
    def iam(self) -> Any:
        """Return the client of IAM."""
        return self.client("iam")

    @property
    def eks(self) -> Any:
        """Return the client of EKS."""
        return self.client("eks")

    @property
    def kms(self) -> Any:
        """Return the client of KMS."""
        return self.client("kms")

    @property
    def logs(self) -> Any:
        """Return the client of CloudWatch Logs."""
        return self.client("logs")

    @property
    def ssm(self) -> Any:
        """Return the client of Systems Manager."""
        return self.client("ssm")

    def validate(self, service: str, operation: str, params: dict[str, Any]) -> None:
        """Check a request against AWS's model without sending it: for operations that moto does not have."""
        model = self.client(service).meta.service_model.operation_model(operation)
        report = ParamValidator().validate(params, model.input_shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        limits.enforce(params, model)

    def arn(self, service: str, resource: str) -> str:
        """Return an ARN in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


def refuse(operation: str, code: str, message: str) -> NoReturn:
    """Refuse as AWS does, where moto would not."""
    raise ClientError({"Error": {"Code": code, "Message": message}}, operation)


class _NoNetwork:
    """In the place of botocore's connection pool."""

    def send(self, request: Any) -> NoReturn:
        """Refuse to send."""
        raise RefusedError(f"{request.method} {request.url} would leave this machine: moto does not implement it")

    def close(self) -> None:
        """Do nothing: no connection is open."""


# Reading the model of EC2 takes half a second: clients serve every cloud of the process, one after the other.
@cache
def _client(service: str, region: str, account: str) -> Any:
    client = _session(region, account).client(service, config=Config(retries={"max_attempts": 0}))
    # Moto answers before it comes to this; what moto does not know never reaches the network.
    client._endpoint.http_session = _NoNetwork()  # noqa: SLF001 - botocore has no setting for it
    return client


@cache
def _session(region: str, account: str) -> Any:
    session = boto3.Session("stand-in", "stand-in", region_name=region)
    session.events.register("before-parameter-build.*", limits.enforce)
    session.events.register("before-call.*", partial(_sign_for, account))
    return session


def _sign_for(account: str, params: dict[str, Any], **_: Any) -> None:
    params["headers"]["x-moto-account-id"] = account
