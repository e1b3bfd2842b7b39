"""The files values come from. Importing this registers their kinds."""

from kpis.importers.published import (
    DiabetesAudit,
    Fingertips,
    PatientSurvey,
    Payments,
    QofAchievement,
    QofPrevalence,
)
from kpis.importers.values import KpiValues

__all__ = [
    "DiabetesAudit",
    "Fingertips",
    "KpiValues",
    "PatientSurvey",
    "Payments",
    "QofAchievement",
    "QofPrevalence",
]
