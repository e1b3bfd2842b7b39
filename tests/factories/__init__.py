"""Factories for tests: each makes a record that is valid by itself; traits and parameters make it particular.

Dated records are true from `first` to `last` (inclusive, None = no end) and held from `recorded` until `closed`.
Their default days lie long ago, so that whatever day a test is about, they hold on it.
"""

from tests.factories.accounts import UserFactory, person
from tests.factories.agreements import AgreementFactory, PartyFactory, SignatureFactory, VersionFactory
from tests.factories.baseline import AssessmentFactory
from tests.factories.budget import LineFactory, SourceFactory
from tests.factories.cases import CaseFactory
from tests.factories.chins import (
    ChinFactory,
    ChinStateFactory,
    DeputyFactory,
    MembershipFactory,
    PartnerFactory,
    PostFactory,
    PostHoldingFactory,
)
from tests.factories.comments import AttachmentFactory, CommentFactory
from tests.factories.delivery import ActionFactory
from tests.factories.interest import CriterionFactory, ExpressionFactory, ScoreFactory
from tests.factories.kit import ImportFactory, SavedViewFactory
from tests.factories.lcs import ClaimFactory, EligibleFactory, OutputFactory, ServiceFactory, StageFactory
from tests.factories.practices import (
    CommissionerFactory,
    ContactFactory,
    FederationFactory,
    FederationMembershipFactory,
    ListSizeFactory,
    NamesReleaseFactory,
    PracticeDetailFactory,
    PracticeFactory,
    PracticeStandingFactory,
    SuccessionFactory,
    many_practices,
)

__all__ = [
    "ActionFactory",
    "AgreementFactory",
    "AssessmentFactory",
    "AttachmentFactory",
    "CaseFactory",
    "ChinFactory",
    "ChinStateFactory",
    "ClaimFactory",
    "CommentFactory",
    "CommissionerFactory",
    "ContactFactory",
    "CriterionFactory",
    "DeputyFactory",
    "EligibleFactory",
    "ExpressionFactory",
    "FederationFactory",
    "FederationMembershipFactory",
    "ImportFactory",
    "LineFactory",
    "ListSizeFactory",
    "MembershipFactory",
    "NamesReleaseFactory",
    "OutputFactory",
    "PartnerFactory",
    "PartyFactory",
    "PostFactory",
    "PostHoldingFactory",
    "PracticeDetailFactory",
    "PracticeFactory",
    "PracticeStandingFactory",
    "SavedViewFactory",
    "ScoreFactory",
    "ServiceFactory",
    "SignatureFactory",
    "SourceFactory",
    "StageFactory",
    "SuccessionFactory",
    "UserFactory",
    "VersionFactory",
    "many_practices",
    "person",
]
