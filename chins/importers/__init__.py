"""The files memberships come from: primary care networks as the NHS publishes them, a file of one's own,
and the go-live workbook."""

from chins.importers.members import Members
from chins.importers.networks import NetworkMap, NetworkWorkbook, QofMap
from chins.importers.sheets import Chins, Memberships, Posts

__all__ = ["Chins", "Members", "Memberships", "NetworkMap", "NetworkWorkbook", "Posts", "QofMap"]
