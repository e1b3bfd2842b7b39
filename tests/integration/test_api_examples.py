"""The examples of docs/api.md, run by bash against a real portal: what they show is what is answered."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cc2h.config.supervisor import BASE_DIR
from tests.browser.portal import Portal, running

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are written for curl"),
]
GUIDE = BASE_DIR / "docs" / "api.md"
LEFT_OUT = "…"
MAKE_TOKEN = """
from datetime import timedelta
from cc2h.accounts import tokens
from cc2h.accounts.models import User
from cc2h.kit.days import today
user = User.objects.get(email="manager@barnet.example")
actions = tokens.may_be_granted(user)
print(tokens.make(by=user, name="Examples", actions=actions, expires_on=today() + timedelta(days=1))[1])
"""


@dataclass
class Example:
    """A block that is run, and the answer shown under it."""

    heading: str
    block: str
    kind: str
    shown: str


def examples() -> list[Example]:
    text = GUIDE.read_text()
    found = re.finditer(r"```sh run\n(?P<block>.*?)```\n```(?P<kind>json|text)\n(?P<shown>.*?)```", text, re.DOTALL)
    headings = [(match.start(), match[1]) for match in re.finditer(r"^## (.*)$", text, re.MULTILINE)]
    return [
        Example(next(h for at, h in reversed(headings) if at < m.start()), m["block"], m["kind"], m["shown"])
        for m in found
    ]


def agree(shown: Any, answered: Any) -> bool:
    """Whether an answer is what is shown, where `…` stands for whatever is left out."""
    if shown == LEFT_OUT:
        return True
    if isinstance(shown, dict):
        return isinstance(answered, dict) and all(
            name in answered and agree(value, answered[name]) for name, value in shown.items()
        )
    if isinstance(shown, list):
        if not isinstance(answered, list):
            return False
        if shown[-1:] == [LEFT_OUT]:
            return len(answered) >= len(shown) - 1 and all(map(agree, shown[:-1], answered))
        return len(shown) == len(answered) and all(map(agree, shown, answered))
    if isinstance(shown, str) and LEFT_OUT in shown:
        pattern = ".*".join(map(re.escape, shown.split(LEFT_OUT)))
        return isinstance(answered, str) and re.fullmatch(pattern, answered, re.DOTALL) is not None
    return bool(shown == answered)


@pytest.fixture(scope="module")
def portal(django_db_modify_db_settings: None, django_db_blocker: Any, testrun_uid: str) -> Iterator[Portal]:
    with django_db_blocker.unblock(), running(testrun_uid) as portal:
        yield portal


def test_the_examples_are_as_shown(portal: Portal, tmp_path: Path) -> None:
    """All in one shell, one after the other, as a reader would."""
    token = portal.manage("shell", "--no-imports", "--command", MAKE_TOKEN).strip().splitlines()[-1]
    end = "=== the end of an example ==="
    every = examples()
    assert len(every) == GUIDE.read_text().count("```sh run")
    run = subprocess.run(
        ["bash", "-eu", "-c", f"\necho; echo '{end}'\n".join(example.block for example in every)],
        env={**os.environ, "PORTAL": portal.url, "TOKEN": token},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answers = [answer.strip() for answer in run.stdout.split(end)]
    assert len(answers) == len(every)
    for example, answer in zip(every, answers, strict=True):
        if example.kind == "json":
            shown = json.loads(example.shown)
            for line in answer.splitlines():  # an act that is sent twice is answered twice, alike
                assert agree(shown, json.loads(line)), (example.heading, line)
        else:
            for line in answer.splitlines():
                assert agree(example.shown.strip(), line), (example.heading, line)
        assert answer, example.heading
