from groups.forms.choosing import BulkForm, ChosenForm, RemoveForm
from groups.forms.finding import FindGroupForm
from groups.forms.recording import LogForm, PulseForm, WhoCameForm

__all__ = [
    "BulkForm",
    "ChosenForm",
    "FindGroupForm",
    "LogForm",
    "PulseForm",
    "RemoveForm",
    "WhoCameForm",
]
