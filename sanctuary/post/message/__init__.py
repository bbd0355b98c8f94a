"""A message built once and finished per person in microseconds: see `compile_message`."""

from sanctuary.post.message.bulk import bulk_headers
from sanctuary.post.message.compile import CompiledMessage, CompileError, compile_message
from sanctuary.post.message.values import BadValue, clean

__all__ = ["BadValue", "CompileError", "CompiledMessage", "bulk_headers", "clean", "compile_message"]
