from groups.admin import group, shield

__all__ = ["group", "shield"]
