from groups.forms.finding import FindGroupForm

__all__ = ["FindGroupForm"]
