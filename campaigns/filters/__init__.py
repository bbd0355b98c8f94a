from campaigns.filters.wall import WallFilter

__all__ = ["WallFilter"]
