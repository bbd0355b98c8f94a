"""For the world of the checks over all pages: files of people that a group has brought in."""

from django.utils import timezone

from groups.models import ImportPart, ImportRow, PeopleImport

State = PeopleImport.State


def furnish_imports(group, coordinator, mark: str) -> list[str]:
    """One file of every kind. Returns the canaries: what only the coordinators of this group may read."""
    made = {"group": group, "created_by": coordinator, "file_name": f"list{mark}.csv"}
    read = {"headings": ["Name", "Email"], "columns": ["name", "email"], "agreed": "no", "delimiter": ","}
    body = f"Name,Email\nCell{mark} Canary,cell{mark}\n".encode()
    for state in (State.CHECKED, State.DONE, State.CHECKING):
        ended = {"finished_at": timezone.now()} if state == State.DONE else {}
        counts = {"new": 0, "here": 0, "twice": 0, "problem": 1, "added": 0}
        file = PeopleImport.objects.create(
            state=state,
            counts=counts,
            byte_count=len(body),
            first_byte=11,
            first_row=2,
            next_row=3,
            **made,
            **read,
            **ended,
        )
        if state != State.DONE:
            ImportPart.objects.create(people_import=file, number=0, body=body)
        if state != State.CHECKING:
            cells = [f"Cell{mark} Canary", f"cell{mark}"]
            outcome = ImportRow.Outcome.PROBLEM
            ImportRow.objects.create(
                people_import=file, number=2, outcome=outcome, cells=cells, problem_column=1, problem="Not one address"
            )
    return [f"{kind}{mark}" for kind in ("list", "Cell", "cell")]


def _file(tenant, state) -> int:
    return tenant.group.people_imports.get(state=state).pk


def checked_file(tenant) -> int:
    return _file(tenant, State.CHECKED)


def done_file(tenant) -> int:
    return _file(tenant, State.DONE)
