"""Hand messages to a relay as fast as the wire allows, and name every one whose end is not known: see `Pump`."""

from sanctuary.post.pump.envelope import Envelope, Outcome, Result, stuffed
from sanctuary.post.pump.greeting import RelayRefused
from sanctuary.post.pump.pump import Pump, RelayDown

__all__ = ["Envelope", "Outcome", "Pump", "RelayDown", "RelayRefused", "Result", "stuffed"]
