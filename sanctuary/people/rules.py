"""What national staff may look up and mend in the admin. Accounts are for superusers alone."""

import rules

from sanctuary.access import is_national_staff

for name in [
    "people",
    "people.view_supporter",
    "people.change_supporter",
    "people.view_merge",
    "people.view_permission",
    "people.view_suppression",
    "people.view_wording",
    "people.view_controller",
    "people.change_controller",
]:
    rules.add_perm(name, is_national_staff & rules.is_active)
