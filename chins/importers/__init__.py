"""The files memberships come from: primary care networks as the NHS publishes them, and a file of one's own."""

from chins.importers.members import Members
from chins.importers.networks import NetworkMap, NetworkWorkbook

__all__ = ["Members", "NetworkMap", "NetworkWorkbook"]
