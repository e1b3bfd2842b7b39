"""The files memberships come from: primary care networks as the NHS publishes them, and a file of one's own."""

from chins.importers import members, networks

__all__ = ["members", "networks"]
