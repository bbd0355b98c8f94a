"""The page registry: every address of ours, who gets in, and how heavy it may be. It drives the checks over all pages.

A new address needs a line here, or tests/test_access.py fails.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.urls import reverse

from groups.models import LocalGroup, Removal
from tests import persons
from tests.embeds import frame_of, frame_sent, frame_token
from tests.imported import checked_file, done_file
from tests.stories import draft_of, open_story_of
from tests.team import asked_of, helper_of, version_of
from tests.world import MISSING_ID, MISSING_SLUG, World

PERSONAS = ["stranger", "supporter", "coordinator", "helper", "other_coordinator", "staff", "superuser"]


def everyone(status: int, **others: int) -> dict[str, int]:
    """The same answer to every persona but those named."""
    return dict.fromkeys(PERSONAS, status) | others


# What a GET answers to whom. Of two coordinators, the first runs the group in the address; the helper helps there.
PUBLIC = everyone(200)
SIGNED_IN = everyone(200, stranger=302)
OF_THE_GROUP = everyone(404, stranger=302, coordinator=200, helper=403)
OF_THE_TEAM = OF_THE_GROUP | {"helper": 200}
STAFF = everyone(403, stranger=302, staff=200, superuser=200)
# Regional coordinators and national staff; to everybody else there is no such region.
OVERSEEN = everyone(404, stranger=302, staff=200, superuser=200)
# Verbs, which answer to POST alone.
PUBLIC_VERB = everyone(405)
SIGNED_IN_VERB = everyone(405, stranger=302)

# Kilobytes on a first visit: ux.md 4.4, as numbers.
TASK, BROWSE, MANAGE, NONE = 25, 70, 60, 0

Address = Callable[[World], tuple]


def nothing(world: World) -> tuple:
    return ()


@dataclass(frozen=True)
class Page:
    """`theirs` and `missing` are addresses of another group's thing and of none: to be answered alike."""

    name: str
    opens: dict[str, int]
    args: Address = nothing
    theirs: Address | None = None
    missing: Address | None = None
    weight: int = BROWSE
    # Which of the world's tokens is in the address.
    token: str = ""
    # Shows rows, so that it has an empty state too.
    lists: bool = False
    # Kinds of canaries that whoever holds the link may read: what it was made for.
    tells: tuple[str, ...] = ()

    def url(self, world: World) -> str:
        return reverse(self.name, args=self.args(world))

    def __str__(self) -> str:
        return self.name

    @property
    def is_shown(self) -> bool:
        """Whether anybody gets a page of ours by GET."""
        return 200 in self.opens.values() and self.weight > NONE

    @property
    def reader(self) -> str:
        """The persona who looks at it in the browser."""
        return next(who for who in PERSONAS if self.opens[who] == 200)

    def when_empty(self, group: LocalGroup) -> str:
        """Its address in a house where only a group exists."""
        return reverse(self.name, args=[group.slug] if self.theirs else [])


def of_group(name: str, opens=OF_THE_GROUP, *, weight=MANAGE) -> Page:
    """A room inside /manage/<group>/."""
    return Page(
        name,
        opens,
        args=lambda world: (world.ours.group.slug,),
        theirs=lambda world: (world.theirs.group.slug,),
        missing=lambda world: (MISSING_SLUG,),
        weight=weight,
        lists=True,
    )


def of_pledge(name: str) -> Page:
    """A verb about one pledge to a group."""
    return Page(
        name,
        everyone(405, stranger=302),
        args=lambda world: (world.ours.group.slug, world.ours.pledge.pk),
        theirs=lambda world: (world.ours.group.slug, world.theirs.pledge.pk),
        missing=lambda world: (world.ours.group.slug, MISSING_ID),
        weight=NONE,
    )


def of_ask(name: str, opens: dict[str, int], *, weight=NONE) -> Page:
    """About one national call, inside a group."""
    return Page(
        name,
        opens,
        args=lambda world: (world.ours.group.slug, world.campaign.slug),
        theirs=lambda world: (world.theirs.group.slug, world.campaign.slug),
        missing=lambda world: (MISSING_SLUG, world.campaign.slug),
        weight=weight,
    )


