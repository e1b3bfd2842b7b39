"""The files practices come from: one module a family of kinds. Importing this registers them."""

from practices.importers import coordinates, list_sizes, merges, ods

__all__ = ["coordinates", "list_sizes", "merges", "ods"]
