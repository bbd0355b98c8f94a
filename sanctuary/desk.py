"""The front page of the national desk: what staff look after, by the job they came to do."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

# Whatever an app adds later, and nobody has placed yet, comes last; the libraries' own tables stay away.
JOBS = {
    "Campaigns and emails": {
        "campaigns.Campaign": "Campaigns",
        "campaigns.LetterAsk": "Letters to representatives",
        "campaigns.Mailing": "Mailings",
        "campaigns.ActionTaken": "Names added",
        "campaigns.SourceLink": "Where people come from",
        "campaigns.Partner": "Partners",
        "campaigns.CampaignPartner": "Partners’ lists",
        "campaigns.Coalition": "Coalitions",
    },
    "People": {
        "people.Supporter": "Supporters",
        "pledges.Pledge": "Pledges",
        "people.Permission": "What people agreed to",
        "people.Suppression": "Addresses we never write to",
    },
    "Groups": {
        "groups.LocalGroup": "Local groups",
        "groups.GroupRole": "Who runs which group",
        "groups.Activity": "Activities",
        "groups.HandBack": "Groups handed back",
        "groups.Shield": "The shield",
    },
    "Streams": {
        "streams.Stream": "Streams",
        "streams.StreamOrganisation": "Organisations in streams",
        "streams.Principle": "Network principles",
    },
    "Running the platform": {
        "people.User": "Accounts",
        "post.Email": "Single emails and codes",
        "post.Incoming": "What came back to us",
        "people.Controller": "Who sends emails",
        "people.Wording": "Words people agree to",
        "campaigns.Throttle": "How fast emails may go",
        "places.Representative": "MPs and other representatives",
        "places.Constituency": "Constituencies",
    },
}
OTHERS = "More"
NOT_SHOWN = {"account", "auth", "mfa", "usersessions"}


class DeskConfig(AdminConfig):
    default_site = "sanctuary.desk.Desk"


class Desk(admin.AdminSite):
    """Django's admin, ordered by jobs instead of by the rooms of the code."""

    site_header = site_title = "City of Sanctuary UK"
    index_title = "National desk"
    # A list needs the room, and the front page is one press away.
    enable_nav_sidebar = False

    def get_app_list(self, request, app_label=None):
        """One list a job; an app's own page keeps Django's list."""
        rooms = super().get_app_list(request, app_label)
        if app_label:
            return rooms
        seen = {
            row["model"]._meta.label: row
            for room in rooms
            if room["app_label"] not in NOT_SHOWN
            for row in room["models"]
        }
        jobs = [(job, [seen.pop(label) | {"name": name} for label, name in models.items() if label in seen])
                for job, models in JOBS.items()]  # fmt: skip
        return [self._job(*job) for job in [*jobs, (OTHERS, list(seen.values()))] if job[1]]

    def _job(self, name: str, rows: list[dict]) -> dict:
        label = rows[0]["model"]._meta.app_label
        return {"name": name, "app_label": label, "app_url": "", "has_module_perms": True, "models": rows}
