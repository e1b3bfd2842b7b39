"""Whose numbers: a practice’s, a CHIN’s, a commissioner’s, or those of all commissioners in the programme together."""

from dataclasses import dataclass
from typing import Self

from chins.models import Chin
from kpis.models import Level
from practices.models import Commissioner, Practice

PROGRAMME = "ncl"
PRACTICE = "practice"


@dataclass(frozen=True)
class Whose:
    """An organisation with values: `kind` is practice, chin, commissioner or programme; `key` stands in addresses."""

    kind: str
    pk: int
    key: str
    name: str

    @classmethod
    def of(cls, thing: Practice | Chin | Commissioner | None, name: str = "") -> Self:
        """None is the programme. name: of a practice, whose name depends on the day."""
        match thing:
            case Practice():
                return cls(PRACTICE, thing.pk, thing.ods_code, name or thing.ods_code)
            case Chin():
                return cls(Level.CHIN, thing.pk, thing.slug, thing.name)
            case Commissioner():
                return cls(Level.COMMISSIONER, thing.pk, thing.ods_code, thing.short_name)
        return cls(Level.PROGRAMME, 0, PROGRAMME, Level.PROGRAMME.label)

    @property
    def is_practice(self) -> bool:
        return self.kind == PRACTICE