def of_contact(name: str, opens) -> Page:
    """About one contact of a group."""
    return Page(
        name,
        opens,
        args=lambda world: (world.ours.group.slug, world.ours.contact.pk),
        theirs=lambda world: (world.ours.group.slug, world.theirs.contact.pk),
        missing=lambda world: (world.ours.group.slug, MISSING_ID),
        weight=MANAGE if 200 in opens.values() else NONE,
    )


def of_region(name: str, opens, *, of_its_group=False) -> Page:
    """A page about a region, or about one group in it, for those who support it."""

    def args(slug):
        return lambda world: (slug, world.ours.group.slug) if of_its_group else (slug,)

    return Page(
        name,
        opens,
        args=args("yorkshire-and-the-humber"),
        theirs=args("wales"),
        missing=args(MISSING_SLUG),
        weight=MANAGE if 200 in opens.values() else NONE,
    )


def of_mail(name: str, opens=OF_THE_GROUP, *, sent=False, weight=MANAGE) -> Page:
    """About one email of the group: the one that is written, or the one that was sent."""
    mail = (lambda tenant: tenant.sent) if sent else (lambda tenant: tenant.draft)
    return Page(
        f"campaigns:group_mail_{name}",
        opens,
        args=lambda world: (world.ours.group.slug, mail(world.ours).pk),
        theirs=lambda world: (world.ours.group.slug, mail(world.theirs).pk),
        missing=lambda world: (world.ours.group.slug, MISSING_ID),
        weight=weight,
    )


def by_link(name: str, token: str, opens=PUBLIC, *, weight=TASK, tells=()) -> Page:
    """Opened by a signed link, whoever holds it."""
    return Page(name, opens, lambda world: (world.tokens[token],), weight=weight, token=token, tells=tells)


def of_campaign(name: str, token: str) -> Page:
    """About the campaign, for somebody a signed link speaks for."""
    return Page(name, PUBLIC, lambda world: (world.campaign.slug, world.tokens[token]), weight=TASK, token=token)


def group_verb(name: str) -> Page:
    """A button in a group's room."""
    return of_group(name, everyone(405, stranger=302), weight=NONE)


def about(page: Page, part: Callable) -> Page:
    """About one thing in a group; `part` finds its number."""
    return replace(
        page,
        args=lambda world: (world.ours.group.slug, part(world.ours)),
        theirs=lambda world: (world.ours.group.slug, part(world.theirs)),
        missing=lambda world: (world.ours.group.slug, MISSING_ID),
        lists=False,
    )


def of_person(name: str, part: Callable, opens=OF_THE_GROUP) -> Page:
    """About one member of a group; `part` finds the numbers in the address."""
    return Page(
        f"groups:{name}",
        opens,
        args=lambda world: (world.ours.group.slug, *part(world.ours)),
        theirs=lambda world: (world.ours.group.slug, *part(world.theirs)),
        missing=lambda world: (world.ours.group.slug, *(MISSING_ID for _ in part(world.ours))),
        weight=MANAGE if 200 in opens.values() else NONE,
    )


PERSON_VERB = everyone(405, stranger=302)

ACTS = ["sign", "join", "attend", "share"]
LETTER_STEPS = ["", "_postcode", "_write", "_check", "_send", "_print", "_sent", "_clear", "_remind"]

MAIL_VERBS = ["test", "approve", "undo", "pause", "resume", "delete"]


def _removal(tenant) -> int:
    return Removal.objects.get(group=tenant.group).pk


def of_booked(name: str) -> Page:
    """A room about an activity of a group that people have booked."""
    return Page(
        name,
        OF_THE_TEAM,
        args=lambda world: (world.ours.group.slug, world.ours.booked.pk),
        theirs=lambda world: (world.ours.group.slug, world.theirs.booked.pk),
        missing=lambda world: (world.ours.group.slug, MISSING_ID),
        weight=MANAGE,
    )


def of_calendar(name: str, *, weight=BROWSE) -> Page:
    """The public side of an activity in a private place."""
    return Page(name, PUBLIC, lambda world: (world.ours.booked.pk, world.ours.booked.slug), weight=weight)


def of_logged(name: str) -> Page:
    """About an activity of a group that took place."""
    return Page(
        name,
        OF_THE_TEAM,
        args=lambda world: (world.ours.group.slug, world.ours.logged.pk),
        theirs=lambda world: (world.ours.group.slug, world.theirs.logged.pk),
        missing=lambda world: (world.ours.group.slug, MISSING_ID),
        weight=MANAGE,
    )


