from django.dispatch import Signal

# Sent inside the transaction that erases a person, so that every room above forgets them too. Arguments: supporter, who
# still has every field; addresses, theirs and those they asked to change to.
supporter_erased = Signal()

# The outbox stands above this room, so a letter from here is asked for. Arguments: template, to, context; always, for a
# warning that must go out however many letters went before; asks, for a letter to a mailbox that may be a stranger's.
letter_wanted = Signal()

# Somebody asks what is held about them. Argument: supporter. Each room above answers {heading: [{label: value}]}.
held_asked = Signal()
