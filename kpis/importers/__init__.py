"""The files values come from. Importing this registers their kinds."""

from kpis.importers.areas import AppointmentAreas, QofAreas, QofCommissioners, SurveyAreas
from kpis.importers.indicators import QofIndicators
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
    "AppointmentAreas",
    "DiabetesAudit",
    "Fingertips",
    "KpiValues",
    "PatientSurvey",
    "Payments",
    "QofAchievement",
    "QofAreas",
    "QofCommissioners",
    "QofIndicators",
    "QofPrevalence",
    "SurveyAreas",
]
