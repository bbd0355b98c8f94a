from django.dispatch import receiver
from django.utils import timezone

from groups import actions
from groups.actions import importing
from groups.models import (
    Attendance,
    Booking,
    Enquiry,
    GroupContact,
    ImportRow,
    Invitation,
    Membership,
    Note,
    Story,
    VisitorMessage,
)
from groups.signals import timeline_asked
from sanctuary.people.signals import held_asked, merge_undone, supporter_erased, supporters_merged, ties_asked


@receiver(supporter_erased)
def forget_memberships(supporter, addresses=(), **kwargs):
    actions.forget_messages_from(addresses)
    actions.forget_invitations_to(addresses)
    actions.forget_contacts(addresses)
    actions.forget_enquiries_of(addresses)
    actions.forget_leads(supporter)
    actions.leave_all_groups(supporter)
    actions.forget_tellers(addresses)
    actions.forget_notes(supporter)
    actions.forget_attendances(supporter)


@receiver(held_asked)
def memberships_held(supporter, **kwargs):
    mine = Membership.objects.filter(supporter=supporter).select_related("group").order_by("joined_on", "pk")
    return {"Your groups": [_entry(membership) for membership in mine]}


def _entry(membership: Membership) -> dict[str, str]:
    entry = {"Group": membership.group.name, "Since": f"{membership.joined_on:%-d %B %Y}"}
    return entry | ({"Until": f"{membership.left_on:%-d %B %Y}"} if membership.left_on else {})


@receiver(held_asked)
def attendances_held(supporter, **kwargs):
    came = Attendance.objects.filter(supporter=supporter).select_related("activity__group")
    return {"Activities you came to": [_visit(each.activity) for each in came.order_by("activity__starts_at", "pk")]}


def _visit(activity) -> dict[str, str]:
    day = timezone.localdate(activity.starts_at)
    return {"Activity": activity.title, "Group": activity.group.name, "Day": f"{day:%-d %B %Y}"}


@receiver(held_asked)
def stories_held(supporter, **kwargs):
    """By address too: who told a story is kept apart from the register."""
    mine = Story.objects.filter(teller__email_mac=supporter.email_mac) if supporter.email else Story.objects.none()
    return {"Stories you told": [_story(story) for story in mine.select_related("group").order_by("pk")]}


def _story(story: Story) -> dict[str, str]:
    return {"Title": story.title, "Shown as": story.shown_as, "Group": story.group.name, "Text": story.text}


@receiver(supporters_merged)
def move_attendances(kept, gone, **kwargs):
    return {"attendances": actions.move_attendances(kept, gone)}


@receiver(merge_undone)
def part_attendances(kept, gone, moved, **kwargs):
    actions.part_attendances(kept, gone, moved.get("attendances", {}))


@receiver(held_asked)
def notes_held(supporter, **kwargs):
    """What groups wrote about them: the person may read all of it."""
    notes = Note.objects.about(supporter).select_related("membership__group").order_by("written_at", "pk")
    return {"Notes that your groups keep about you": [_note(note) for note in notes]} if notes else {}


def _note(note: Note) -> dict[str, str]:
    day = timezone.localdate(note.written_at)
    return {"Group": note.membership.group.name, "Written": f"{day:%-d %B %Y}", "Note": note.text}


@receiver(supporters_merged)
def move_members(kept, gone, **kwargs):
    return {"members": actions.move_members(kept, gone)}


@receiver(merge_undone)
def move_members_back(kept, gone, moved, **kwargs):
    actions.move_members_back(kept, gone, moved["members"])


@receiver(ties_asked)
def belongs_to_another_group(supporter, controller, **kwargs):
    return Membership.objects.filter(supporter=supporter).exclude(group__controller=controller).exists()


