"""The files practices come from: one module a family of kinds. Importing this registers them."""

from practices.importers.coordinates import PracticeCoordinates
from practices.importers.corrections import PracticeCorrections
from practices.importers.list_sizes import LocalLists, QuarterlyLists, RegisteredPatients
from practices.importers.merges import PracticeMerges
from practices.importers.ods import OdsCommissioners, OdsPractices
from practices.importers.outlines import Outlines
from practices.importers.sheets import Contacts, Mailboxes

__all__ = [
    "Contacts",
    "LocalLists",
    "Mailboxes",
    "OdsCommissioners",
    "OdsPractices",
    "Outlines",
    "PracticeCoordinates",
    "PracticeCorrections",
    "PracticeMerges",
    "QuarterlyLists",
    "RegisteredPatients",
]
