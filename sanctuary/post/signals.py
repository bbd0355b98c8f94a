from django.dispatch import Signal

# A delivery of a mailing came back, inside the transaction that counts the message. Arguments: kind, status, at,
# event_id; and what names the delivery: about (a Copy), or link (supporter and mailing of a signed link). A provider
# names it without our signature, so it also gives address, and the delivery must have gone there.
copy_returned = Signal()
