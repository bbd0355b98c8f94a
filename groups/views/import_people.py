"""Bringing in people from a file. Every step has an address of its own, so it can be left and come back to."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from groups import tasks
from groups.actions import importing
from groups.forms.importing import AgreedForm, ColumnsForm, UploadForm, letters
from groups.models import ImportRow, PeopleImport
from groups.models.people_import import MOST_BYTES, TOO_BIG, Column
from groups.views.room import Room
from sanctuary.people.spreadsheet import csv_file
from sanctuary.templatetags.ui import share_of
from sanctuary.views import ActionView, FormPage, Page

# What stands around a file in the body of a request.
AROUND = 100_000
DRAINED_UP_TO = 8 * MOST_BYTES
SHOWN_PROBLEMS = 20
TEMPLATE = [
    ["Name", "Email address", "Postcode", "Emails: yes or no"],
    ["Amira Example", "amira@example.org", "LS7 3HJ", "yes"],
    ["Tom Example", "tom@example.org", "", "no"],
]
State = PeopleImport.State


# The check of the form's token reads the whole body, so whoever sends too much is told before it.
@method_decorator(csrf_exempt, name="dispatch")
class ImportPeople(Room, FormPage):
    """Choose a file, or go on with one."""

    rule = "groups.coordinate"
    form_class = UploadForm
    template_name = "groups/import_people.html"

    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST" and _length(request) > MOST_BYTES + AROUND:
            self.require()
            return self._refuse(request)
        return csrf_protect(super().dispatch)(request, *args, **kwargs)

    def _refuse(self, request):
        """A browser shows our answer only when it could send all that it wanted to."""
        left = min(_length(request), DRAINED_UP_TO)
        while left > 0 and (piece := request.read(min(left, 64 * 1024))):
            left -= len(piece)
        form = UploadForm(data={}, files={})
        form.full_clean()
        del form.errors["file"]
        form.add_error("file", TOO_BIG)
        return self.form_invalid(form)

    def act(self, form):
        try:
            return importing.take_file(self.group, form.cleaned_data["file"], by=self.request.user)
        except ValidationError as error:
            raise ValidationError({"file": error}) from error

    def get_success_url(self):
        return reverse("groups:import_columns", args=[self.group.slug, self.outcome.pk])

    def get_context_data(self, **kwargs):
        now = timezone.now()
        mine = PeopleImport.objects.visible_to(self.request.user).filter(group=self.group)
        return super().get_context_data(files=mine.shown(now)[:10], **kwargs)


def _length(request) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class ImportTemplate(Room, Page):
    """A file to fill in."""

    rule = "groups.coordinate"

    def get(self, request, *args, **kwargs):
        self.require()
        head, *rows = TEMPLATE
        return _csv(HttpResponse, csv_file(head, rows), "people-to-import.csv")


def _csv(kind, pieces, name: str):
    answer = kind(pieces, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class FileRoom(Room):
    """Stands before a base view about one file of the group."""

    rule = "groups.coordinate"

    @cached_property
    def people_import(self):
        mine = PeopleImport.objects.visible_to(self.request.user).filter(group=self.group)
        return get_object_or_404(mine.select_related("wording"), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs | {"people_import": self.people_import})

    @property
    def address(self):
        return reverse("groups:import_file", args=[self.group.slug, self.people_import.pk])

    def get_success_url(self, noun=None):
        return self.address


class ImportStep(FileRoom, FormPage):
    """A question about a file that waits for its answer; too late, the file's own page says where things stand."""

    def dispatch(self, request, *args, **kwargs):
        self.require()
        if not self.can_be_asked():
            return redirect(self.address)
        return super().dispatch(request, *args, **kwargs)


class ImportColumns(ImportStep):
    """Which column holds what."""

    form_class = ColumnsForm
    template_name = "groups/import_columns.html"

    def can_be_asked(self):
        return self.people_import.state in PeopleImport.WAITING and self.people_import.parts.exists()

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"people_import": self.people_import}

    def act(self, form):
        return _work_on(importing.match_columns(self.people_import, form.columns, by=self.request.user))

    def get_success_url(self):
        if self.outcome.state == State.ASKING:
            return reverse("groups:import_emails", args=[self.group.slug, self.people_import.pk])
        return self.address

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        shown = zip(self.people_import.headings, importing.samples(self.people_import), context["form"], strict=True)
        columns = [
            {"letter": letters(number), "heading": heading, "samples": values, "field": field}
            for number, (heading, values, field) in enumerate(shown)
        ]
        return context | {"columns": columns}


