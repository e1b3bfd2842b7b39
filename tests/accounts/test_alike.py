"""Whether two things are granted for the same commissioners, asked of a person and of whoever has the same roles."""

from itertools import combinations_with_replacement

from cc2h.accounts.authority import Action, Authority, GivenAuthority, Holding, Role


def test_what_is_alike_for_roles_is_alike_for_whoever_has_them() -> None:
    met = set()
    for roles in combinations_with_replacement(Role, 2):
        person = Authority(tuple(Holding(n, role, "", n, n, n, n) for n, role in enumerate(roles, 1)))
        like = GivenAuthority(person.shape_of_question(), lambda of, kind, person=person: of(person))
        alike = like.alike(Action.VIEW_REGISTER, Action.VIEW_UNPLACED)
        assert alike == person.alike(Action.VIEW_REGISTER, Action.VIEW_UNPLACED), roles
        met.add(alike)
    assert met == {True, False}
