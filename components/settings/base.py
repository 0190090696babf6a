"""Base class of every settings model, and the types of quoted scalars."""

import datetime
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

# The engine's text for an unquoted date (Go's time.Time.String()).
ENGINE_TIMESTAMP = re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}.* UTC$")

# Python's calendar ends with the year 9999, and a certificate expires years after its date.
LAST_YEAR = 2100


class Model(BaseModel):
    """A frozen, strict model with camelCase keys; the docstring below a field is its description."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        use_attribute_docstrings=True,
    )


def _quoted(value: Any) -> Any:
    """Return a text; refuse an unquoted version or date, whose digits YAML may have lost."""
    if not isinstance(value, str) or ENGINE_TIMESTAMP.match(value):
        raise ValueError("is not text: YAML read it as another type. Put quotes around it")
    return value


def _date(value: Any) -> datetime.date:
    day = _day(_quoted(value))
    if day is None:
        raise ValueError('is not a date. Write year, month and day in quotes, such as "2026-11-22"')
    if day.year > LAST_YEAR:
        raise ValueError(f"is after the year {LAST_YEAR}. Write the day on which the certificate is issued")
    return day


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _moment(value: Any) -> datetime.datetime:
    text = _quoted(value)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", text):
            return datetime.datetime.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError('is not a timestamp. Write it in UTC and in quotes, such as "2026-11-22T14:30:00Z"')


def text_of_form(pattern: str, hint: str) -> BeforeValidator:
    """Return a validator for strings of one form, whose message shows the form.

    Args:
        pattern: regular expression that the whole string must match.
        hint: what the string must be, and after a full stop what to write.
    """
    form = re.compile(pattern)

    def check(value: Any) -> str:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise ValueError(f"is not {hint}")
        return value

    return BeforeValidator(check)


Date = Annotated[datetime.date, BeforeValidator(_date)]
Moment = Annotated[datetime.datetime, BeforeValidator(_moment)]
Version = Annotated[str, BeforeValidator(_quoted), StringConstraints(min_length=1)]
IstioVersion = Annotated[
    str,
    text_of_form(r"\d{1,4}(\.\d{1,4}){2}", 'a full Istio version. Write it in quotes, such as "1.31.1"'),
    BeforeValidator(_quoted),
]
KubernetesVersion = Annotated[
    str,
    text_of_form(r"\d{1,4}\.\d{1,4}", 'a Kubernetes version. Write it in quotes, such as "1.36"'),
    BeforeValidator(_quoted),
]

# One part of a DNS name.
DNS_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
Label = Annotated[
    str,
    text_of_form(
        DNS_LABEL,
        "a Kubernetes name. Use at most 63 lower-case letters, digits and hyphens",
    ),
]
Cidr = Annotated[
    str, text_of_form(r"\d{1,3}(\.\d{1,3}){3}/\d{1,2}", "an IPv4 range. Write address/length, such as 10.0.0.0/16")
]
PrincipalArn = Annotated[
    str,
    text_of_form(
        r"arn:aws(-[a-z]+)*:iam::\d{12}:(role|user)/\S+",
        "the ARN of an IAM role or user. "
        "Write arn:aws:iam::<account>:role/<name>, with the path of the role and without a session",
    ),
]
PolicyArn = Annotated[
    str,
    text_of_form(
        r"arn:aws(-[a-z]+)*:iam::(\d{12}|aws):policy/\S+",
        "the ARN of an IAM policy. Write arn:aws:iam::<account>:policy/<name>",
    ),
]
# Values that are passed on as they are: Helm values, add-on configuration.
Free = dict[str, Any]
