"""Whether a bulk message that the sink accepted is fit to be sent to a person: see `lint`, and `Inspector` for many.

What a relay must add (DKIM) is not looked for; what would break it (8 bit, white space at line ends, long lines) is.
"""

from sanctuary.post.sink.lint.check import lint
from sanctuary.post.sink.lint.inspector import Inspector

__all__ = ["Inspector", "lint"]
