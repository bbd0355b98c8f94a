"""Two files that the demonstration's coordinator has brought: one is in, one waits to be looked at."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from groups.actions import importing
from groups.models import LocalGroup, PeopleImport
from sanctuary.people.models import User

FAIR = """Name,Email address,Postcode,Emails: yes or no
Wren Example,wren.fair@example.org,LS7 3HJ,yes
Noor Example,noor.fair@example.org,LS8 4HS,yes
Idris Example,idris.fair@example.org,,no
Petra Example,petra.fair,LS6 2AB,yes
"""
NEWSLETTER = """Email Address;First Name;Last Name;Postal code;Status
ada.list@example.org;Ada;Example;LS2 8LY;subscribed
bo.list@example.org;Bo;Example;;subscribed
cy.list@example.org;Cy;Example;LS11;unsubscribed
bo.list@example.org;Bo;Example;;subscribed
dee.list(at)example.org;Dee;Example;;subscribed
;;;;
eli.list@example.org;;;LS9 7TF;cleaned
"""


def fill(coordinator: User) -> None:
    """Through the same doors as a person's file."""
    group = LocalGroup.objects.coordinated_by(coordinator).first()
    agreed = {
        "agreed": PeopleImport.Agreed.YES,
        "words": "Tick here if we may email you news of the group. (Made up.)",
        "on": timezone.localdate() - timedelta(days=40),
        "where": "Paper form at our summer fair (made up)",
        "purposes": ["news", "activities"],
    }
    fair = _check(group, "Summer fair.csv", FAIR, coordinator, **agreed)
    importing.start_import(fair, by=coordinator)
    _work(fair)
    _check(group, "Old newsletter.csv", NEWSLETTER, coordinator, agreed=PeopleImport.Agreed.NO)


def _check(group: LocalGroup, name: str, text: str, coordinator: User, **answer) -> PeopleImport:
    file = importing.take_file(group, ContentFile(text.encode(), name), by=coordinator)
    file = importing.match_columns(file, file.columns, by=coordinator)
    file = importing.say_how_they_agreed(file, by=coordinator, **answer)
    _work(file)
    return file


def _work(file: PeopleImport) -> None:
    while importing.work_for(file.pk):
        pass