@receiver(timeline_asked)
def visits(supporter, group, most, **kwargs):
    came = Attendance.objects.filter(supporter=supporter).for_group(group).with_activity()
    newest = came.order_by("-activity__starts_at")[:most]
    return [(each.activity.starts_at, "came", f"Came to “{each.activity.title}”") for each in newest]


@receiver(held_asked)
def letters_held(supporter, **kwargs):
    """By address, since neither a message to a group nor an invitation from one makes anybody a supporter."""
    if not supporter.email:
        return {}
    written = VisitorMessage.objects.filter(email=supporter.email).select_related("group").order_by("asked_at", "pk")
    invited = Invitation.objects.for_email(supporter.email).select_related("group").order_by("invited_at", "pk")
    found = {
        "Messages you wrote to groups": [_message(each) for each in written],
        "Invitations to help to run a group": [_invitation(each) for each in invited],
    }
    return {heading: entries for heading, entries in found.items() if entries}


def _message(each: VisitorMessage) -> dict[str, str]:
    day = timezone.localdate(each.asked_at)
    return {"Group": each.group.name, "Written": f"{day:%-d %B %Y}", "Name": each.name, "Message": each.message}


def _invitation(each: Invitation) -> dict[str, str]:
    day = timezone.localdate(each.invited_at)
    return {"Group": each.group.name, "Role": each.get_role_display(), "Sent": f"{day:%-d %B %Y}"}


@receiver(supporter_erased)
def forget_in_files(supporter, addresses, **kwargs):
    importing.forget_in_files(supporter, addresses)


@receiver(held_asked)
def rows_held(supporter, **kwargs):
    """What stands about them in files that groups have brought and not finished with."""
    rows = ImportRow.objects.about(supporter).select_related("people_import__group").order_by("pk")
    return {"Files that your groups brought in": [_row(row) for row in rows]} if rows else {}


def _row(row: ImportRow) -> dict[str, str]:
    day = timezone.localdate(row.people_import.created_at)
    entry = {"Group": row.people_import.group.name, "Brought in": f"{day:%-d %B %Y}"}
    typed = {"Name": row.name, "Email address": row.email, "Postcode": row.postcode}
    return entry | {label: value for label, value in typed.items() if value}


@receiver(supporter_erased)
def forget_bookings(supporter, addresses, **kwargs):
    actions.forget_bookings_of(supporter, addresses)


@receiver(held_asked)
def bookings_held(supporter, **kwargs):
    theirs = actions.bookings_of(supporter, {supporter.email} - {""}).exclude(state=Booking.State.ASKED)
    rows = theirs.select_related("activity__group").order_by("activity__starts_at", "pk")
    return {"Activities you booked": [_visit(row.activity) | _booked(row) for row in rows]}


def _booked(booking: Booking) -> dict[str, str]:
    said = {"Name": booking.name, "How many of you": str(booking.seats), "What helps you": booking.access_wish}
    return {label: value for label, value in said.items() if value} | {"State": booking.get_state_display()}


@receiver(supporters_merged)
def move_bookings(kept, gone, **kwargs):
    return {"bookings": actions.move_bookings(kept, gone)}


@receiver(merge_undone)
def part_bookings(kept, gone, moved, **kwargs):
    actions.part_bookings(kept, gone, moved.get("bookings", []))


@receiver(held_asked)
def contacts_held(supporter, **kwargs):
    """As somebody whom the network calls about a group, or who would like to start one."""
    if not supporter.email:
        return {}
    contact = GroupContact.objects.filter(email=supporter.email).select_related("group").order_by("pk")
    asked = Enquiry.objects.filter(email=supporter.email).order_by("pk")
    held = {
        "Groups that name you as a contact": [
            {"Group": one.group.name, "Name": one.name, "Telephone": one.telephone, "Role": one.role} for one in contact
        ],
        "What you wrote about starting a group": [
            {"Name": one.name, "Place": one.area, "Postcode": one.postcode, "Why": one.why} for one in asked
        ],
    }
    return {heading: rows for heading, rows in held.items() if rows}