PAGES = [
    Page("home", PUBLIC, lists=True),
    Page("picture", PUBLIC, weight=NONE),
    Page("healthz", PUBLIC, weight=NONE),
    Page("readyz", PUBLIC, weight=NONE),
    Page("mail_events", PUBLIC_VERB, weight=NONE),
    Page("signed_in", everyone(302), weight=NONE),
    Page("accessibility", PUBLIC),
    Page("privacy", PUBLIC),
    Page("safety", PUBLIC),
    Page("contact", PUBLIC),
    Page("styleguide", PUBLIC),
    Page("mailbox", PUBLIC, lists=True),
    Page("mailbox_letter", PUBLIC, lambda world: (world.letter,)),
    # The bare letter, shown in a frame.
    Page("mailbox_html", PUBLIC, lambda world: (world.letter,), weight=NONE),
    Page("people:step_sent", PUBLIC, weight=TASK),
    by_link("people:one_more_step", "one_more_step"),
    Page("people:robots", STAFF, lists=True),
    Page("people:choices_help", PUBLIC, weight=TASK),
    Page("people:choices_sent", PUBLIC, weight=TASK),
    Page("people:forgotten", PUBLIC, weight=TASK),
    by_link("people:new_address", "new_address"),
    by_link("people:held", "held"),
    by_link("people:held_data", "held", weight=NONE),
    by_link("people:forget", "held"),
    by_link("people:choices", "choices"),
    by_link("people:stop", "choices", everyone(302), weight=NONE),
    by_link("people:undo", "choices", PUBLIC_VERB, weight=NONE),
    by_link("people:address", "choices"),
    by_link("people:ask_private", "choices", PUBLIC_VERB, weight=NONE),
    Page("streams:list", PUBLIC, lists=True),
    Page("streams:principles", PUBLIC, lists=True),
    Page("streams:detail", PUBLIC, lambda world: (world.stream.slug,)),
    Page("groups:list", PUBLIC, lists=True),
    Page("groups:find", PUBLIC, weight=TASK),
    Page("groups:near", PUBLIC, lambda world: ("LS7",)),
    Page("groups:region", PUBLIC, lambda world: ("yorkshire-and-the-humber",)),
    Page("groups:start", PUBLIC, weight=TASK),
    Page("groups:start_sent", PUBLIC, weight=TASK),
    by_link("groups:start_confirm", "enquiry"),
    Page("groups:write_to", PUBLIC, lambda world: (world.ours.group.slug,), weight=TASK),
    Page("groups:message_asked", PUBLIC, lambda world: (world.ours.group.slug,), weight=TASK),
    by_link("groups:send_message", "message"),
    by_link("groups:invitation", "invitation"),
    by_link("groups:invitation_code", "invitation", everyone(302, stranger=405), weight=NONE),
    Page("groups:poster", PUBLIC, lambda world: (world.ours.group.slug,), weight=NONE),
    Page("groups:picture", PUBLIC, lambda world: (world.ours.group.slug,), weight=NONE),
    Page("groups:detail", PUBLIC, lambda world: (world.ours.group.slug,)),
    Page(
        "groups:manage_home",
        everyone(302, supporter=200),
        weight=MANAGE,
        lists=True,
    ),
    of_group("groups:manage", everyone(404, stranger=302, coordinator=302, helper=302), weight=NONE),
    of_group("groups:today", OF_THE_TEAM),
    of_group("groups:log", OF_THE_TEAM),
    Page("groups:calendar", PUBLIC, lists=True),
    Page("groups:calendar_month", PUBLIC, lambda world: (2099, 6)),
    Page("groups:calendar_near", PUBLIC, weight=TASK),
    Page("groups:calendar_ics", PUBLIC, weight=NONE),
    of_calendar("groups:activity"),
    of_calendar("groups:activity_ics", weight=NONE),
    of_calendar("groups:book", weight=TASK),
    of_calendar("groups:book_asked", weight=TASK),
    by_link("groups:booking", "booking"),
    by_link("groups:booking_ics", "booking", weight=NONE),
    of_group("groups:activities", OF_THE_TEAM),
    of_group("groups:activity_new", OF_THE_TEAM),
    of_booked("groups:activity_edit"),
    of_booked("groups:activity_cancel"),
    of_booked("groups:activity_bookings"),
    of_logged("groups:who_came"),
    of_logged("groups:who_came_done"),
    by_link("groups:pulse", "pulse"),
    of_group("groups:page_edit"),
    # Without a draft it leads to the form.
    replace(of_group("groups:page_preview"), lists=False),
    *[group_verb(f"groups:page_{verb}") for verb in ("publish", "drop", "name")],
    about(group_verb("groups:page_put_back"), version_of),
    of_group("groups:team"),
    of_group("groups:handover"),
    about(of_group("groups:end_role"), helper_of),
    *[about(group_verb(f"groups:invitation_{verb}"), asked_of) for verb in ("again", "revoke")],
    of_group("groups:members"),
    of_group("groups:duplicates"),
    of_person("member", persons.member_of),
    of_person("forget_member", persons.member_of),
    of_person("note", persons.note_of),
    of_person("note_remove", persons.note_of, PERSON_VERB),
    of_person("join_members", persons.pair_of),
    of_person("keep_apart", persons.pair_of, PERSON_VERB),
    of_person("undo_join", persons.merge_of, PERSON_VERB),
    of_group("groups:members_remove", OF_THE_GROUP | {"coordinator": 302}, weight=NONE),
    of_group("groups:members_removed"),
    of_group("groups:members_do", OF_THE_GROUP | {"coordinator": 302}, weight=NONE),
    of_group("groups:members_export", everyone(405, stranger=302), weight=NONE),
    Page(
        "groups:members_put_back",
        everyone(405, stranger=302),
        args=lambda world: (world.ours.group.slug, _removal(world.ours)),
        theirs=lambda world: (world.ours.group.slug, _removal(world.theirs)),
        missing=lambda world: (world.ours.group.slug, MISSING_ID),
        weight=NONE,
    ),
    of_group("groups:import_people"),
    replace(of_group("groups:import_template", weight=NONE), lists=False),
    *[about(of_group(f"groups:import_{step}"), checked_file) for step in ("file", "columns", "emails")],
    about(of_group("groups:import_undo"), done_file),
    about(of_group("groups:import_problems", weight=NONE), checked_file),
    *[about(group_verb(f"groups:import_{verb}"), checked_file) for verb in ("begin", "throw_away")],
    of_group("groups:our_group", OF_THE_TEAM),
    of_group("groups:contacts", OF_THE_TEAM),
    of_contact("groups:contact", OF_THE_GROUP | {"helper": 404}),
    of_contact("groups:contact_remove", everyone(405, stranger=302)),
    of_group("groups:safeguarding", OF_THE_TEAM),
    of_group("groups:charter", OF_THE_TEAM),
    of_group("groups:health_check", OF_THE_TEAM),
    Page("groups:regions", STAFF, weight=MANAGE),
    of_region("groups:region_overview", OVERSEEN),
    of_region("groups:region_group", OVERSEEN, of_its_group=True),
    of_region("groups:region_visit", everyone(404, stranger=302, staff=302, superuser=302), of_its_group=True),
    Page("groups:stories", PUBLIC, lists=True),
    Page("groups:story", PUBLIC, lambda world: (open_story_of(world.ours).slug,)),
    Page("groups:story_picture", PUBLIC, lambda world: (open_story_of(world.ours).slug,), weight=NONE),
    by_link("groups:story_mine", "story", tells=("Draftstory", "Picture")),
    by_link("groups:story_change", "story", tells=("Draftstory",)),
    by_link("groups:story_take_back", "story"),
    by_link("groups:story_mine_picture", "story", weight=NONE),
    of_group("groups:group_stories"),
    replace(of_group("groups:story_new"), lists=False),
    *[about(of_group(f"groups:{name}"), draft_of) for name in ("group_story", "story_edit", "group_story_picture")],
    about(of_group("groups:group_story_picture_shown", weight=NONE), draft_of),
    *[about(group_verb(f"groups:story_{verb}"), draft_of) for verb in ("picture_remove", "ask", "check", "withdraw")],
    Page("pledges:pledge", PUBLIC, weight=TASK),
    Page("pledges:organisation", PUBLIC, weight=TASK),
    by_link("pledges:thanks", "thanks"),
    by_link("pledges:readdress", "thanks"),
    by_link("pledges:confirm", "confirm"),
    Page("pledges:declaration", PUBLIC),
    Page("pledges:endorsers", PUBLIC, lists=True),
    Page("pledges:endorse", PUBLIC, weight=TASK),
    Page("pledges:endorse_organisation", PUBLIC, weight=TASK),
    by_link("pledges:endorse_after", "endorse_after"),
    by_link("pledges:endorse_sent", "endorse_sent"),
    by_link("pledges:endorse_confirm", "endorse_confirm"),
    by_link("pledges:endorsed", "endorsed"),
    by_link("pledges:endorsement", "endorsement"),
    by_link("pledges:endorsement_remove", "endorsement", PUBLIC_VERB, weight=NONE),
    of_group("pledges:to_greet"),
    of_pledge("pledges:greet"),
    of_ask("campaigns:relay", OF_THE_GROUP, weight=MANAGE),
    of_ask("campaigns:pass_on", everyone(405, stranger=302)),
    of_ask("campaigns:take_back", everyone(405, stranger=302)),
    of_group("campaigns:group_mail"),
    of_group("campaigns:group_mail_new"),
    of_mail("write"),
    of_mail("who"),
    of_mail("check"),
    # The bare letter, shown in a frame; and the bare numbers.
    of_mail("letter", weight=NONE),
    of_mail("part", sent=True, weight=NONE),
    of_mail("one", sent=True),
    of_mail("stop", sent=True),
    *[of_mail(verb, everyone(405, stranger=302), weight=NONE) for verb in MAIL_VERBS],
    Page("campaigns:poster", PUBLIC, lambda world: (world.campaign.slug,), weight=NONE),
    Page("campaigns:picture", PUBLIC, lambda world: (world.campaign.slug,), weight=NONE),
    Page("campaigns:embed", PUBLIC, lambda world: (frame_token(world.ours),), weight=TASK),
    Page(
        "campaigns:embed_look",
        everyone(404, stranger=302, coordinator=200, staff=200, superuser=200),
        lambda world: (frame_token(world.ours),),
        theirs=lambda world: (frame_token(world.theirs),),
        missing=lambda world: (MISSING_SLUG,),
        weight=MANAGE,
    ),
    of_group("campaigns:group_embed"),
    about(group_verb("campaigns:group_embed_end"), lambda tenant: frame_of(tenant).pk),
    Page("campaigns:embed_sent", PUBLIC, frame_sent, weight=TASK),
    Page("campaigns:list", PUBLIC, lists=True),
    Page("campaigns:detail", PUBLIC, lambda world: (world.campaign.slug,), weight=TASK),
    *[Page(f"campaigns:{kind}", PUBLIC, lambda world: (world.campaign.slug,), weight=TASK) for kind in ACTS],
    Page("campaigns:wall", PUBLIC, lambda world: (world.campaign.slug,)),
    by_link("campaigns:my_name", "my_name"),
    by_link("campaigns:confirm", "sign"),
    of_campaign("campaigns:from_mail", "from_mail"),
    of_campaign("campaigns:sent", "sent"),
    Page("campaigns:done", PUBLIC, lambda world: (world.campaign.slug,), weight=TASK),
    of_campaign("campaigns:done", "done"),
    of_campaign("campaigns:reply", "reply"),
    Page("campaigns:write", PUBLIC, lambda world: (world.campaign.slug,), weight=TASK),
    *[by_link(f"campaigns:letter{step}", "letter", tells=("Letter", "lettermail")) for step in LETTER_STEPS],
    by_link("campaigns:letter_back", "letter_back"),
    Page("campaigns:letter_cleared", PUBLIC, weight=TASK),
    Page("campaigns:letter_thanks", PUBLIC, weight=TASK),
    Page("campaigns:replies", PUBLIC, lambda world: (world.campaign.slug,)),
]

# Signing in, in our dress. The views are allauth's.
ACCOUNT_PAGES = [
    Page("account_login", PUBLIC, weight=TASK),
    Page("account_request_login_code", PUBLIC, weight=TASK),
    Page("account_signup", PUBLIC, weight=TASK),
    Page("account_reset_password", PUBLIC, weight=TASK),
    Page("account_logout", SIGNED_IN, weight=MANAGE),
    Page("account_change_password", everyone(302, supporter=200), weight=MANAGE),
    Page("account_email", SIGNED_IN, weight=MANAGE),
    Page("account_reauthenticate", SIGNED_IN, weight=MANAGE),
    Page("mfa_index", SIGNED_IN, weight=MANAGE),
    Page("usersessions_list", SIGNED_IN, weight=MANAGE),
]
