"""Logs never hold a full email address, nor a link that opens something."""

import logging
import re


def configuration(*, level: str) -> dict:
    """Django's LOGGING: every line goes to the console, and through the mask."""
    console = {"class": "logging.StreamHandler", "filters": ["mask"], "formatter": "line"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"mask": {"()": "sanctuary.logs.MaskAddresses"}},
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"console": console},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
    }


class MaskAddresses(logging.Filter):
    """Turns `amira@example.org` into `a***@example.org` in every log line, and a signed link's token into `***`.

    Exception text included.
    """

    address = re.compile(r"([\w.+'-])[\w.+'-]*@([\w-]+(?:\.[\w-]+)+)")
    token = re.compile(r"/(?=[a-z_-]*[A-Z0-9])[\w-]{36,}")

    def filter(self, record):
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.mask(record.exc_text)
        record.msg, record.args = self.mask(self.words(record)), ()
        return True

    @staticmethod
    def words(record) -> str:
        """The line; when its parts do not fit together, the parts: a slip in a log call must not stop the work."""
        try:
            return record.getMessage()
        except (TypeError, ValueError, KeyError):
            return " ".join(map(str, [record.msg, *record.args]))

    @classmethod
    def mask(cls, text: str) -> str:
        return cls.token.sub("/***", cls.address.sub(r"\1***@\2", text))
