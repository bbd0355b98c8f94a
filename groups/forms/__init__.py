from groups.forms.finding import FindGroupForm
from groups.forms.recording import LogForm, PulseForm, WhoCameForm

__all__ = [
    "FindGroupForm",
    "LogForm",
    "PulseForm",
    "WhoCameForm",
]
