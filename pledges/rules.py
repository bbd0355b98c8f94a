"""What national staff may look up and decide. Who coordinates a group greets its pledgers: `groups.coordinate`."""

import rules

from sanctuary.access import is_national_staff

rules.add_rule("pledges.check_names", is_national_staff)

for name in [
    "pledges",
    "pledges.view_pledge",
    "pledges.change_pledge",
    "pledges.view_endorsement",
    "pledges.change_endorsement",
    *[
        f"pledges.{may}_{model}"
        for may in ("view", "change")
        for model in ("declaration", "declarationprinciple", "summitgoal")
    ],
]:
    rules.add_perm(name, is_national_staff & rules.is_active)
