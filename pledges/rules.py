"""What national staff may look up. Pledgers are greeted by those who coordinate the group: `groups.coordinate`."""

import rules

from sanctuary.access import is_national_staff

for name in ["pledges", "pledges.view_pledge", "pledges.change_pledge"]:
    rules.add_perm(name, is_national_staff & rules.is_active)
