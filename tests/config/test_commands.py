"""What scripts rely on: every command ends with 2 when it is used wrongly, and says why on standard error alone."""

import pytest
from django.core.management import load_command_class

from cc2h.config import settings

OURS = {
    "import_practices": "practices",
    "import_list_sizes": "practices",
    "import_members": "chins",
    "import_workbook": "cc2h.delivery",
    "coverage": "chins",
    "recompute": "chins",
    "chin": "chins",
    "load_programme": "cc2h.config",
    "bench": "cc2h.config",
}
WRONG = [
    *((name, ["--nonsense"]) for name in OURS),
    *((name, ["no-such-file.csv"]) for name in OURS if name.startswith("import_")),
    ("import_list_sizes", []),
    ("import_list_sizes", ["--day", "2018-02-29", "no-such-file.csv"]),
    ("coverage", ["--commissioner", "07M", "--as-at", "yesterday"]),
    ("coverage", ["--commissioner", "00X"]),
    ("recompute", ["--commissioner", "00X"]),
    ("chin", ["open"]),
    ("chin", ["create", "00X", "North"]),
    ("chin", ["status", "no-such-chin"]),
    ("load_programme", ["--data", "no-such-folder"]),
    ("bench", ["--only", "nothing"]),
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "arguments"), WRONG, ids=lambda part: part if isinstance(part, str) else " ".join(part)
)
def test_wrong_use_ends_with_2(name: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    command = load_command_class(OURS[name], name)
    with pytest.raises(SystemExit) as end:
        command.run_from_argv([str(settings.BASE_DIR / "manage.py"), name, *arguments])
    said = capsys.readouterr()
    assert end.value.code == 2
    assert said.out == ""
    assert said.err.strip()
