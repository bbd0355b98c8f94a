from groups.tasks.team import forget_old_letters, mind_invitations

__all__ = [
    "forget_old_letters",
    "mind_invitations",
]
