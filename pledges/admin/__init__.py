from pledges.admin import declaration, endorsement, pledge

__all__ = ["declaration", "endorsement", "pledge"]