class ImportEmails(ImportStep):
    """How these people agreed to emails."""

    form_class = AgreedForm
    template_name = "groups/import_emails.html"

    def can_be_asked(self):
        return self.people_import.state in (State.ASKING, State.CHECKED)

    def get_initial(self):
        file = self.people_import
        words = file.wording.text if file.wording else ""
        return {
            "agreed": file.agreed,
            "words": words,
            "on": file.told_on,
            "where": file.told_where,
            "purposes": file.purposes,
        }

    def act(self, form):
        given = {name: form.cleaned_data[name] for name in ("agreed", "words", "on", "where", "purposes")}
        return _work_on(importing.say_how_they_agreed(self.people_import, by=self.request.user, **given))


def _work_on(people_import: PeopleImport) -> PeopleImport:
    if people_import.is_working:
        tasks.work_on_import.delay_on_commit(people_import.pk)
    return people_import


class ImportFile(FileRoom, Page):
    """Where one file stands: being checked, checked, being imported, done."""

    template_name = "groups/import_file.html"

    def render_to_response(self, context, **kwargs):
        steps = {State.MATCHING: "groups:import_columns", State.ASKING: "groups:import_emails"}
        if step := steps.get(self.people_import.state):
            return redirect(step, self.group.slug, self.people_import.pk)
        return super().render_to_response(context, **kwargs)

    def get_context_data(self, **kwargs):
        file = self.people_import
        rows = ImportRow.objects.none()
        if file.state in (State.CHECKED, State.DONE):
            rows = ImportRow.objects.filter(people_import=file).not_imported()[:SHOWN_PROBLEMS]
        counts, (done, total, label) = file.counts, file.progress
        return super().get_context_data(
            problems=[_problem(file, row) for row in rows],
            problem_count=counts.get("problem", 0) + counts.get("twice", 0),
            import_count=counts.get("new", 0) + counts.get("here", 0),
            can_be_undone=file.can_be_undone(timezone.now()),
            done=done,
            total=total,
            label=label,
            share=share_of(done, total),
            has_file=file.state == State.CHECKED and file.parts.exists(),
            **kwargs,
        )


def _problem(file: PeopleImport, row: ImportRow) -> dict:
    place = row.problem_column
    known = place is not None and place < len(row.cells)
    return {
        "row": row.number,
        "column": (file.headings[place] or f"Column {letters(place)}") if known else "",
        "value": row.cells[place][:100] if known else "",
        "words": row.problem,
    }


class FileVerb(FileRoom, ActionView):
    def get_object(self, queryset=None):
        self.require()
        return self.people_import


class ImportBegin(FileVerb):
    """Yes, import them."""

    def act(self, noun):
        _work_on(importing.start_import(noun, by=self.request.user))


class ImportThrowAway(FileVerb):
    success_message = "The file is gone. Nobody was imported."

    def act(self, noun):
        importing.throw_away(noun, by=self.request.user)


class ImportUndo(ImportStep):
    """Really? Then a worker takes back what the file added."""

    form_class = forms.Form
    template_name = "groups/import_undo.html"

    def can_be_asked(self):
        return self.people_import.can_be_undone(timezone.now())

    def act(self, form):
        messages.success(self.request, "We are taking back what this file added.")
        return _work_on(importing.start_undo(self.people_import, by=self.request.user))


class ImportProblems(FileRoom, Page):
    """The rows to mend, as a file that can be mended and uploaded again."""

    def get(self, request, *args, **kwargs):
        self.require()
        file = self.people_import
        head = [_heading(file, number) for number in range(len(file.headings))]
        rows = ImportRow.objects.filter(people_import=file).not_imported()
        lines = ([*row.cells, row.number, row.problem] for row in rows.iterator(chunk_size=1000))
        pieces = csv_file([*head, "Row in the old file", "What to mend"], lines)
        return _csv(StreamingHttpResponse, pieces, f"rows-to-mend-{file.pk}.csv")


def _heading(file: PeopleImport, number: int) -> str:
    """A column without a heading gets the name of what it holds, so that it is known again."""
    holds = file.columns[number]
    return file.headings[number] or (Column(holds).label if holds else f"Column {letters(number)}")
