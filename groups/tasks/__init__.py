from groups.tasks.booking import forget_bookings, remind_booked
from groups.tasks.importing import forget_imports, sweep_imports, work_on_import
from groups.tasks.life import forget_enquiries, nudge_groups
from groups.tasks.stories import mind_stories
from groups.tasks.team import forget_old_letters, mind_invitations

__all__ = [
    "forget_bookings",
    "forget_enquiries",
    "forget_imports",
    "forget_old_letters",
    "mind_invitations",
    "mind_stories",
    "nudge_groups",
    "remind_booked",
    "sweep_imports",
    "work_on_import",
]
