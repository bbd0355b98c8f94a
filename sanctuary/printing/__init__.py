"""Sheets and pictures that the server draws itself, with its own fonts: posters to print, pictures for shared links."""

from sanctuary.printing.drawing import Drawing, brand_picture, picture, poster
from sanctuary.printing.square import square_code

__all__ = ["Drawing", "brand_picture", "picture", "poster", "square_code"]
