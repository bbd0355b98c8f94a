from groups.admin import group

__all__ = ["group"]
