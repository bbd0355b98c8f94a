from groups.admin import group, hand_back, shield, story

__all__ = [
    "group",
    "hand_back",
    "shield",
    "story",
]
