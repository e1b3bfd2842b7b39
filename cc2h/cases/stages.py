"""The columns of the pipeline: a few states each."""

from typing import NamedTuple

from cc2h.cases.states import OVER, CaseState


class Stage(NamedTuple):
    key: str
    title: str
    states: tuple[CaseState, ...]


_S = CaseState
STAGES = (
    Stage("ideas", "Ideas", (_S.IDEA, _S.SHAPING)),
    Stage("writing", "Being written", (_S.DRAFT, _S.RETURNED)),
    Stage("governance", "In governance", (_S.IN_ROUTE, _S.SCALING)),
    Stage("approved", "Approved", (_S.APPROVED,)),
    Stage("testing", "Being tested", (_S.TESTING,)),
    Stage("concluded", "To be decided on", (_S.CONCLUDED,)),
)
OVER_STAGE = Stage("over", "Over", OVER)
BY_KEY = {stage.key: stage for stage in (*STAGES, OVER_STAGE)}
