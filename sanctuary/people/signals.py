from django.dispatch import Signal

# Sent inside the transaction that erases a person, so that every room above forgets them too. Arguments: supporter, who
# still has every field; addresses, theirs and those they asked to change to.
supporter_erased = Signal()

# The outbox stands above this room, so a letter from here is asked for. Arguments: template, to, context; always, for a
# warning that must go out however many letters went before; asks, for a letter to a mailbox that may be a stranger's.
letter_wanted = Signal()

# Somebody asks what is held about them. Argument: supporter. Each room above answers {heading: [{label: value}]}.
held_asked = Signal()

# Two entries become one, inside the transaction that does it. Arguments: kept, gone; name, which stays. Each room above
# moves what it has to `kept` and answers {its name: what it needs to put it back}, in JSON.
supporters_merged = Signal()

# The same, taken apart again. Arguments: kept, gone; moved, all that the rooms answered.
merge_undone = Signal()

# Does anybody but this controller know the person? Arguments: supporter, controller. Each room above answers yes or no.
ties_asked = Signal()
