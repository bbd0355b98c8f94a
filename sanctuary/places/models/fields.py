"""Columns for tables with millions of rows."""

from django.db import models


class RealField(models.FloatField):
    """A four-byte float: half a metre is near enough, and there are 2.7 million rows."""

    def db_type(self, connection) -> str:
        return "real"


class BareCharField(models.CharField):
    """A text key without Django's second index for LIKE, which a C-collated key does not need."""

    def db_type(self, connection) -> str:
        return f"character varying({self.max_length})"
