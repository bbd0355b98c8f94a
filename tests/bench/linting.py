"""The linter over what the sink kept: every message that reached it must be fit to be sent to a person."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings

from sanctuary.people.models import Controller
from sanctuary.post.sink.lint import lint
from tests.bench.ceiling import Rendered
from tests.bench.table import Criterion


def judge(messages: Sequence[Rendered], people: Sequence[dict]) -> list[Criterion]:
    """Lint messages, each with the person whom it is for. No criterion when there are none."""
    faults: Counter[str] = Counter()
    failed = 0
    rules = _rules()
    for message, person in zip(messages, people, strict=True):
        found = lint(
            message.wire,
            recipients=[message.rcpt_to],
            mail_from=message.mail_from,
            personal=[person["values"]["name"]],
            **rules,
        )
        failed += bool(found)
        faults.update(found)
    for words, count in faults.most_common(10):
        print(f"The linter found {count:,} times: {words}", flush=True)
    words = f"messages with a fault, of {len(messages):,} that the linter read"
    return [Criterion(words, "0", f"{failed:,}", not failed)] if messages else []


def _rules() -> dict:
    charity, site = Controller.objects.national(), urlsplit(settings.PUBLIC_URL)
    says = [charity.name, charity.charity_number, charity.postal_address]
    return {"hosts": {site.hostname}, "says": says, "local": site.scheme == "http", "may_show": _shown(charity)}


def _shown(charity: Controller) -> set[str]:
    return {charity.reply_to} if charity.reply_to else set()
