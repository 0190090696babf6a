"""The one day that settings, certificates and rules of a test share, unless it is about another."""

import datetime

TODAY = datetime.date(2026, 11, 22)
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
