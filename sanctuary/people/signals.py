from django.dispatch import Signal

# Sent inside the transaction that erases a person, so that every room above forgets them too. Argument: supporter.
supporter_erased = Signal()
