from django.dispatch import Signal

# What happened between a group and one of its members? Arguments: supporter, group; most, how many at most, the newest.
# Each room answers a list of (moment, kind, words): a kind is one of those a timeline has a sign for.
timeline_asked = Signal()

# Somebody has a place at an activity, or has it no longer: they cancelled it, or the activity was. Argument: booking.
booking_confirmed = Signal()
booking_cancelled = Signal()

# A group forgets one of its members, on request, in this transaction. Arguments: supporter, group.
member_forgotten = Signal()
