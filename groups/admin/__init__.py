from groups.admin import group, hand_back, life, shield, story

__all__ = ["group", "hand_back", "life", "shield", "story"]
