"""What every settings model shares: strictness, and the types of quoted scalars."""

import datetime
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

# What the engine makes of an unquoted date (Go's time.Time.String()).
ENGINE_TIMESTAMP = re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}.* UTC$")

# The calendar ends with the year 9999, and the end of a certificate is years after its day.
LAST_YEAR = 2100


class Model(BaseModel):
    """Frozen, strict, camelCase on the outside; a docstring below a field is its description."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        use_attribute_docstrings=True,
    )


def _quoted(value: Any) -> Any:
    """Refuse what YAML made of an unquoted version or date before its digits are lost."""
    if not isinstance(value, str) or ENGINE_TIMESTAMP.match(value):
        raise ValueError("YAML did not read this as text. Put quotes around it")
    return value


def _date(value: Any) -> datetime.date:
    day = _day(_quoted(value))
    if day is None:
        raise ValueError('is not a date. Write year, month and day in quotes, as in "2026-11-22"')
    if day.year > LAST_YEAR:
        raise ValueError(f"is after the year {LAST_YEAR}. Write the day on which it is made")
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
    raise ValueError('is not a moment. Write it in UTC and in quotes, as in "2026-11-22T14:30:00Z"')


def text_of_form(pattern: str, hint: str) -> BeforeValidator:
    """A string of one form, with a message that shows the form."""
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
    text_of_form(r"\d{1,4}(\.\d{1,4}){2}", 'a full Istio version. Write it quoted, as in "1.31.1"'),
    BeforeValidator(_quoted),
]
KubernetesVersion = Annotated[
    str,
    text_of_form(r"\d{1,4}\.\d{1,4}", 'a Kubernetes version. Write it quoted, as in "1.36"'),
    BeforeValidator(_quoted),
]

# One part of a DNS name.
DNS_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
Label = Annotated[
    str,
    text_of_form(
        DNS_LABEL,
        "a Kubernetes name. Write lower-case letters, digits and hyphens, 63 at most",
    ),
]
Cidr = Annotated[
    str, text_of_form(r"\d{1,3}(\.\d{1,3}){3}/\d{1,2}", "an IPv4 range. Write address/length, as in 10.0.0.0/16")
]
PrincipalArn = Annotated[
    str,
    text_of_form(
        r"arn:aws(-[a-z]+)*:iam::\d{12}:(role|user)/\S+",
        "the ARN of an IAM role or user. Write arn:aws:iam::<account>:role/<name>, with the path and without a session",
    ),
]
PolicyArn = Annotated[str, text_of_form(r"arn:aws(-[a-z]+)*:iam::(\d{12}|aws):policy/\S+", "the ARN of an IAM policy")]
# Values handed to somebody else's schema: Helm values, add-on configuration.
Free = dict[str, Any]
