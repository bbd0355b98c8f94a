"""The members of a group as a file for a spreadsheet."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import View

from groups.models import Membership
from groups.views.members import Members
from sanctuary.audit.actions import record
from sanctuary.people.spreadsheet import csv_file
from sanctuary.views import Door, asks_again

HEAD = [
    "Name",
    "Person or organisation",
    "Contact person",
    "Role",
    "Email",
    "Member since",
    "How they came",
    "Emails from your group",
]
AT_A_TIME = 1000


class ExportMembers(Members, Door, View):
    """Everyone whom the question in the address finds."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        self.require()
        return export(self, self.filter.qs)


def export(room: Members, members) -> HttpResponse:
    """These members as a file. Whoever signed in long ago says first that it is still them."""
    request, group = room.request, room.group
    if asks := asks_again(request):
        messages.info(request, "Thank you. Now press the button for the file once more.")
        return redirect(f"{asks}?{urlencode({'next': f'{room.list_href}?{room.filter.asked()}'})}")
    record("groups.export_members", group, by=request.user, count=members.count(), asked=_said(room.filter))
    answer = StreamingHttpResponse(csv_file(HEAD, _rows(members)), content_type="text/csv; charset=utf-8")
    name = f"{group.slug}-members-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _said(question) -> dict[str, str]:
    """What was asked, for the log: that somebody was searched for, but not whom."""
    said = {name: value for name, value in question.form.cleaned_data.items() if value and name != "sort"}
    return said | ({"q": "…"} if "q" in said else {})


def _rows(members):
    found = members.with_supporter().with_email_state()
    for member in found.iterator(chunk_size=AT_A_TIME):
        yield _row(member)


def _row(member: Membership) -> list[str]:
    person = member.supporter
    return [
        person.name,
        person.get_kind_display(),
        person.contact_name,
        person.job_role,
        person.email,
        f"{member.joined_on:%d/%m/%Y}",
        member.get_source_display(),
        "Yes" if member.may_email else "No",
    ]
