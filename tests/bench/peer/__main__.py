"""One mode of the peer: queue so many messages, deliver them, print what it took as one line of JSON.

`python -m tests.bench.peer` with DJANGO_SETTINGS_MODULE and PEER set; it runs with the peer's own packages and knows
nothing of our project.
"""

import json
import resource
import sys
import time

import django
from django.conf import settings
from django.core.management import call_command

django.setup()

from post_office import mail  # noqa: E402 - only after setup
from post_office.models import STATUS, Email, EmailTemplate  # noqa: E402

QUEUE_BATCH = 1000


def main() -> None:
    asked = settings.ASKED
    call_command("migrate", verbosity=0)
    Email.objects.all().delete()
    letter = asked["letter"]
    template, _ = EmailTemplate.objects.update_or_create(
        name="bench",
        defaults={"subject": letter["subject"], "content": letter["text"], "html_content": letter["html"]},
    )
    people = json.loads(sys.stdin.read())
    queueing, queueing_cpu = measured(lambda: queue(people, template, asked["late"]))
    delivering, delivering_cpu = measured(lambda: deliver(asked["processes"]))
    sent = Email.objects.filter(status=STATUS.sent).count()
    told = {"sent": sent, "queueing": queueing, "delivering": delivering}
    print(json.dumps(told | {"queueing_cpu": queueing_cpu, "delivering_cpu": delivering_cpu}))


def queue(people, template, late: bool) -> None:
    for start in range(0, len(people), QUEUE_BATCH):
        mail.send_many(
            [
                {
                    "recipients": person["to"],
                    "sender": person["from"],
                    "template": template,
                    "context": person["values"],
                    "headers": person["headers"],
                    "render_on_delivery": late,
                }
                for person in people[start : start + QUEUE_BATCH]
            ]
        )


def deliver(processes: int) -> None:
    """As its own command `send_queued_mail` does."""
    mail.send_queued_mail_until_done(settings.ASKED["lock"], processes)


def measured(work) -> tuple[float, float]:
    """Seconds it took, and seconds of CPU of this process and the children it buried."""
    started, before = time.monotonic(), _cpu()
    work()
    return time.monotonic() - started, _cpu() - before


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


main()
